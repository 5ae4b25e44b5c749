"""Who holds a place or waits for one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from engage.activities.models import Activity, CalendarFeed, Occurrence, Registration
from engage.organisations.models import Organisation
from engage.storage.keys import keys_of, token_hash


@dataclass(frozen=True, slots=True)
class Place:
    """A citizen's place at a date, or their turn on its waiting list.

    state:          ``registered``, ``waitlisted`` or ``cancelled``.
    position:       on the waiting list, from 1; None with a place.
    offered_until:  a place is kept for them until then.
    status:         of the date: ``scheduled``, ``cancelled``, ``closed``.
    """

    occurrence_id: uuid.UUID
    activity_id: uuid.UUID
    title: str
    organisation: str
    kind: str
    format: str
    category: str
    state: str
    position: int | None
    offered_until: datetime | None
    starts_at: datetime
    ends_at: datetime
    timezone: str
    place: str
    address: str
    district_code: str | None
    status: str
    status_reason: str
    changed_at: datetime | None
    points_rule: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class OpenDate:
    """A date ahead as one person sees it.

    state:         of the person: ``registered``, ``waitlisted`` or empty.
    waiting:       people on its waiting list.
    """

    id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    timezone: str
    place: str
    address: str
    district_code: str | None
    capacity: int | None
    taken: int
    has_waiting_list: bool
    walk_ins: bool
    status: str
    status_reason: str
    state: str
    position: int | None
    offered_until: datetime | None
    waiting: int

    @property
    def places_left(self) -> int | None:
        """Places for newcomers: people who wait come first."""
        if self.capacity is None:
            return None
        return max(0, self.capacity - self.taken - self.waiting)


def find_registration(
    session: Session, occurrence_id: uuid.UUID, person_id: uuid.UUID
) -> Registration | None:
    """The live registration of a person; there is at most one."""
    return session.scalars(
        select(Registration).where(
            Registration.occurrence_id == occurrence_id,
            Registration.person_id == person_id,
            Registration.state != "cancelled",
        )
    ).one_or_none()


def count_waiting(session: Session, occurrence_id: uuid.UUID) -> int:
    """People on the waiting list."""
    return int(
        session.scalar(
            select(func.count()).where(
                Registration.occurrence_id == occurrence_id, Registration.state == "waitlisted"
            )
        )
        or 0
    )


def list_waiting(session: Session, occurrence_id: uuid.UUID) -> list[Registration]:
    """The waiting list, who came first comes first."""
    return list(
        session.scalars(
            select(Registration)
            .where(Registration.occurrence_id == occurrence_id, Registration.state == "waitlisted")
            .order_by(Registration.waiting_since, Registration.id)
        )
    )


def list_registered(session: Session, occurrence_id: uuid.UUID) -> list[Registration]:
    """Everybody with a place or on the waiting list."""
    return list(
        session.scalars(
            select(Registration)
            .where(Registration.occurrence_id == occurrence_id, Registration.state != "cancelled")
            .order_by(Registration.id)
        )
    )


def position_of(session: Session, registration: Registration) -> int | None:
    """The turn on the waiting list, from 1; None for a place."""
    if registration.state != "waitlisted":
        return None
    return session.scalar(select(_ahead(registration)))


def _ahead(mine: Any) -> Any:
    """How many wait up to and with this one."""
    other = aliased(Registration)
    return (
        select(func.count())
        .where(
            other.occurrence_id == mine.occurrence_id,
            other.state == "waitlisted",
            or_(
                other.waiting_since < mine.waiting_since,
                and_(other.waiting_since == mine.waiting_since, other.id <= mine.id),
            ),
        )
        .scalar_subquery()
    )


def list_dates(
    session: Session,
    activity_id: uuid.UUID,
    person_id: uuid.UUID | None,
    *,
    now: datetime,
    limit: int = 30,
) -> list[OpenDate]:
    """Dates of an activity that are not over, cancelled ones too, as this person sees them."""
    mine = and_(
        Registration.occurrence_id == Occurrence.id,
        Registration.person_id == person_id,
        Registration.state != "cancelled",
    )
    other = aliased(Registration)
    waiting = (
        select(func.count())
        .where(other.occurrence_id == Occurrence.id, other.state == "waitlisted")
        .scalar_subquery()
    )
    names = [name for name in OpenDate.__dataclass_fields__ if hasattr(Occurrence, name)]
    rows = session.execute(
        select(
            *(getattr(Occurrence, name) for name in names),
            Registration.state,
            Registration.offered_until,
            _ahead(Registration).label("position"),
            waiting.label("waiting"),
        )
        .outerjoin(Registration, mine)
        .where(Occurrence.activity_id == activity_id, Occurrence.ends_at > now)
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(limit)
    ).mappings()
    return [_open_date(dict(row)) for row in rows]


def _open_date(row: dict[str, Any]) -> OpenDate:
    position = row["position"] if row["state"] == "waitlisted" else None
    return OpenDate(**(row | {"position": position, "state": row["state"] or ""}))


def find_states(
    session: Session, person_id: uuid.UUID | None, occurrence_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """Where among these dates the person has a place or waits."""
    if person_id is None:
        return {}
    rows = session.execute(
        select(Registration.occurrence_id, Registration.state).where(
            Registration.person_id == person_id,
            Registration.state != "cancelled",
            Registration.occurrence_id.in_(list(occurrence_ids)),
        )
    )
    return {row.occurrence_id: row.state for row in rows}


def find_feed_person(session: Session, token: str) -> uuid.UUID | None:
    """Whose calendar this secret opens."""
    return session.scalar(
        select(CalendarFeed.person_id).where(CalendarFeed.token_hash == token_hash(token))
    )


def find_feed_token(session: Session, person_id: uuid.UUID) -> str | None:
    """The secret of a person's calendar, if they made one."""
    feed = session.get(CalendarFeed, person_id)
    return keys_of(session).decrypt(feed.secret).decode() if feed else None


