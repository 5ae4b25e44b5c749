"""What an organisation sees of its own activities and dates."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence, Registration
from engage.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class OwnActivity:
    """One line of an organisation's list.

    next_at: start of the next date that takes place; dates: how many are ahead.
    """

    id: uuid.UUID
    title: str
    kind: str
    format: str
    status: str
    is_series: bool
    next_at: datetime | None
    dates: int
    taken: int


def list_own_activities(
    session: Session, organisation_id: uuid.UUID, *, now: datetime, status: str = ""
) -> list[OwnActivity]:
    """Everything the organisation has, what comes next first, archived last.

    status: only those.
    """
    ahead = and_(
        Occurrence.activity_id == Activity.id,
        Occurrence.status == "scheduled",
        Occurrence.ends_at > now,
    )
    next_at = func.min(Occurrence.starts_at)
    rows = session.execute(
        select(
            Activity.id,
            Activity.title,
            Activity.kind,
            Activity.format,
            Activity.status,
            Activity.rrule.is_not(None).label("is_series"),
            next_at.label("next_at"),
            func.count(Occurrence.id).label("dates"),
            func.coalesce(func.sum(Occurrence.taken), 0).label("taken"),
        )
        .outerjoin(Occurrence, ahead)
        .where(
            Activity.organisation_id == organisation_id,
            Activity.status == status if status else true(),
        )
        .group_by(Activity.id)
        .order_by(Activity.status == "archived", next_at.is_(None), next_at, Activity.title)
    ).mappings()
    return [OwnActivity(**row) for row in rows]


def get_own_activity(
    session: Session, organisation_id: uuid.UUID, activity_id: uuid.UUID
) -> Activity:
    """An activity of this organisation. Raises NotFound."""
    found = session.scalars(
        select(Activity).where(
            Activity.id == activity_id, Activity.organisation_id == organisation_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def get_own_occurrence(
    session: Session, organisation_id: uuid.UUID, occurrence_id: uuid.UUID
) -> tuple[Occurrence, Activity]:
    """A date of this organisation and its activity. Raises NotFound."""
    row = session.execute(
        select(Occurrence, Activity)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .where(Occurrence.id == occurrence_id, Occurrence.organisation_id == organisation_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1]


def list_own_dates(
    session: Session, organisation_id: uuid.UUID, *, now: datetime, limit: int = 50
) -> list[tuple[Occurrence, Activity]]:
    """The organisation's published dates that are not over, earliest first."""
    rows = session.execute(
        select(Occurrence, Activity)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .where(
            Occurrence.organisation_id == organisation_id,
            Occurrence.ends_at > now,
            Activity.status == "published",
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class Coming:
    """A person on the list of a date, as its organiser sees them: a name and a state."""

    person_id: uuid.UUID
    display_name: str
    state: str
    made_at: datetime
    offered_until: datetime | None


def list_people(session: Session, occurrence_id: uuid.UUID) -> list[Coming]:
    """Who has a place, by name, then who waits, in turn."""
    waits = Registration.state == "waitlisted"
    rows = session.execute(
        select(
            Person.id,
            Person.display_name,
            Registration.state,
            Registration.made_at,
            Registration.offered_until,
        )
        .join(Registration, Registration.person_id == Person.id)
        .where(Registration.occurrence_id == occurrence_id, Registration.state != "cancelled")
        .order_by(waits, Registration.waiting_since, Person.display_name, Person.id)
    )
    return [Coming(*row) for row in rows]
