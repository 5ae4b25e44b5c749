"""The PIN of a printed card: for redeeming at a counter and nothing else. Rules PIN-1 to PIN-4."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from engage.core.errors import PinLocked, RewardLimitReached
from engage.core.periods import Limit, Period, ensure_within

#: Wrong PINs in a row that pause it, for how long, and wrong ones in all that end it (PIN-2).
WRONG_IN_ROW, PAUSE, WRONG_IN_ALL = 3, timedelta(minutes=15), 10

#: Card redemptions of one person (PIN-4).
CARD_LIMIT = Limit(2, Period.DAY)

_PIN = re.compile(r"[0-9]{4,6}")


def is_pin(text: str) -> bool:
    """Whether a text can be a PIN: 4 to 6 digits (PIN-1)."""
    return _PIN.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class PinTries:
    """How often a PIN was wrong: since the last right one or pause, and since it was set."""

    in_row: int = 0
    in_all: int = 0
    paused_until: datetime | None = None

    @property
    def is_used_up(self) -> bool:
        return self.in_all >= WRONG_IN_ALL

    @property
    def left(self) -> int:
        """Tries until the next pause or the end."""
        return max(0, min(WRONG_IN_ROW - self.in_row, WRONG_IN_ALL - self.in_all))

    def after_wrong(self, now: datetime) -> PinTries:
        """One more wrong PIN: the third in a row pauses it for 15 minutes (PIN-2)."""
        in_row, in_all = self.in_row + 1, self.in_all + 1
        if in_row < WRONG_IN_ROW:
            return PinTries(in_row, in_all, self.paused_until)
        return PinTries(0, in_all, now + PAUSE)

    def after_right(self) -> PinTries:
        """A right PIN ends the row; the sum stays until staff set a new PIN."""
        return PinTries(0, self.in_all)


def ensure_pin_open(tries: PinTries, now: datetime) -> None:
    """Nobody guesses a PIN (PIN-2, PIN-3). A paused PIN is not even compared.

    Raises PinLocked with ``retry_after`` (seconds) and ``minutes``, or ``new_pin_needed``.
    """
    if tries.is_used_up:
        raise PinLocked(new_pin_needed=True)
    if tries.paused_until is not None and now < tries.paused_until:
        seconds = -int((now - tries.paused_until).total_seconds() // 1)
        raise PinLocked(retry_after=seconds, minutes=-(-seconds // 60))


def ensure_card_today(used_times: Iterable[datetime], now: datetime, tz: tzinfo) -> None:
    """At most two card redemptions a day (PIN-4). Raises RewardLimitReached."""
    ensure_within(CARD_LIMIT, used_times, now, tz, RewardLimitReached)
