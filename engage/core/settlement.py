"""Months of partners, and the money the city owes for points. Rules SET-1 to SET-5."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from engage.core.errors import EarlierMonthOpen, MonthNotOver, NothingToSettle, StatementClosed
from engage.core.periods import add_months, day_of, day_start

#: The day of the next month from which a month may be closed (SET-1).
CLOSES_ON = 3


def month_of(instant: datetime, tz: tzinfo) -> date:
    """The first day of the city's month of an instant."""
    return day_of(instant, tz).replace(day=1)


def month_bounds(month: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """Start and end of a month in the city; the end belongs to the next."""
    return day_start(month, tz), day_start(add_months(month, 1), tz)


def closes_at(month: date, tz: tzinfo) -> datetime:
    """From this instant on a month may be closed (SET-1)."""
    return day_start(add_months(month, 1).replace(day=CLOSES_ON), tz)


def last_due(now: datetime, tz: tzinfo) -> date:
    """The newest month that may be closed (SET-1)."""
    this = month_of(now, tz)
    newest = add_months(this, -1)
    return newest if now >= closes_at(newest, tz) else add_months(newest, -1)


def settled_in(posted_at: datetime, closed: date | None, tz: tzinfo) -> date:
    """The month that settles a transfer: its own, or the next one if that is closed (SET-2).

    closed: the partner's newest closed month.
    """
    own = month_of(posted_at, tz)
    return own if closed is None else max(own, add_months(closed, 1))


@dataclass(frozen=True, slots=True)
class Closing:
    """A month that somebody wants to close.

    newest_closed: the partner's newest closed month, None for a partner without any.
    oldest_open:   when the oldest transfer was booked that no statement holds, None for none.
    """

    month: date
    newest_closed: date | None = None
    oldest_open: datetime | None = None


def ensure_can_close(closing: Closing, now: datetime, tz: tzinfo) -> None:
    """Close a month once, from the 3rd of the next on, and after the months before it (SET-1, 2).

    Raises MonthNotOver, StatementClosed, NothingToSettle, EarlierMonthOpen.
    """
    if now < closes_at(closing.month, tz):
        raise MonthNotOver(closes_at=closes_at(closing.month, tz))
    if closing.newest_closed is not None and closing.month <= closing.newest_closed:
        raise StatementClosed()
    if closing.oldest_open is None:
        raise NothingToSettle()
    first = settled_in(closing.oldest_open, closing.newest_closed, tz)
    if first > closing.month:
        raise NothingToSettle()
    if first < closing.month:
        raise EarlierMonthOpen()


def _rounded(hundredths: int) -> int:
    """Hundredths of a cent as cents, half a cent away from zero."""
    whole = (abs(hundredths) + 50) // 100
    return whole if hundredths >= 0 else -whole


def share_cents(parts: Iterable[tuple[int, int]]) -> list[int]:
    """What each part of a statement is worth, so that the parts add up to its amount (SET-3).

    parts: points (below zero for what was taken back) and the rate in cents per 100 points.
           The sum is rounded once; a part gets what it adds to the rounded sum so far.
    """
    exact, said, shares = 0, 0, []
    for points, rate in parts:
        exact += points * rate
        shares.append(_rounded(exact) - said)
        said = _rounded(exact)
    return shares


def amount_cents(parts: Iterable[tuple[int, int]]) -> int:
    """The reimbursement of points at their rates, rounded once (SET-3)."""
    return _rounded(sum(points * rate for points, rate in parts))
