from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.points import (
    DEFAULT_BANDS,
    DEFAULT_PARTICIPATION,
    Band,
    Caps,
    PointsRule,
    Reservation,
    RuleKind,
    Source,
    TransferKind,
    credit_within,
    ensure_moves,
    good_cause,
    is_sealed,
    key_of,
    minutes_counted,
    plan_reversal,
    quarter_hours,
    seal,
    seal_text,
    settled,
)

NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
PER_HOUR = PointsRule(RuleKind.PER_HOUR, 10)

amounts = st.integers(0, 500)
rules = st.one_of(
    st.builds(PointsRule, st.sampled_from([RuleKind.FLAT, RuleKind.PER_HOUR]), amounts),
    st.lists(st.integers(1, 900), unique=True, max_size=5).map(
        lambda ends: PointsRule(
            RuleKind.BANDS,
            bands=(*(Band(end, end) for end in sorted(ends)), Band(None, 1000)),
        )
    ),
)


@pytest.mark.parametrize("amount", [0, -5, 1.5, True, "5"])
def test_pts_1_only_whole_points_above_zero_move(amount: int) -> None:
    with pytest.raises(ValueError, match="cannot move"):
        ensure_moves(amount)


def test_pts_2_a_key_names_kind_and_source_so_that_a_repeat_is_one() -> None:
    source = Source("attendance", ONE)

    assert key_of(TransferKind.EARN, source) == f"earn:attendance:{ONE}"
    assert key_of("reverse", source) == f"reverse:attendance:{ONE}"
    with pytest.raises(ValueError, match="steal"):
        key_of("steal", source)


def test_pts_4_a_seal_breaks_with_every_field_and_with_the_key() -> None:
    fields: dict[str, object] = {"id": ONE, "amount": 30, "actor": None, "posted_at": NOON}
    kept = seal(b"key", fields)

    assert is_sealed(b"key", fields, kept)
    assert not is_sealed(b"other", fields, kept)
    changes: list[tuple[str, object]] = [
        ("id", TWO),
        ("amount", 31),
        ("actor", "-"),
        ("posted_at", NOON + timedelta(microseconds=1)),
    ]
    for name, value in changes:
        assert not is_sealed(b"key", {**fields, name: value}, kept)


def test_pts_4_a_seal_does_not_depend_on_order_or_time_zone() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5)))

    assert seal_text({"a": 1, "at": NOON}) == seal_text({"at": elsewhere, "a": 1})
    with pytest.raises(TypeError):
        seal_text({"amount": 1.5})


