"""The one statement that counts places: the last of a unit of work (performance: no deadlock)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import literal, or_, update
from sqlalchemy.orm import Session

from engage.activities.models import Occurrence, Registration
from engage.storage.unit_of_work import TryAgain


def move_places(
    session: Session, occurrence_id: uuid.UUID, delta: int, changed: Sequence[uuid.UUID] = ()
) -> int:
    """Give or free places, and let offline rosters know who changed.

    delta:    above zero gives places, below frees them; 0 only counts the roster up.
    changed:  the registrations behind it.

    Returns the roster's new counter. Raises TryAgain when the places have gone meanwhile.
    """
    session.flush()  # the registrations are written before the row everybody waits for
    row = session.execute(
        update(Occurrence)
        .where(
            Occurrence.id == occurrence_id,
            or_(
                literal(delta) <= 0,
                Occurrence.capacity.is_(None),
                Occurrence.taken + delta <= Occurrence.capacity,
            ),
            Occurrence.taken + delta >= 0,
        )
        .values(taken=Occurrence.taken + delta, roster_version=Occurrence.roster_version + 1)
        .returning(Occurrence.roster_version)
    ).first()
    if row is None:
        raise TryAgain()
    if changed:
        session.execute(
            update(Registration)
            .where(Registration.id.in_(changed))
            .values(roster_version=row.roster_version)
        )
    return int(row.roster_version)


def renew_roster(session: Session, occurrence_id: uuid.UUID) -> None:
    """Count the roster up, and let every device start anew: what it holds cannot be named."""
    session.execute(
        update(Occurrence)
        .where(Occurrence.id == occurrence_id)
        .values(
            roster_version=Occurrence.roster_version + 1,
            roster_renewed=Occurrence.roster_version + 1,
        )
    )
