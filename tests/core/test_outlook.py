"""Budgets, the forecast and the signs: what the office keeps an eye on."""

from __future__ import annotations

import pytest

from engage.core.outlook import (
    BudgetState,
    Flow,
    Seen,
    Sign,
    budget_state,
    forecast,
    signs_of,
)

QUIET = Seen(people=20, redemptions=100, with_hours=100)


@pytest.mark.parametrize(
    ("taken", "budget", "state"),
    [
        (10_000, None, BudgetState.UNLIMITED),
        (799, 1000, BudgetState.OPEN),
        (800, 1000, BudgetState.NEAR),
        (999, 1000, BudgetState.NEAR),
        (1000, 1000, BudgetState.USED),
        (1001, 1000, BudgetState.USED),
        (0, 0, BudgetState.USED),
    ],
)
def test_set_6_a_budget_is_near_its_end_from_80_percent_on(
    taken: int, budget: int | None, state: BudgetState
) -> None:
    assert budget_state(taken, budget) is state


def test_set_7_the_forecast_is_the_average_of_the_last_complete_months() -> None:
    old, lately = Flow(9000, 9000, 9000), Flow(300, 100, 10)

    view = forecast([old, *[lately] * 6], outstanding=1000, in_stock=450)

    assert (view.months, view.earned, view.redeemed, view.expired) == (6, 300, 100, 10)
    assert view.grows_by == 190
    assert (view.cover, view.until_paid) == (4.5, 10.0)


def test_set_7_months_before_the_city_began_are_no_months() -> None:
    nothing = Flow(0, 0, 0)

    view = forecast([nothing, nothing, Flow(100, 50, 0), nothing], outstanding=50, in_stock=0)

    assert (view.months, view.earned, view.redeemed) == (2, 50, 25)
    assert view.cover == 0.0


@pytest.mark.parametrize("flows", [[], [Flow(0, 0, 0)]])
def test_set_7_without_a_month_there_is_no_forecast(flows: list[Flow]) -> None:
    view = forecast(flows, outstanding=100, in_stock=100)

    assert (view.months, view.cover, view.until_paid) == (0, None, None)


def test_set_7_where_nothing_is_redeemed_nothing_is_said_about_how_long_it_lasts() -> None:
    view = forecast([Flow(100, 0, 0)], outstanding=100, in_stock=100)

    assert (view.months, view.cover, view.until_paid) == (1, None, None)


@pytest.mark.parametrize(
    ("seen", "signs"),
    [
        (QUIET, ()),
        (Seen(20, 100, by_regulars=50), ()),
        (Seen(20, 100, by_regulars=51), (Sign.REGULARS,)),
        (Seen(20, 100, with_hours=50, outside_hours=5), (Sign.OUTSIDE_HOURS,)),
        (Seen(20, 100, with_hours=50, outside_hours=4), ()),
        (Seen(20, 100, with_hours=51, outside_hours=5), ()),
        (Seen(20, 40, undone=4), ()),
        (Seen(20, 50, undone=5), (Sign.UNDONE,)),
        (Seen(20, 100, disputed=2), (Sign.DISPUTED,)),
        (Seen(20, 101, disputed=2), ()),
        (Seen(4, 100, by_regulars=100, undone=50, disputed=20), ()),
    ],
)
def test_set_8_signs_are_the_published_ones_and_need_five_people(
    seen: Seen, signs: tuple[Sign, ...]
) -> None:
    assert signs_of(seen) == signs
