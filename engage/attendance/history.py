"""Every movement of a citizen's points, with its reason in words and where to read more."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence
from engage.attendance.models import Attendance, HoursClaim, Review
from engage.core.errors import N_
from engage.ledger import queries as ledger
from engage.organisations.models import Organisation
from engage.partners.models import Partner
from engage.rewards.models import Redemption, Reward

#: What each kind of movement is, in the city's words.
KINDS = {
    "earn": N_("Earned"),
    "reverse": N_("Taken back: the attendance was annulled"),
    "reserve": N_("Set aside for a reward"),
    "release": N_("Back: the reservation ended"),
    "refund": N_("Back: the redemption was undone"),
    "expire": N_("Expired"),
    "adjust": N_("Corrected by the programme office"),
    "write_off": N_("Settled with points that had been missing"),
    "merge": N_("From your other account"),
    "donate": N_("Given to a good cause"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """What a movement was for: words of people, and the page about it.

    kind, id:  of the page: ``attendance``, ``claim``, ``redemption``, or nothing.
    """

    title: str
    by: str = ""
    kind: str = ""
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history. ``points`` is above zero for what came, below for what went."""

    id: uuid.UUID
    kind: str
    points: int
    posted_at: datetime
    work_on: date | None
    reason: Reason


#: Answers what sources of one kind were for.
Explain = Callable[[Session, list[uuid.UUID]], dict[uuid.UUID, Reason]]


def list_lines(
    session: Session, person_id: uuid.UUID, *, limit: int = 30, before: uuid.UUID | None = None
) -> list[Line]:
    """The history, newest first; one statement for each kind of source, however long it is.

    before:  the id of the last line of the previous page.
    """
    moved = ledger.list_movements(session, person_id, limit=limit, before=before)
    wanted: dict[str, list[uuid.UUID]] = defaultdict(list)
    for one in moved:
        wanted[one.source_kind].append(one.source_id)
    known = {kind: explain(kind)(session, ids) for kind, ids in wanted.items()}
    return [
        Line(
            id=one.id,
            kind=one.kind,
            points=one.points,
            posted_at=one.posted_at,
            work_on=one.work_on,
            reason=known[one.source_kind].get(one.source_id, Reason("")),
        )
        for one in moved
    ]


def _attendances(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reason]:
    rows = session.execute(
        select(Attendance.id, Activity.title, Organisation.name)
        .join(Occurrence, Occurrence.id == Attendance.occurrence_id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Organisation, Organisation.id == Occurrence.organisation_id)
        .where(Attendance.id.in_(list(ids)))
    )
    return {row.id: Reason(row.title, row.name, "attendance", row.id) for row in rows}


def _claims(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reason]:
    rows = session.execute(
        select(HoursClaim.id, HoursClaim.what, Organisation.name)
        .join(Organisation, Organisation.id == HoursClaim.organisation_id)
        .where(HoursClaim.id.in_(list(ids)))
    )
    return {row.id: Reason(row.what, row.name, "claim", row.id) for row in rows}


def _sources(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reason]:
    """An annulment names what it annulled: an attendance or a claim."""
    some = list(ids)
    return _attendances(session, some) | _claims(session, some)


def _reviews(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reason]:
    rows = session.execute(
        select(Review.id, Review.attendance_id, Review.claim_id).where(Review.id.in_(list(ids)))
    ).all()
    subjects = {row.id: row.attendance_id or row.claim_id for row in rows}
    known = _sources(session, [one for one in subjects.values() if one is not None])
    return {
        review: known[subject]
        for review, subject in subjects.items()
        if subject is not None and subject in known
    }


def _redemptions(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reason]:
    rows = session.execute(
        select(Redemption.id, Reward.title, Partner.name)
        .join(Reward, Reward.id == Redemption.reward_id)
        .join(Partner, Partner.id == Redemption.partner_id)
        .where(Redemption.id.in_(list(ids)))
    )
    return {row.id: Reason(row.title, row.name, "redemption", row.id) for row in rows}


def _nothing(_session: Session, _ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reason]:
    return {}


#: By the kind of the source. Features above this one add their own: ``explained_by``.
_EXPLAINERS: dict[str, Explain] = {
    "attendance": _attendances,
    "claim": _claims,
    "annulment": _sources,
    "review": _reviews,
    "redemption": _redemptions,
}


def explain(kind: str) -> Explain:
    return _EXPLAINERS.get(kind, _nothing)


def explained_by(kind: str, how: Explain) -> None:
    """Let a feature above this one say what its movements were for, e.g. an adjustment."""
    _EXPLAINERS[kind] = how


def recent_organisations(
    session: Session, person_id: uuid.UUID, *, limit: int = 5
) -> list[tuple[uuid.UUID, str, str]]:
    """Where somebody has taken part, the newest first: id, name, town. Verified ones only.

    Who reports hours has mostly been there before, and need not search.
    """
    rows = session.execute(
        select(Organisation.id, Organisation.name, Organisation.town)
        .join(Occurrence, Occurrence.organisation_id == Organisation.id)
        .join(Attendance, Attendance.occurrence_id == Occurrence.id)
        .where(
            Attendance.person_id == person_id,
            Attendance.annulled_at.is_(None),
            Organisation.status == "verified",
        )
        .group_by(Organisation.id, Organisation.name, Organisation.town)
        .order_by(func.max(Occurrence.starts_at).desc())
        .limit(limit)
    )
    return [(row.id, row.name, row.town) for row in rows]
