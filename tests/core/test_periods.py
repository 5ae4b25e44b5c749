from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.checkin import Window
from engage.core.errors import LimitReached, RewardLimitReached
from engage.core.periods import Limit, Period, add_months, bounds, day_of, day_start, ensure_within
from engage.core.points import minutes_between

BERLIN = ZoneInfo("Europe/Berlin")
#: The nights of 2030 in which the clocks change.
SPRING, AUTUMN = date(2030, 3, 31), date(2030, 10, 27)

instants = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        (Period.DAY, date(2030, 5, 4), date(2030, 5, 5)),
        (Period.WEEK, date(2030, 4, 29), date(2030, 5, 6)),
        (Period.MONTH, date(2030, 5, 1), date(2030, 6, 1)),
        (Period.QUARTER, date(2030, 4, 1), date(2030, 7, 1)),
        (Period.YEAR, date(2030, 1, 1), date(2031, 1, 1)),
    ],
)
def test_lim_1_periods_are_the_citys_calendar(period: Period, first: date, after: date) -> None:
    span = bounds(period, local(date(2030, 5, 4), 23, 59), BERLIN)

    assert span == (day_start(first, BERLIN), day_start(after, BERLIN))


@given(instants, st.sampled_from([one for one in Period if one is not Period.EVER]))
def test_lim_1_every_instant_lies_in_its_period_and_periods_leave_no_gap(
    at: datetime, period: Period
) -> None:
    span = bounds(period, at, BERLIN)
    assert span is not None
    start, end = span

    following = bounds(period, end, BERLIN)

    assert start <= at < end
    assert following is not None
    assert following[0] == end


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2030, 5, 4), 24)])
def test_case_16_a_day_of_a_clock_change_is_as_long_as_it_is(day: date, hours: int) -> None:
    span = bounds(Period.DAY, local(day, 12), BERLIN)

    assert span is not None
    assert span[1] - span[0] == timedelta(hours=hours)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 4), (AUTUMN, 6)])
def test_case_16_an_occurrence_over_the_night_keeps_wall_clock_and_real_hours(
    day: date, hours: int
) -> None:
    starts, ends = local(day - timedelta(days=1), 23), local(day, 4)
    window = Window(starts.astimezone(UTC), ends.astimezone(UTC))

    assert minutes_between(starts, ends) == hours * 60
    assert window.opens_at.astimezone(BERLIN).hour == 22
    assert window.closes_at.astimezone(BERLIN).hour == 5


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_case_16_a_day_limit_starts_again_at_the_citys_midnight(day: date) -> None:
    limit = Limit(1, Period.DAY)
    early, late = local(day, 0, 10), local(day, 23, 50)

    with pytest.raises(LimitReached) as refused:
        ensure_within(limit, [early], late, BERLIN)

    midnight = day_start(day + timedelta(days=1), BERLIN)
    assert refused.value.facts["free_again_at"] == midnight
    ensure_within(limit, [early], midnight, BERLIN)


def test_lim_2_a_limit_counts_uses_of_the_present_period() -> None:
    limit = Limit(2, Period.MONTH)
    april, may = local(date(2030, 4, 30), 23), local(date(2030, 5, 1), 0)

    ensure_within(limit, [april, april, may], local(date(2030, 5, 4), 12), BERLIN)
    with pytest.raises(LimitReached):
        ensure_within(limit, [may, may], local(date(2030, 5, 4), 12), BERLIN)


def test_lim_3_no_limit_and_no_use_are_never_refused() -> None:
    ensure_within(None, [local(SPRING, 12)] * 99, local(SPRING, 13), BERLIN)
    ensure_within(Limit(1, Period.EVER), [], local(SPRING, 13), BERLIN)


def test_lim_4_a_refusal_says_when_it_is_free_again_or_that_it_never_is() -> None:
    now = local(date(2030, 5, 4), 12)
    ever, week = Limit(1, Period.EVER), Limit(1, Period.WEEK)

    with pytest.raises(RewardLimitReached) as for_ever:
        ensure_within(ever, [now], now, BERLIN, RewardLimitReached)

    assert for_ever.value.facts == {"free_again_at": None, "count": 1, "period": "ever"}
    assert str(for_ever.value) == "You have had this reward as often as it is offered."
    assert week.free_again_at([now], now, BERLIN) == day_start(date(2030, 5, 6), BERLIN)
    assert week.free_again_at([], now, BERLIN) == now


def test_lim_2_a_limit_is_stored_and_read() -> None:
    limit = Limit(3, Period.QUARTER)

    assert Limit.from_json(limit.to_json()) == limit
    for wrong in ({}, {"count": 0, "period": "day"}, {"count": True, "period": "day"}):
        with pytest.raises(ValueError, match=r"count|limit"):
            Limit.from_json(wrong)


def test_lim_1_months_end_where_the_shorter_month_ends() -> None:
    assert add_months(date(2030, 1, 31), 1) == date(2030, 2, 28)
    assert add_months(date(2032, 2, 29), -24) == date(2030, 2, 28)
    assert add_months(date(2030, 5, 4), -24) == date(2028, 5, 4)
    assert day_of(datetime(2030, 5, 3, 22, 30, tzinfo=UTC), BERLIN) == date(2030, 5, 4)
