"""Dates, as people see them who arrive, and those who organise them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence, Registration
from engage.attendance.models import Attendance
from engage.core.errors import NotFound
from engage.organisations.models import Member, Organisation

#: No door opens earlier before the start, or closes later after the end.
LONGEST_WAIT = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Place:
    """A date with the words around it: what people see when they arrive, and its organiser.

    points_rule:  of the activity; None for the policy's rule of the kind.
    """

    id: uuid.UUID
    title: str
    activity_id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    slug: str
    kind: str
    points_rule: dict[str, Any] | None
    minimum_age: int
    uses_check_out: bool
    starts_at: datetime
    ends_at: datetime
    timezone: str
    place: str
    address: str
    capacity: int | None
    taken: int
    walk_ins: bool
    status: str
    opens_minutes: int
    closes_minutes: int
    poster_on: bool
    poster_version: int

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - timedelta(minutes=self.opens_minutes)

    @property
    def closes_at(self) -> datetime:
        return self.ends_at + timedelta(minutes=self.closes_minutes)

    def is_open(self, now: datetime) -> bool:
        """Whether the door is open."""
        return self.status == "scheduled" and self.opens_at <= now <= self.closes_at


_PLACES = (
    select(
        Occurrence.id,
        Activity.title,
        Activity.id.label("activity_id"),
        Organisation.id.label("organisation_id"),
        Organisation.name.label("organisation"),
        Organisation.slug,
        Activity.kind,
        Activity.points_rule,
        Activity.minimum_age,
        Activity.uses_check_out,
        Occurrence.starts_at,
        Occurrence.ends_at,
        Occurrence.timezone,
        Occurrence.place,
        Occurrence.address,
        Occurrence.capacity,
        Occurrence.taken,
        Occurrence.walk_ins,
        Occurrence.status,
        Occurrence.opens_minutes,
        Occurrence.closes_minutes,
        Occurrence.poster_on,
        Occurrence.poster_version,
    )
    .join(Activity, Activity.id == Occurrence.activity_id)
    .join(Organisation, Organisation.id == Occurrence.organisation_id)
)


def get_place(session: Session, occurrence_id: uuid.UUID) -> Place:
    """A date and what belongs to it. Raises NotFound."""
    row = session.execute(_PLACES.where(Occurrence.id == occurrence_id)).mappings().one_or_none()
    if row is None:
        raise NotFound()
    return Place(**row)


def get_managed_place(session: Session, occurrence_id: uuid.UUID, person_id: uuid.UUID) -> Place:
    """The same, for members of its organisation. Raises NotFound for everybody else."""
    row = (
        session.execute(
            _PLACES.join(Member, Member.organisation_id == Occurrence.organisation_id).where(
                Occurrence.id == occurrence_id,
                Member.person_id == person_id,
                Member.removed_at.is_(None),
            )
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return Place(**row)


def list_running(session: Session, person_id: uuid.UUID, *, now: datetime) -> list[Place]:
    """Dates whose door is open now and that the person organises, the next to end first."""
    rows = session.execute(
        _PLACES.join(Member, Member.organisation_id == Occurrence.organisation_id)
        .where(
            Member.person_id == person_id,
            Member.removed_at.is_(None),
            Organisation.status == "verified",
            Occurrence.status == "scheduled",
            Occurrence.starts_at < now + LONGEST_WAIT,
            Occurrence.ends_at > now - LONGEST_WAIT,
        )
        .order_by(Occurrence.ends_at)
    ).mappings()
    return [place for place in (Place(**row) for row in rows) if place.is_open(now)]


@dataclass(frozen=True, slots=True)
class HeadCount:
    """How many people have a place, have come, and have left again."""

    expected: int
    came: int
    left: int

    @property
    def inside(self) -> int:
        return self.came - self.left


def count_people(session: Session, occurrence_id: uuid.UUID) -> HeadCount:
    """The numbers above the list of a date."""
    came = select(func.count()).where(
        Attendance.occurrence_id == occurrence_id, Attendance.annulled_at.is_(None)
    )
    row = session.execute(
        select(
            select(func.count())
            .where(Registration.occurrence_id == occurrence_id, Registration.state == "registered")
            .scalar_subquery(),
            came.scalar_subquery(),
            came.where(Attendance.checked_out_at.is_not(None)).scalar_subquery(),
        )
    ).one()
    return HeadCount(*row)


def count_self_checked_in(session: Session, occurrence_id: uuid.UUID) -> int:
    """People who scanned the occurrence's own code and were seen by nobody."""
    return int(
        session.scalar(
            select(func.count())
            .select_from(Attendance)
            .where(
                Attendance.occurrence_id == occurrence_id,
                Attendance.annulled_at.is_(None),
                Attendance.way.in_(("self", "poster")),
            )
        )
        or 0
    )
