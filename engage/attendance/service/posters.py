"""The printed code of a date."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from engage.attendance.service.dates import get_date


def switch_poster(session: Session, occurrence_id: uuid.UUID, *, on: bool) -> None:
    """Allow the printed poster of a date, or end it. Raises NotFound."""
    occurrence = get_date(session, occurrence_id).occurrence
    occurrence.poster_on = on


def renew_poster(session: Session, occurrence_id: uuid.UUID) -> int:
    """Make a new poster; every older sheet stops working at once. Raises NotFound.

    Returns the new version.
    """
    occurrence = get_date(session, occurrence_id).occurrence
    occurrence.poster_version += 1
    return occurrence.poster_version
