"""“I was there”: a citizen who was not scanned says so, the organiser answers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.accounts.queries import get_person
from engage.activities.models import Activity, Occurrence
from engage.attendance import service
from engage.attendance.models import MissingPoints
from engage.attendance.queries import find_live
from engage.core.claims import ensure_can_report_missing, ensure_reason
from engage.core.errors import AlreadyReported, NotFound, OwnClaim, ReviewDecided
from engage.mail import service as mail
from engage.storage.base import new_id
from engage.storage.conflicts import refuse_duplicate
from engage.storage.once import change_once

ONCE_EACH = "uq_missing_points_occurrence_id_person_id"


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A report with the words around it."""

    report: MissingPoints
    display_name: str
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str


def report_missing(
    session: Session, occurrence_id: uuid.UUID, person_id: uuid.UUID, what: str, *, now: datetime
) -> MissingPoints:
    """Say that points are missing for a date, within 14 days after its end.

    Raises NotFound, NothingMissing, TooEarly, MissingPointsTooLate, AlreadyReported.
    Source: CLM-6.
    """
    person = get_person(session, person_id)
    occurrence = session.get(Occurrence, occurrence_id)
    if occurrence is None or occurrence.status == "cancelled":
        raise NotFound()
    attended = find_live(session, occurrence_id, person_id) is not None
    ensure_can_report_missing(occurrence.ends_at, now, attended=attended)
    report = MissingPoints(
        id=new_id(),
        occurrence_id=occurrence_id,
        person_id=person.id,
        what=what.strip(),
        asked_at=now,
    )
    with refuse_duplicate(session, ONCE_EACH, AlreadyReported()):
        session.add(report)
    return report


def grant(session: Session, report_id: uuid.UUID, *, by: uuid.UUID, now: datetime) -> MissingPoints:
    """The organiser remembers: the attendance is added by hand, with its points.

    Raises NotFound, OwnClaim, ReviewDecided, and what adding by hand raises.
    """
    report = _get_open(session, report_id, by)
    _settle(session, report, "granted", by, "", now)
    because = report.what or "missing points"
    act = service.ByHand(report.occurrence_id, report.person_id, because, by)
    service.add_by_hand(session, act, now=now)
    return report


def refuse(
    session: Session, report_id: uuid.UUID, *, by: uuid.UUID, reason: str, now: datetime
) -> MissingPoints:
    """The organiser says why not; the citizen is told.

    Raises NotFound, OwnClaim, ReviewDecided, ReasonNeeded.
    """
    report = _get_open(session, report_id, by)
    _settle(session, report, "refused", by, ensure_reason(reason), now)
    title = session.scalar(
        select(Activity.title)
        .join(Occurrence, Occurrence.activity_id == Activity.id)
        .where(Occurrence.id == report.occurrence_id)
    )
    mail.send(
        session,
        to=report.person_id,
        template="missing_refused",
        facts={"title": title or "", "answer": report.answer},
        now=now,
    )
    return report


def ensure_of(session: Session, report_id: uuid.UUID, occurrence_id: uuid.UUID) -> None:
    """A report belongs to this date. Raises NotFound."""
    report = session.get(MissingPoints, report_id)
    if report is None or report.occurrence_id != occurrence_id:
        raise NotFound()


def _get_open(session: Session, report_id: uuid.UUID, by: uuid.UUID) -> MissingPoints:
    report = session.get(MissingPoints, report_id)
    if report is None:
        raise NotFound()
    if report.person_id == by:
        raise OwnClaim()
    return report


def _settle(
    session: Session, report: MissingPoints, state: str, by: uuid.UUID, answer: str, now: datetime
) -> None:
    decision = {"state": state, "decided_at": now, "decided_by": by, "answer": answer}
    change_once(session, report, MissingPoints.state == "open", ReviewDecided(), **decision)


_LINES = (
    select(
        MissingPoints,
        Person.display_name,
        Activity.title,
        Occurrence.starts_at,
        Occurrence.ends_at,
        Occurrence.timezone,
    )
    .join(Person, Person.id == MissingPoints.person_id)
    .join(Occurrence, Occurrence.id == MissingPoints.occurrence_id)
    .join(Activity, Activity.id == Occurrence.activity_id)
)


def list_of_occurrence(session: Session, occurrence_id: uuid.UUID) -> list[MissingLine]:
    """Reports that wait for the organiser of a date, the oldest first."""
    rows = session.execute(
        _LINES.where(
            MissingPoints.occurrence_id == occurrence_id, MissingPoints.state == "open"
        ).order_by(MissingPoints.id)
    )
    return [MissingLine(*row) for row in rows]


def list_of_person(session: Session, person_id: uuid.UUID, *, limit: int = 50) -> list[MissingLine]:
    """A citizen's own reports, the newest first."""
    rows = session.execute(
        _LINES.where(MissingPoints.person_id == person_id)
        .order_by(MissingPoints.id.desc())
        .limit(limit)
    )
    return [MissingLine(*row) for row in rows]
