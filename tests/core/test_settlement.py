"""Months, closing and rounding: the rules of the month-end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.errors import EarlierMonthOpen, MonthNotOver, NothingToSettle, StatementClosed
from engage.core.settlement import (
    Closing,
    amount_cents,
    closes_at,
    ensure_can_close,
    last_due,
    month_bounds,
    settled_in,
    share_cents,
)

BERLIN = ZoneInfo("Europe/Berlin")
APRIL, MAY = date(2030, 4, 1), date(2030, 5, 1)
#: Midnight of the 3rd of May in Dortmund, in summer time.
THIRD_OF_MAY = datetime(2030, 5, 2, 22, 0, tzinfo=UTC)
IN_APRIL = datetime(2030, 4, 20, 12, 0, tzinfo=UTC)
IN_MARCH = datetime(2030, 3, 20, 12, 0, tzinfo=UTC)


def test_set_1_a_month_is_closed_from_the_third_of_the_next_in_the_city_s_time() -> None:
    closing = Closing(APRIL, oldest_open=IN_APRIL)

    assert closes_at(APRIL, BERLIN) == THIRD_OF_MAY
    ensure_can_close(closing, THIRD_OF_MAY, BERLIN)
    with pytest.raises(MonthNotOver) as refused:
        ensure_can_close(closing, THIRD_OF_MAY - timedelta(seconds=1), BERLIN)
    assert refused.value.facts["closes_at"] == THIRD_OF_MAY


def test_set_1_the_newest_due_month_changes_on_the_third() -> None:
    assert last_due(THIRD_OF_MAY, BERLIN) == APRIL
    assert last_due(THIRD_OF_MAY - timedelta(seconds=1), BERLIN) == date(2030, 3, 1)


def test_set_1_a_month_is_closed_once() -> None:
    with pytest.raises(StatementClosed):
        ensure_can_close(Closing(APRIL, APRIL, IN_APRIL), THIRD_OF_MAY, BERLIN)
    with pytest.raises(StatementClosed):
        ensure_can_close(Closing(date(2030, 3, 1), APRIL, IN_MARCH), THIRD_OF_MAY, BERLIN)


def test_set_2_months_are_closed_in_their_order() -> None:
    with pytest.raises(EarlierMonthOpen):
        ensure_can_close(Closing(APRIL, oldest_open=IN_MARCH), THIRD_OF_MAY, BERLIN)


@pytest.mark.parametrize("oldest", [None, THIRD_OF_MAY])
def test_set_2_a_month_without_a_transfer_of_its_own_is_not_closed(
    oldest: datetime | None,
) -> None:
    with pytest.raises(NothingToSettle):
        ensure_can_close(Closing(APRIL, oldest_open=oldest), THIRD_OF_MAY, BERLIN)


def test_set_2_what_comes_after_the_closing_belongs_to_the_next_open_month() -> None:
    assert settled_in(IN_APRIL, None, BERLIN) == APRIL
    assert settled_in(IN_APRIL, date(2030, 3, 1), BERLIN) == APRIL
    assert settled_in(IN_APRIL, APRIL, BERLIN) == MAY
    ensure_can_close(Closing(MAY, APRIL, IN_APRIL), THIRD_OF_MAY + timedelta(days=40), BERLIN)


def test_set_2_a_month_begins_and_ends_at_midnight_of_the_city() -> None:
    start, end = month_bounds(date(2030, 3, 1), BERLIN)

    assert (start, end) == (
        datetime(2030, 2, 28, 23, 0, tzinfo=UTC),
        datetime(2030, 3, 31, 22, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("parts", "cents"),
    [
        ([], 0),
        ([(100, 45)], 45),
        ([(10, 45)], 5),  # 4.5 cents
        ([(-10, 45)], -5),
        ([(25, 45)] * 4, 45),  # 11.25 each
        ([(40, 45), (-40, 45)], 0),
        ([(40, 60), (-40, 45)], 6),
    ],
)
def test_set_3_the_amount_is_rounded_once(parts: list[tuple[int, int]], cents: int) -> None:
    assert amount_cents(parts) == cents


@given(st.lists(st.tuples(st.integers(-500, 5000), st.integers(0, 300)), max_size=30))
def test_set_3_the_parts_add_up_to_the_amount(parts: list[tuple[int, int]]) -> None:
    shares = share_cents(parts)

    assert sum(shares) == amount_cents(parts)
    for (points, rate), share in zip(parts, shares, strict=True):
        assert abs(share - points * rate / 100) <= 1
