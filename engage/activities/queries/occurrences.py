"""One activity or one date, for the public and for those who run it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Uuid, column, exists, func, select, table
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence
from engage.core.errors import NotFound
from engage.organisations.models import Member, Organisation
from engage.storage.base import UtcDateTime

#: Attendance stands above activities, so its table is asked, not its code.
_attendances = table(
    "attendances",
    column("occurrence_id", Uuid()),
    column("person_id", Uuid()),
    column("points", Integer()),
    column("annulled_at", UtcDateTime()),
).c


def get_activity(session: Session, activity_id: uuid.UUID) -> Activity:
    """Raises NotFound."""
    found = session.get(Activity, activity_id)
    if found is None:
        raise NotFound()
    return found


def get_occurrence(session: Session, occurrence_id: uuid.UUID) -> Occurrence:
    """Raises NotFound."""
    found = session.get(Occurrence, occurrence_id)
    if found is None:
        raise NotFound()
    return found


def get_public_activity(session: Session, activity_id: uuid.UUID) -> tuple[Activity, Organisation]:
    """An activity as everybody may see it: published, of a verified organisation.

    Raises NotFound for drafts, archived ones and those of a suspended organisation.
    """
    row = session.execute(
        select(Activity, Organisation)
        .join(Organisation, Organisation.id == Activity.organisation_id)
        .where(
            Activity.id == activity_id,
            Activity.status == "published",
            Organisation.status == "verified",
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row[0], row[1]


def get_managed_occurrence(
    session: Session, occurrence_id: uuid.UUID, person_id: uuid.UUID
) -> Occurrence:
    """A date that the person runs as a member of its organisation.

    Raises NotFound for everybody else: whether it exists is not theirs to learn here.
    """
    found = session.scalars(
        select(Occurrence)
        .join(Member, Member.organisation_id == Occurrence.organisation_id)
        .where(
            Occurrence.id == occurrence_id,
            Member.person_id == person_id,
            Member.removed_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def list_occurrences(session: Session, activity_id: uuid.UUID) -> list[Occurrence]:
    """All dates of an activity, earliest first."""
    return list(
        session.scalars(
            select(Occurrence)
            .where(Occurrence.activity_id == activity_id)
            .order_by(Occurrence.starts_at, Occurrence.id)
        )
    )


def find_next_occurrences(
    session: Session, activity_id: uuid.UUID, *, now: datetime, limit: int = 20
) -> list[Occurrence]:
    """Dates that are not over, cancelled ones too: people must learn of it."""
    return list(
        session.scalars(
            select(Occurrence)
            .where(Occurrence.activity_id == activity_id, Occurrence.ends_at > now)
            .order_by(Occurrence.starts_at, Occurrence.id)
            .limit(limit)
        )
    )


def has_attendances(session: Session, occurrence_id: uuid.UUID) -> bool:
    """Whether anybody is checked in."""
    return bool(session.scalar(select(_present(occurrence_id))))


def is_present(session: Session, occurrence_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Whether this person is checked in."""
    return bool(session.scalar(select(_present(occurrence_id, person_id=person_id))))


def _present(occurrence_id: uuid.UUID, **same: Any) -> Any:
    wanted = [_attendances[name] == value for name, value in same.items()]
    return exists().where(
        _attendances.occurrence_id == occurrence_id, _attendances.annulled_at.is_(None), *wanted
    )


def sum_attended_points(session: Session, occurrence_id: uuid.UUID) -> int:
    """Points that the people who came were given or still wait for."""
    total = session.scalar(
        select(func.sum(_attendances.points)).where(
            _attendances.occurrence_id == occurrence_id, _attendances.annulled_at.is_(None)
        )
    )
    return int(total or 0)
