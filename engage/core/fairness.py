"""How the city looks for what is unfair, in the open. Rules FAI-1 to FAI-7."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engage.core.checkin import Review
from engage.core.errors import N_, Guessing, SignInPaused

#: One scanner's people are looked at from this many on; fewer say nothing (FAI-1).
LEAST_SCANS = 5

#: Published figures never show a group of fewer people than this (FAI-4).
SMALLEST_CELL = 5

#: The published reasons, as the citizen and the office read them. There are no others.
REASONS: Mapping[Review, str] = {
    Review.CAP: N_("More points than one person can be credited for a day or a year."),
    Review.BUDGET: N_("The organisation's points budget was used up."),
    Review.OVERLAP: N_("This time was already credited somewhere else."),
    Review.CLOCK: N_("The time of the scan could not be confirmed."),
    Review.LATE: N_("The scan arrived more than 72 hours after the end."),
    Review.REVOKED_DEVICE: N_("The scan came from a device that has been switched off."),
    Review.SELF_SURPLUS: N_("More people checked themselves in than the organiser counted."),
    Review.WALK_IN_SHARE: N_("Over half of the people of one scanner came without a registration."),
}


def is_walk_in_share_high(people: int, walk_ins: int) -> bool:
    """Whether over half of one scanner's people at a date are walk-ins (FAI-1)."""
    return people >= LEAST_SCANS and 2 * walk_ins > people


def self_surplus(self_check_ins: int, other_check_ins: int, head_count: int | None) -> int:
    """How many self check-ins exceed what the organiser counted when closing (FAI-2)."""
    if head_count is None:
        return 0
    return min(self_check_ins, max(0, self_check_ins + other_check_ins - head_count))


@dataclass(frozen=True, slots=True)
class Published:
    """A figure by groups, as it may be published.

    cells:  groups of 5 people and more, and those of none.
    merged: the names behind ``rest``, in the order given; ``rest`` None if nothing may be said.
    """

    cells: Mapping[str, int]
    merged: tuple[str, ...] = ()
    rest: int | None = 0


def merge_small_cells(cells: Mapping[str, int], smallest: int = SMALLEST_CELL) -> Published:
    """Publish counts of people so that nobody stands alone in one (FAI-4).

    Cells under five are added up; if the sum is itself too small, the next smallest group
    joins it, so that no total minus the rest gives it away. Cells of nobody stay.
    """
    small = [name for name, count in cells.items() if 0 < count < smallest]
    rest = sum(cells[name] for name in small)
    others = sorted((n for n in cells if cells[n] >= smallest), key=lambda n: (cells[n], n))
    if 0 < rest < smallest and others:
        joins = others.pop(0)
        small.append(joins)
        rest += cells[joins]
    kept = {name: count for name, count in cells.items() if name not in small}
    merged = tuple(name for name in cells if name in small)
    return Published(kept, merged, None if 0 < rest < smallest else rest)


@dataclass(frozen=True, slots=True)
class GuessLimit:
    """How many distinct wrong codes are suffered in a sliding window (FAI-5)."""

    count: int
    window: timedelta = timedelta(minutes=1)

    def retry_after(self, wrong: Iterable[tuple[str, datetime]], now: datetime) -> int:
        """Seconds until another wrong code is heard; 0 if now.

        wrong: keyed hash and time of each well-formed wrong code; the same one twice
        counts once, and foreign QR codes never come here.
        """
        latest: dict[str, datetime] = {}
        for code, at in wrong:
            if now - self.window < at <= now:
                latest[code] = max(at, latest.get(code, at))
        if len(latest) < self.count:
            return 0
        frees = sorted(latest.values())[len(latest) - self.count] + self.window
        return max(1, -int((now - frees).total_seconds() // 1))

    def most(self, wrong: Iterable[tuple[str, datetime]]) -> int:
        """The most distinct wrong codes of any window, as the office is shown them (FAI-8).

        wrong: as in retry_after, in any order.
        """
        events = sorted(wrong, key=lambda one: one[1])
        inside: Counter[str] = Counter()
        first = most = 0
        for code, at in events:
            inside[code] += 1
            while events[first][1] <= at - self.window:
                inside -= Counter([events[first][0]])
                first += 1
            most = max(most, len(inside))
        return most


#: Per device or account at check-in and at the till; per address for strangers only.
CHECK_IN_GUESSES = GuessLimit(30)
REDEMPTION_GUESSES = GuessLimit(10)
STRANGER_GUESSES = GuessLimit(300)


def ensure_not_guessing(
    limit: GuessLimit, wrong: Iterable[tuple[str, datetime]], now: datetime
) -> None:
    """Refuse another wrong code; a valid one never asks here, so it still works (FAI-6).

    Raises Guessing with ``retry_after`` in seconds.
    """
    seconds = limit.retry_after(wrong, now)
    if seconds:
        raise Guessing(retry_after=seconds)


#: Wrong passwords before the first pause, its length, and the longest (FAI-7).
FREE_TRIES, FIRST_PAUSE, LONGEST_PAUSE = 5, timedelta(minutes=1), timedelta(hours=1)


def sign_in_pause(failures: int) -> timedelta:
    """How long to wait after so many wrong passwords in a row: it doubles (FAI-7)."""
    if failures < FREE_TRIES:
        return timedelta(0)
    doublings = min(failures - FREE_TRIES, 10)
    pause: timedelta = FIRST_PAUSE * 2**doublings
    return min(pause, LONGEST_PAUSE)


def ensure_sign_in_open(failures: int, last_failed_at: datetime | None, now: datetime) -> None:
    """Nobody guesses a password, and nobody is locked out for good (FAI-7).

    Raises SignInPaused with ``retry_after`` in seconds and ``minutes``.
    """
    if last_failed_at is None:
        return
    left = last_failed_at + sign_in_pause(failures) - now
    if left > timedelta(0):
        seconds = -int(-left.total_seconds() // 1)
        raise SignInPaused(retry_after=seconds, minutes=-(-seconds // 60))
