from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from engage.core.expiry import (
    GRACE,
    WARNINGS,
    Lot,
    Movement,
    cutoff_of,
    due_for_expiry,
    expires_on,
    expiring,
    lots,
)
from engage.core.periods import day_start
from engage.core.points import TransferKind

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
LATER = START + timedelta(days=800)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def earn(points: int, number: int, source: str = "") -> Movement:
    return Movement(TransferKind.EARN, points, day(number), source or f"a{number}", comes_in=True)


def out(kind: TransferKind, points: int, number: int, source: str) -> Movement:
    return Movement(kind, points, day(number), source, comes_in=False)


def back(kind: TransferKind, points: int, number: int, source: str) -> Movement:
    return Movement(kind, points, day(number), source, comes_in=True)


def left(*movements: Movement) -> list[tuple[int, int]]:
    """Day of earning and points of what is left, oldest first."""
    return [((lot.earned_at - START).days, lot.points) for lot in lots(movements)]


def test_case_43_expiry_takes_the_oldest_unspent_points_once() -> None:
    movements = [earn(30, 0), earn(30, 10), out(TransferKind.RESERVE, 20, 20, "r1")]
    cutoff = day(5)

    due = due_for_expiry(movements, cutoff, LATER)
    expired = [*movements, out(TransferKind.EXPIRE, due, 740, "x")]

    assert due == 10
    assert left(*expired) == [(10, 30)]
    assert due_for_expiry(expired, cutoff, LATER) == 0


def test_pts_13_age_counts_from_the_booking_and_spending_takes_the_oldest() -> None:
    assert left(earn(30, 0), earn(30, 10), out(TransferKind.RESERVE, 40, 20, "r")) == [(10, 20)]
    assert left(earn(30, 0), earn(30, 10), out(TransferKind.DONATE, 10, 20, "d")) == [
        (0, 20),
        (10, 30),
    ]


def test_pts_13_a_reversal_takes_the_earning_it_undoes() -> None:
    assert left(earn(30, 0), earn(30, 10, "b"), out(TransferKind.REVERSE, 30, 20, "b")) == [(0, 30)]


def test_pts_13_the_cut_off_is_a_day_of_the_city_24_months_ago() -> None:
    now = datetime(2030, 5, 3, 22, 30, tzinfo=UTC)  # already the fourth in Dortmund

    assert cutoff_of(now, BERLIN) == day_start(date(2028, 5, 4), BERLIN)


def test_pts_14_points_that_come_back_keep_their_age() -> None:
    movements = [
        earn(30, 0),
        earn(30, 10),
        out(TransferKind.RESERVE, 40, 20, "r"),
        back(TransferKind.RELEASE, 40, 21, "r"),
    ]

    assert left(*movements) == [(0, 30), (10, 20), (10, 10)]


def test_pts_14_what_came_back_past_the_cut_off_expires_14_days_later() -> None:
    movements = [
        earn(30, 0),
        out(TransferKind.RESERVE, 30, 20, "r"),
        back(TransferKind.REFUND, 30, 740, "r"),
    ]
    cutoff = day(10)

    assert due_for_expiry(movements, cutoff, day(740) + GRACE - timedelta(seconds=1)) == 0
    assert due_for_expiry(movements, cutoff, day(740) + GRACE) == 30


def test_pts_14_expiring_leaves_points_in_grace_alone() -> None:
    movements = [
        earn(10, 0),
        out(TransferKind.RESERVE, 10, 1, "r"),
        earn(20, 2),
        back(TransferKind.RELEASE, 10, 740, "r"),
        out(TransferKind.EXPIRE, 20, 741, "x"),
    ]

    assert left(*movements) == [(0, 10)]


def test_pts_14_points_expire_at_the_very_end_of_their_grace() -> None:
    movements = [
        earn(10, 0),
        out(TransferKind.RESERVE, 10, 1, "r"),
        earn(20, 2),
        back(TransferKind.RELEASE, 10, 740, "r"),
        out(TransferKind.EXPIRE, 10, 754, "x"),
    ]

    assert left(*movements) == [(2, 20)]


def test_pts_15_what_will_expire_is_known_60_and_14_days_before() -> None:
    movements = [earn(30, 0), earn(30, 40)]
    now = day(720)

    later = [due_for_expiry(movements, day(-10) + ahead, now + ahead) for ahead in WARNINGS]

    assert (timedelta(days=60), timedelta(days=14)) == WARNINGS
    assert later == [60, 30]


def test_case_51_joined_accounts_keep_the_age_of_both() -> None:
    merge = Movement(TransferKind.MERGE, 30, day(50), "m", comes_in=True, earned_at=day(3))

    assert left(earn(10, 20), merge) == [(3, 30), (20, 10)]


@st.composite
def histories(draw: st.DrawFn) -> list[Movement]:
    """A history as the ledger allows it: never more out than in, returns at most once."""
    balance, movements = 0, []
    reserved: dict[str, int] = {}
    for number in range(draw(st.integers(1, 25))):
        choice = draw(st.sampled_from(["earn", "reserve", "back", "expire", "reverse"]))
        name = f"s{number}"
        if choice == "earn":
            points = draw(st.integers(1, 60))
            movements.append(earn(points, number * 30, name))
            balance += points
        elif choice == "back" and reserved:
            name, points = reserved.popitem()
            movements.append(back(TransferKind.RELEASE, points, number * 30, name))
            balance += points
        elif choice in ("reserve", "expire", "reverse") and balance:
            points = draw(st.integers(1, balance))
            movements.append(out(TransferKind(choice), points, number * 30, name))
            balance -= points
            if choice == "reserve":
                reserved[name] = points
    return movements


@given(histories())
def test_pts_13_lots_always_add_up_to_the_balance_and_lie_in_order(
    movements: list[Movement],
) -> None:
    balance = sum(move.points if move.comes_in else -move.points for move in movements)

    remaining = lots(movements)

    assert sum(lot.points for lot in remaining) == balance
    assert all(lot.points > 0 for lot in remaining)
    assert [lot.earned_at for lot in remaining] == sorted(lot.earned_at for lot in remaining)


@given(histories(), st.integers(0, 800))
def test_pts_13_expiring_what_is_due_leaves_nothing_due(
    movements: list[Movement], cutoff_day: int
) -> None:
    cutoff, now = day(cutoff_day), day(900)
    due = due_for_expiry(movements, cutoff, now)
    expired = [*movements, *([out(TransferKind.EXPIRE, due, 900, "x")] if due else [])]

    assert due_for_expiry(expired, cutoff, now) == 0


def test_pts_13_points_go_on_the_first_day_whose_cut_off_lies_after_them() -> None:
    for number in range(800):
        lot = Lot(day(number), 1, "a")
        on = expires_on(lot, BERLIN)

        assert lot.is_due(cutoff_of(day_start(on, BERLIN), BERLIN), LATER)
        assert not lot.is_due(cutoff_of(day_start(on - timedelta(days=1), BERLIN), BERLIN), LATER)


def test_pts_14_points_in_grace_go_when_it_ends() -> None:
    lot = Lot(day(0), 1, "a", grace_until=day(900))

    assert expires_on(lot, BERLIN) == day(900).date()


def test_pts_15_what_is_left_is_listed_by_the_day_it_goes() -> None:
    movements = [earn(30, 0), earn(5, 0, "again"), earn(20, 10)]

    dates = expiring(movements, BERLIN)

    assert [(one.on, one.points) for one in dates] == [
        (date(2032, 1, 2), 35),
        (date(2032, 1, 12), 20),
    ]
