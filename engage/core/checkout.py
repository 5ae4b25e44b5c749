"""People who never checked out: whose turn it is to say when they left. Rule CHK-25."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

#: The organiser is asked again after a day; from this long after the end on the office looks.
ASK_AGAIN_AFTER = timedelta(days=1)
OFFICE_AFTER = timedelta(days=14)


class Turn(StrEnum):
    """Who is to act about a missing check-out."""

    NOBODY = "nobody"  # the door is open: people may still check out
    ORGANISER = "organiser"
    OFFICE = "office"


def whose_turn(ends_at: datetime, closes_at: datetime, now: datetime) -> Turn:
    """From the close of the door on the organiser's, after 14 days also the office's (CHK-25)."""
    if now <= closes_at:
        return Turn.NOBODY
    return Turn.ORGANISER if now < ends_at + OFFICE_AFTER else Turn.OFFICE


def is_asked_again(asked_at: datetime | None, now: datetime) -> bool:
    """Whether an organisation is reminded now: once a day at most (CHK-25)."""
    return asked_at is None or now - asked_at >= ASK_AGAIN_AFTER
