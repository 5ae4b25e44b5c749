"""Who may come in at a date, for scanners that must know it without a network."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, union
from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.activities.models import Occurrence, Registration
from engage.attendance.models import Attendance, Scan

#: What a person shows at the door: a phone or a card.
SHOWN = ("P", "K")


@dataclass(frozen=True, slots=True)
class Listed:
    """One pass of one person; without a number for somebody who has none.

    state:  of the registration; empty for somebody who came without a place.
    """

    person_id: uuid.UUID
    display_name: str
    is_erased: bool
    state: str
    first_checked_in_at: datetime | None
    number: str | None
    is_revoked: bool


def roster_version(session: Session, occurrence_id: uuid.UUID) -> tuple[int, int]:
    """How often places of this date were given or freed; and when a pass of it was erased last."""
    found = session.execute(
        select(Occurrence.roster_version, Occurrence.roster_renewed).where(
            Occurrence.id == occurrence_id
        )
    ).one_or_none()
    return (found.roster_version, found.roster_renewed) if found is not None else (0, 0)


def list_on_rosters(
    session: Session, person_ids: Collection[uuid.UUID], *, ending_after: datetime
) -> list[uuid.UUID]:
    """Dates whose rosters may hold people: with a place, also one given back, or who came."""
    placed = select(Registration.occurrence_id).where(Registration.person_id.in_(person_ids))
    came = select(Attendance.occurrence_id).where(Attendance.person_id.in_(person_ids))
    found = select(Occurrence.id).where(
        Occurrence.ends_at > ending_after, Occurrence.id.in_(union(placed, came))
    )
    return list(session.scalars(found.order_by(Occurrence.id)))


def list_roster(session: Session, occurrence_id: uuid.UUID) -> Iterator[Listed]:
    """Everybody with a place, on the waiting list, or in, with their passes."""
    registered = select(Registration.person_id).where(
        Registration.occurrence_id == occurrence_id, Registration.state != "cancelled"
    )
    came = select(Attendance.person_id).where(
        Attendance.occurrence_id == occurrence_id, Attendance.annulled_at.is_(None)
    )
    return _listed(session, occurrence_id, union(registered, came))


def list_roster_changes(
    session: Session, occurrence_id: uuid.UUID, *, version: int, since: datetime
) -> Iterator[Listed]:
    """The people whose place, presence or passes have changed; also those who are gone.

    version:  of the roster, after which places have changed.
    since:    the same for what has a time.
    """
    at = occurrence_id
    placed = select(Registration.person_id).where(
        Registration.occurrence_id == at, Registration.roster_version > version
    )
    came = select(Attendance.person_id).where(
        Attendance.occurrence_id == at,
        Attendance.annulled_at.is_(None),
        Attendance.received_at > since,
    )
    # Annulments and check-outs: what is done at a door, or by the office, leaves a scan.
    scanned = select(Scan.person_id).where(
        Scan.occurrence_id == at, Scan.received_at > since, Scan.person_id.is_not(None)
    )
    passes = (
        select(Pass.person_id)
        .join(
            Registration,
            and_(Registration.person_id == Pass.person_id, Registration.occurrence_id == at),
        )
        .where(
            Registration.state != "cancelled",
            or_(Pass.created_at > since, Pass.revoked_at > since),
        )
    )
    return _listed(session, at, union(placed, came, scanned, passes))


def _listed(session: Session, occurrence_id: uuid.UUID, people: Any) -> Iterator[Listed]:
    rows = session.execute(_rows(occurrence_id, people.subquery("listed")))
    return (Listed(*row) for row in rows)


def _rows(occurrence_id: uuid.UUID, listed: Any) -> Select[*tuple[Any, ...]]:
    place = and_(
        Registration.person_id == Person.id,
        Registration.occurrence_id == occurrence_id,
        Registration.state != "cancelled",
    )
    presence = and_(
        Attendance.person_id == Person.id,
        Attendance.occurrence_id == occurrence_id,
        Attendance.annulled_at.is_(None),
    )
    return (
        select(
            Person.id,
            Person.display_name,
            Person.erased_at.is_not(None),
            func.coalesce(Registration.state, ""),
            Attendance.checked_in_at,
            Pass.number,
            Pass.revoked_at.is_not(None),
        )
        .join(listed, listed.c.person_id == Person.id)
        .outerjoin(Registration, place)
        .outerjoin(Attendance, presence)
        .outerjoin(Pass, and_(Pass.person_id == Person.id, Pass.kind.in_(SHOWN)))
        .order_by(Person.id, Pass.number)
    )