@given(st.dictionaries(st.text(), st.text()), st.dictionaries(st.text(), st.text()))
def test_pts_4_two_different_transfers_never_have_the_same_text(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert (seal_text(one) == seal_text(other)) is (one == other)


def test_pts_5_points_move_for_eleven_reasons_and_causes_have_accounts() -> None:
    assert len(TransferKind) == 11
    assert good_cause("trees") == "good_cause:trees"


@given(rules, st.integers(-10, 2000))
def test_pts_6_a_rule_survives_storing_and_gives_whole_points(
    rule: PointsRule, minutes: int
) -> None:
    points = rule.points_for(minutes)

    assert PointsRule.from_json(rule.to_json()) == rule
    assert points >= 0
    assert minutes > 0 or points == 0


@given(rules, st.integers(1, 2000), st.integers(1, 2000))
def test_pts_6_longer_never_gives_less(rule: PointsRule, one: int, other: int) -> None:
    short, long = sorted((one, other))

    assert rule.points_for(short) <= rule.points_for(long)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"kind": "gold"},
        {"kind": "flat"},
        {"kind": "flat", "points": -1},
        {"kind": "per_hour", "points": 1.5},
        {"kind": "bands"},
        {"kind": "bands", "bands": []},
        {"kind": "bands", "bands": ["x"]},
        {"kind": "bands", "bands": [{"under_minutes": 60, "points": 5}]},
        {
            "kind": "bands",
            "bands": [
                {"under_minutes": 90, "points": 5},
                {"under_minutes": 60, "points": 9},
                {"points": 20},
            ],
        },
        {"kind": "bands", "bands": [{"points": 5}, {"points": 9}]},
    ],
)
def test_pts_6_a_rule_that_makes_no_sense_is_not_read(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PointsRule.from_json(given)


@pytest.mark.parametrize(
    ("minutes", "points"), [(1, 15), (119, 15), (120, 30), (239, 30), (240, 50), (700, 50)]
)
def test_pts_7_volunteering_gives_15_30_or_50_by_length_and_participation_15(
    minutes: int, points: int
) -> None:
    assert DEFAULT_BANDS.points_for(minutes) == points
    assert DEFAULT_PARTICIPATION.points_for(minutes) == 15


def test_pts_8_a_poster_gives_at_most_the_points_of_two_hours() -> None:
    assert DEFAULT_BANDS.points_for_poster(600) == 30
    assert PER_HOUR.points_for_poster(600) == 20
    assert PER_HOUR.points_for_poster(60) == 10
    assert DEFAULT_PARTICIPATION.points_for_poster(600) == 15


@pytest.mark.parametrize(
    ("minutes", "quarters"), [(0, 0), (7, 0), (8, 1), (22, 1), (23, 2), (120, 8)]
)
def test_pts_9_time_present_counts_to_the_nearest_quarter_hour(minutes: int, quarters: int) -> None:
    assert quarter_hours(minutes) == quarters


@pytest.mark.parametrize(
    ("present", "counted"), [(0, 0), (50, 45), (120, 120), (143, 150), (151, 150), (600, 150)]
)
def test_case_6_time_present_is_rounded_and_capped_at_a_quarter_over_plan(
    present: int, counted: int
) -> None:
    gone = NOON + timedelta(minutes=present)

    assert minutes_counted(120, NOON, gone) == counted
    assert PER_HOUR.points_for(minutes_counted(120, NOON, gone)) == (10 * counted + 30) // 60


def test_pts_9_without_a_check_out_the_planned_length_counts() -> None:
    assert minutes_counted(120) == 120
    assert minutes_counted(120, NOON) == 120


@pytest.mark.parametrize(
    ("day", "year", "credited"),
    [(0, 0, 30), (70, 0, 30), (80, 0, 20), (100, 0, 0), (0, 1490, 10), (0, 1600, 0), (120, 0, 0)],
)
def test_pts_10_over_a_cap_only_the_excess_waits(day: int, year: int, credited: int) -> None:
    assert credit_within(Caps(), day, year, 30) == (credited, 30 - credited)


@given(amounts, amounts, st.integers(1, 300))
def test_pts_10_credited_and_waiting_are_all_and_the_cap_holds(
    day: int, year: int, points: int
) -> None:
    caps = Caps(100, 400)

    credited, waiting = credit_within(caps, day, year, points)

    assert credited + waiting == points
    assert credited == 0 or (day + credited <= 100 and year + credited <= 400)


def test_case_30_spent_points_leave_a_shortfall_and_no_negative_balance() -> None:
    plan = plan_reversal(30, 10)

    assert (plan.taken, plan.shortfall, plan.cancel) == (10, 20, ())


def test_case_30_points_in_an_open_reservation_are_taken_by_cancelling_it() -> None:
    reservations = [Reservation(ONE, 15), Reservation(TWO, 15), Reservation(THREE, 15)]

    plan = plan_reversal(30, 10, reservations)

    assert (plan.cancel, plan.taken, plan.shortfall) == ((ONE, TWO), 30, 0)
    assert plan_reversal(30, 30, reservations).cancel == ()


def test_case_30_what_comes_back_settles_a_noted_shortfall_and_earnings_never_do() -> None:
    assert settled(TransferKind.REFUND, 40, 15) == 15
    assert settled(TransferKind.RELEASE, 10, 15) == 10
    assert settled(TransferKind.EARN, 40, 15) == 0
    assert settled(TransferKind.ADJUST, 40, 15) == 0


def test_pts_12_a_reservation_cancelled_by_a_reversal_settles_the_older_shortfall_first() -> None:
    plan = plan_reversal(30, 0, [Reservation(ONE, 20)], noted_shortfall=5)

    assert (plan.cancel, plan.settle, plan.taken, plan.shortfall) == ((ONE,), (5,), 15, 15)


@given(st.integers(1, 300), amounts, st.lists(st.integers(1, 100), max_size=4), amounts)
def test_pts_11_a_reversal_takes_all_there_is_and_notes_the_rest(
    points: int, balance: int, open_points: list[int], noted: int
) -> None:
    reservations = [Reservation(UUID(int=n), amount) for n, amount in enumerate(open_points)]

    plan = plan_reversal(points, balance, reservations, noted)

    released = sum(open_points[: len(plan.cancel)]) - sum(plan.settle)
    assert plan.taken + plan.shortfall == points
    assert 0 <= plan.taken <= balance + released
    assert sum(plan.settle) <= noted
    assert plan.shortfall == 0 or len(plan.cancel) == len(reservations)
