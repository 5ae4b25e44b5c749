"""A citizen's own record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence, Registration
from engage.attendance.models import Attendance, MissingPoints, Review
from engage.core.claims import MISSING
from engage.core.errors import NotFound
from engage.organisations.models import Organisation

#: Ways in which an organiser saw the person's own pass (welcome rewards need one).
SEEN_AT_THE_DOOR = ("scanned", "card")


@dataclass(frozen=True, slots=True)
class Attended:
    """One line of a citizen's own record.

    waiting:  points of it that wait in a review.
    """

    id: uuid.UUID
    occurrence_id: uuid.UUID
    activity_id: uuid.UUID
    title: str
    organisation: str
    kind: str
    way: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    checked_in_at: datetime
    checked_out_at: datetime | None
    uses_check_out: bool
    minutes: int
    points: int
    credited: int
    waiting: int
    without_points: bool
    annulled_at: datetime | None
    annulled_because: str

    def never_checked_out(self, now: datetime) -> bool:
        """The date is over, and the organiser has to say when the person left (CHK-25)."""
        is_open = self.uses_check_out and self.checked_out_at is None and self.annulled_at is None
        return is_open and now > self.ends_at


def has_verified_attendance(session: Session, person_id: uuid.UUID, *, scanned: bool) -> bool:
    """Whether the person was ever there.

    scanned:  only what an organiser saw at the door counts: pass or card, not the person's word.
    """
    wanted = [Attendance.person_id == person_id, Attendance.annulled_at.is_(None)]
    if scanned:
        wanted.append(Attendance.way.in_(SEEN_AT_THE_DOOR))
    return session.scalar(select(Attendance.id).where(*wanted).limit(1)) is not None


def get_attendance(session: Session, attendance_id: uuid.UUID) -> Attendance:
    """Raises NotFound."""
    found = session.get(Attendance, attendance_id)
    if found is None:
        raise NotFound()
    return found


def find_live(
    session: Session, occurrence_id: uuid.UUID, person_id: uuid.UUID
) -> Attendance | None:
    """The attendance of a person that has not been annulled."""
    return session.scalars(
        select(Attendance).where(
            Attendance.occurrence_id == occurrence_id,
            Attendance.person_id == person_id,
            Attendance.annulled_at.is_(None),
        )
    ).one_or_none()


def list_attendances(
    session: Session,
    person_id: uuid.UUID,
    *,
    limit: int = 30,
    before: uuid.UUID | None = None,
    only: list[uuid.UUID] | None = None,
) -> list[Attended]:
    """What a person took part in, newest first.

    before:  the id of the last one of the previous page.
    only:    these attendances of the person.
    """
    waiting = (
        select(func.max(Review.points))
        .where(Review.attendance_id == Attendance.id, Review.state == "open")
        .scalar_subquery()
    )
    rows = (
        select(
            Attendance.id,
            Attendance.occurrence_id,
            Activity.id.label("activity_id"),
            Activity.title,
            Organisation.name.label("organisation"),
            Attendance.kind,
            Attendance.way,
            Attendance.starts_at,
            Attendance.ends_at,
            Occurrence.timezone,
            Attendance.checked_in_at,
            Attendance.checked_out_at,
            Activity.uses_check_out,
            Attendance.minutes,
            Attendance.points,
            Attendance.credited,
            func.coalesce(waiting, 0).label("waiting"),
            Attendance.without_points,
            Attendance.annulled_at,
            Attendance.annulled_because,
        )
        .join(Occurrence, Occurrence.id == Attendance.occurrence_id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Organisation, Organisation.id == Occurrence.organisation_id)
        .where(Attendance.person_id == person_id)
        .order_by(Attendance.id.desc())
        .limit(limit)
    )
    if before is not None:
        rows = rows.where(Attendance.id < before)
    if only is not None:
        rows = rows.where(Attendance.id.in_(only))
    return [Attended(**row) for row in session.execute(rows).mappings()]


def get_own_attendance(
    session: Session, attendance_id: uuid.UUID, person_id: uuid.UUID
) -> tuple[Attended, list[Review]]:
    """One attendance of a person and the reviews of its points.

    Raises NotFound, also for somebody else's.
    """
    found = list_attendances(session, person_id, only=[attendance_id], limit=1)
    if not found:
        raise NotFound()
    waits = session.scalars(
        select(Review).where(Review.attendance_id == attendance_id).order_by(Review.id)
    )
    return found[0], list(waits)


def list_unrecorded(
    session: Session, person_id: uuid.UUID, *, now: datetime
) -> list[tuple[uuid.UUID, str, datetime, datetime, str]]:
    """Dates of the last 14 days where the person had a place and is not on record.

    Each with its id, title, start, end and time zone; the newest first.
    """
    here = (
        select(Attendance.id)
        .where(
            Attendance.occurrence_id == Occurrence.id,
            Attendance.person_id == person_id,
            Attendance.annulled_at.is_(None),
        )
        .exists()
    )
    asked = (
        select(MissingPoints.id)
        .where(MissingPoints.occurrence_id == Occurrence.id, MissingPoints.person_id == person_id)
        .exists()
    )
    rows = session.execute(
        select(
            Occurrence.id,
            Activity.title,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.timezone,
        )
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Registration, Registration.occurrence_id == Occurrence.id)
        .where(
            Registration.person_id == person_id,
            Registration.state != "cancelled",
            Occurrence.status != "cancelled",
            Occurrence.ends_at < now,
            Occurrence.ends_at > now - MISSING,
            ~here,
            ~asked,
        )
        .order_by(Occurrence.ends_at.desc())
    )
    return [(row.id, row.title, row.starts_at, row.ends_at, row.timezone) for row in rows]
