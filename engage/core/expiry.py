"""How old points are and when they expire. Rules PTS-13 to PTS-15."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from engage.core.periods import add_months, day_of, day_start
from engage.core.points import Points, TransferKind

#: Points that come back past the cut-off stay usable for this long (PTS-14).
GRACE = timedelta(days=14)

#: The citizen is told this long before (PTS-15).
WARNINGS = (timedelta(days=60), timedelta(days=14))

#: Calendar months after the booking of the earning (PTS-13).
MONTHS = 24


@dataclass(frozen=True, slots=True)
class Movement:
    """One transfer as the citizen's account sees it.

    points:    above zero; the direction is in ``comes_in``.
    source:    what moved them; a return names the redemption whose reservation it undoes,
               a reversal the attendance or claim whose earning it takes back.
    earned_at: for points that come in with an age of their own (a merge).
    """

    kind: TransferKind
    points: int
    at: datetime
    source: str
    comes_in: bool
    earned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """Points of one age that are still there. ``grace_until``: not expired before."""

    earned_at: datetime
    points: int
    source: str
    grace_until: datetime | None = None

    def is_due(self, cutoff: datetime, now: datetime) -> bool:
        in_grace = self.grace_until is not None and now < self.grace_until
        return self.earned_at < cutoff and not in_grace


class _Shelf:
    """Lots in order of age, and who took which: what spending and returning work on."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.taken: dict[str, list[Lot]] = {}

    def put(self, lot: Lot) -> None:
        if lot.points > 0:
            self.lots.append(lot)
            self.lots.sort(key=lambda one: one.earned_at)

    def take(self, points: int, first: Iterable[Lot] = ()) -> list[Lot]:
        """Take the given lots first, then the oldest."""
        wanted = list(first)
        order = [*wanted, *(lot for lot in self.lots if lot not in wanted)]
        pieces: list[Lot] = []
        for lot in order:
            if points <= 0:
                break
            piece = replace(lot, points=min(points, lot.points))
            pieces.append(piece)
            points -= piece.points
            self.lots.remove(lot)
            self.put(replace(lot, points=lot.points - piece.points))
        return pieces

    def bring_back(self, move: Movement) -> None:
        """Put pieces of a reservation back with their age; the youngest come first."""
        left = move.points
        pieces = self.taken.pop(move.source, [])
        for piece in reversed(pieces):
            back = min(left, piece.points)
            left -= back
            self.put(replace(piece, points=back, grace_until=move.at + GRACE))
        self.put(Lot(move.at, left, move.source))


def _apply(shelf: _Shelf, move: Movement) -> None:
    returns = move.kind in (TransferKind.RELEASE, TransferKind.REFUND)
    if move.comes_in and returns:
        shelf.bring_back(move)
    elif move.comes_in:
        shelf.put(Lot(move.earned_at or move.at, move.points, move.source))
    elif move.kind is TransferKind.REVERSE:
        own = [lot for lot in shelf.lots if lot.source == move.source]
        shelf.take(move.points, own)
    elif move.kind is TransferKind.EXPIRE:
        free = [lot for lot in shelf.lots if not lot.grace_until or lot.grace_until <= move.at]
        shelf.take(move.points, free)
    else:
        shelf.taken[move.source] = shelf.take(move.points)


def lots(movements: Iterable[Movement]) -> tuple[Lot, ...]:
    """What is left of an account, oldest first (PTS-13).

    movements: all of the account, in the order of booking. Spending takes the oldest;
    what comes back keeps its age and gets 14 days (PTS-14). A reversal takes the
    earning it undoes, then the oldest. For joined accounts give the movements of both,
    without the ``merge`` between them.
    """
    shelf = _Shelf()
    for move in movements:
        _apply(shelf, move)
    return tuple(shelf.lots)


def cutoff_of(now: datetime, tz: tzinfo, months: int = MONTHS) -> datetime:
    """Points booked before this instant are too old: the start of a day in the city."""
    return day_start(add_months(day_of(now, tz), -months), tz)


def due_for_expiry(movements: Iterable[Movement], cutoff: datetime, now: datetime) -> Points:
    """How many points expire now: older than the cut-off and past their grace (PTS-13).

    Ask with a later ``cutoff`` and ``now`` to know what will expire then (PTS-15).
    """
    due = (lot.points for lot in lots(movements) if lot.is_due(cutoff, now))
    return Points(sum(due))


@dataclass(frozen=True, slots=True)
class Expiring:
    """Points that go on a day, if nobody spends them before."""

    on: date
    points: Points


def expires_on(lot: Lot, tz: tzinfo, months: int = MONTHS) -> date:
    """The first day of the city on which these points are too old and past their grace."""
    earned = day_of(lot.earned_at, tz)
    first = add_months(earned, months)
    while add_months(first, -months) <= earned:
        first += timedelta(days=1)
    return max(first, day_of(lot.grace_until, tz)) if lot.grace_until else first


def expiring(movements: Iterable[Movement], tz: tzinfo, months: int = MONTHS) -> list[Expiring]:
    """All that is left of an account by the day it will go, the next first (PTS-15)."""
    days: dict[date, int] = {}
    for lot in lots(movements):
        on = expires_on(lot, tz, months)
        days[on] = days.get(on, 0) + lot.points
    return [Expiring(on, Points(points)) for on, points in sorted(days.items())]
