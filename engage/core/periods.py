"""The city's calendar periods and the limits that count in them. Rules LIM-1 to LIM-4."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from engage.core.errors import LimitReached


class Period(StrEnum):
    """How long a limit counts before it starts again."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    EVER = "ever"


def day_start(day: date, tz: tzinfo) -> datetime:
    """The instant a calendar day begins in the city, in UTC."""
    return datetime.combine(day, time.min, tz).astimezone(UTC)


def day_of(instant: datetime, tz: tzinfo) -> date:
    """The city's calendar day of an instant."""
    return instant.astimezone(tz).date()


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _days_of(period: Period, day: date) -> tuple[date, date]:
    if period is Period.DAY:
        return day, day + timedelta(days=1)
    if period is Period.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    months = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}[period]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, add_months(first, months)


def bounds(period: Period, at: datetime, tz: tzinfo) -> tuple[datetime, datetime] | None:
    """Start and end, in UTC, of the period around an instant; the end belongs to the next.

    Weeks begin on Monday. A day with a clock change is 23 or 25 hours long. ``ever``
    has no bounds. Source: LIM-1.
    """
    if period is Period.EVER:
        return None
    first, after = _days_of(period, day_of(at, tz))
    return day_start(first, tz), day_start(after, tz)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something is allowed: ``count`` times in each ``period`` (LIM-2)."""

    count: int
    period: Period

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a limit allows at least one use")

    @classmethod
    def from_json(cls, given: dict[str, object]) -> Limit:
        """Read ``{"count": 2, "period": "month"}``. Raises ValueError for anything else."""
        count = given.get("count")
        if not isinstance(count, int) or isinstance(count, bool):
            raise ValueError("count is a whole number")
        return cls(count, Period(str(given.get("period"))))

    def to_json(self) -> dict[str, object]:
        return {"count": self.count, "period": self.period.value}

    def used(self, used_times: Iterable[datetime], now: datetime, tz: tzinfo) -> int:
        """How many of these uses fall into the present period."""
        span = bounds(self.period, now, tz)
        if span is None:
            return sum(1 for _ in used_times)
        start, end = span
        return sum(start <= used < end for used in used_times)

    def free_again_at(
        self, used_times: Iterable[datetime], now: datetime, tz: tzinfo
    ) -> datetime | None:
        """When the next use is allowed: now, or when the period ends; None for never."""
        if self.used(used_times, now, tz) < self.count:
            return now
        span = bounds(self.period, now, tz)
        return span[1] if span else None


def ensure_within(
    limit: Limit | None,
    used_times: Iterable[datetime],
    now: datetime,
    tz: tzinfo,
    refusal: type[LimitReached] = LimitReached,
) -> None:
    """Refuse one use too many. Cancelled uses are not among ``used_times`` (LIM-3).

    refusal: `RewardLimitReached` where the words of the rewards are wanted.

    Raises LimitReached with ``free_again_at``; None means never again (LIM-4).
    """
    if limit is None:
        return
    used = list(used_times)
    if limit.used(used, now, tz) >= limit.count:
        raise refusal(
            free_again_at=limit.free_again_at(used, now, tz),
            count=limit.count,
            period=limit.period.value,
        )