def _places(person_id: uuid.UUID) -> Select[Any]:
    return (
        select(
            Occurrence.id.label("occurrence_id"),
            Activity.id.label("activity_id"),
            Activity.title,
            Organisation.name.label("organisation"),
            Activity.kind,
            Activity.format,
            Activity.category,
            Registration.state,
            _ahead(Registration).label("position"),
            Registration.offered_until,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.timezone,
            Occurrence.place,
            Occurrence.address,
            Occurrence.district_code,
            Occurrence.status,
            Occurrence.status_reason,
            Activity.changed_at,
            Activity.points_rule,
        )
        .join(Occurrence, Occurrence.id == Registration.occurrence_id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Organisation, Organisation.id == Occurrence.organisation_id)
        .where(Registration.person_id == person_id)
    )


def find_person_places(
    session: Session, person_id: uuid.UUID, now: datetime, *, limit: int = 100
) -> list[Place]:
    """Dates ahead (or running) where the person has a place or waits, earliest first."""
    rows = session.execute(
        _places(person_id)
        .where(Registration.state != "cancelled", Occurrence.ends_at > now)
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(limit)
    ).mappings()
    return [_place(dict(row)) for row in rows]


def list_past_places(
    session: Session, person_id: uuid.UUID, now: datetime, *, limit: int = 50
) -> list[Place]:
    """Dates that are over and where the person had a place, newest first."""
    rows = session.execute(
        _places(person_id)
        .where(Registration.state == "registered", Occurrence.ends_at <= now)
        .order_by(Occurrence.starts_at.desc(), Occurrence.id)
        .limit(limit)
    ).mappings()
    return [_place(dict(row)) for row in rows]


def _place(row: dict[str, Any]) -> Place:
    position = row["position"] if row["state"] == "waitlisted" else None
    return Place(**(row | {"position": position}))
