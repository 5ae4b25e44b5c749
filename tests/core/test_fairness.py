from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core import errors
from engage.core.checkin import Review
from engage.core.fairness import (
    CHECK_IN_GUESSES,
    REASONS,
    REDEMPTION_GUESSES,
    SMALLEST_CELL,
    STRANGER_GUESSES,
    Published,
    ensure_not_guessing,
    ensure_sign_in_open,
    is_walk_in_share_high,
    merge_small_cells,
    self_surplus,
    sign_in_pause,
)
from engage.core.pins import PinTries, ensure_card_today, ensure_pin_open, is_pin

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)


def test_fai_1_over_half_walk_ins_by_one_scanner_are_looked_at() -> None:
    assert is_walk_in_share_high(10, 6)
    assert not is_walk_in_share_high(10, 5)
    assert not is_walk_in_share_high(4, 4)


def test_fai_2_more_self_check_ins_than_were_counted_are_a_surplus() -> None:
    assert self_surplus(10, 5, head_count=12) == 3
    assert self_surplus(2, 9, head_count=5) == 2
    assert self_surplus(10, 5, head_count=15) == 0
    assert self_surplus(10, 5, head_count=None) == 0


def test_fai_3_every_reason_for_a_review_is_published_and_there_are_no_others() -> None:
    assert set(REASONS) == set(Review)
    assert len(set(REASONS.values())) == len(Review)


def test_fai_4_groups_under_five_people_are_merged() -> None:
    published = merge_small_cells({"a": 3, "b": 4, "c": 20, "d": 0})

    assert published == Published({"c": 20, "d": 0}, ("a", "b"), 7)


def test_fai_4_a_rest_that_is_itself_small_takes_the_next_group_with_it() -> None:
    assert merge_small_cells({"a": 3, "b": 6, "c": 20}) == Published({"c": 20}, ("a", "b"), 9)
    assert merge_small_cells({"a": 3}) == Published({}, ("a",), None)
    assert merge_small_cells({"a": 8}) == Published({"a": 8}, (), 0)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30)))
def test_fai_4_no_published_number_stands_for_one_to_four_people(cells: dict[str, int]) -> None:
    published = merge_small_cells(cells)
    shown = [*published.cells.values(), published.rest]

    assert not any(number is not None and 0 < number < SMALLEST_CELL for number in shown)
    assert set(published.cells) | set(published.merged) == set(cells)
    if published.rest is not None:
        assert sum(published.cells.values()) + published.rest == sum(cells.values())


def wrong(count: int, at: datetime = NOON) -> list[tuple[str, datetime]]:
    return [(f"code {number}", at) for number in range(count)]


def test_case_22_after_30_distinct_wrong_codes_in_a_minute_the_next_waits() -> None:
    ensure_not_guessing(CHECK_IN_GUESSES, wrong(29), NOON)
    with pytest.raises(errors.Guessing) as refused:
        ensure_not_guessing(CHECK_IN_GUESSES, wrong(30), NOON + timedelta(seconds=20))

    assert refused.value.facts == {"retry_after": 40}
    assert str(refused.value) == "Too many wrong codes. Please wait 40 seconds."
    ensure_not_guessing(CHECK_IN_GUESSES, wrong(30), NOON + timedelta(seconds=60))


def test_fai_5_the_same_wrong_code_counts_once() -> None:
    ensure_not_guessing(REDEMPTION_GUESSES, [("same", NOON)] * 50, NOON)
    with pytest.raises(errors.Guessing):
        ensure_not_guessing(REDEMPTION_GUESSES, wrong(10), NOON)


def test_fai_6_limits_are_30_at_the_door_10_at_the_till_300_for_strangers() -> None:
    limits = (CHECK_IN_GUESSES, REDEMPTION_GUESSES, STRANGER_GUESSES)

    assert [limit.count for limit in limits] == [30, 10, 300]
    assert {limit.window for limit in limits} == {timedelta(minutes=1)}


@given(st.lists(st.integers(0, 59), min_size=10, max_size=40))
def test_fai_5_after_the_time_named_another_code_is_heard(seconds: list[int]) -> None:
    tried = [(str(n), NOON + timedelta(seconds=second)) for n, second in enumerate(seconds)]
    now = NOON + timedelta(seconds=59)

    wait = REDEMPTION_GUESSES.retry_after(tried, now)

    assert 0 < wait <= 60
    assert REDEMPTION_GUESSES.retry_after(tried, now + timedelta(seconds=wait)) == 0


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (8, 8), (11, 60), (500, 60)]
)
def test_fai_7_the_pause_after_wrong_passwords_doubles_up_to_an_hour(
    failures: int, minutes: int
) -> None:
    assert sign_in_pause(failures) == timedelta(minutes=minutes)


def test_fai_7_a_pause_says_how_long_it_is() -> None:
    ensure_sign_in_open(4, NOON, NOON)
    ensure_sign_in_open(5, None, NOON)
    ensure_sign_in_open(5, NOON, NOON + timedelta(minutes=1))
    with pytest.raises(errors.SignInPaused) as refused:
        ensure_sign_in_open(6, NOON, NOON + timedelta(seconds=30))

    assert refused.value.facts == {"retry_after": 90, "minutes": 2}


@pytest.mark.parametrize(
    ("text", "good"), [("1234", True), ("123456", True), ("123", False), ("12345a", False)]
)
def test_pin_1_a_pin_has_four_to_six_digits(text: str, good: bool) -> None:
    assert is_pin(text) is good
    assert not is_pin("١٢٣٤")


def test_case_40_three_wrong_pins_pause_and_ten_need_a_new_one() -> None:
    tries = PinTries()
    for _ in range(3):
        ensure_pin_open(tries, NOON)
        tries = tries.after_wrong(NOON)

    with pytest.raises(errors.PinLocked) as paused:
        ensure_pin_open(tries, NOON + timedelta(minutes=5))
    assert paused.value.facts == {"retry_after": 600, "minutes": 10}
    ensure_pin_open(tries, NOON + timedelta(minutes=15))

    for _ in range(7):
        tries = tries.after_wrong(NOON)
    with pytest.raises(errors.PinLocked) as ended:
        ensure_pin_open(tries, NOON + timedelta(days=9))
    assert ended.value.facts == {"new_pin_needed": True}


def test_pin_2_a_right_pin_ends_the_row() -> None:
    tries = PinTries().after_wrong(NOON).after_wrong(NOON)

    assert tries.left == 1
    assert tries.after_right() == PinTries(0, 2)
    assert tries.after_right().left == 3


def test_pin_3_wrong_pins_add_up_until_staff_set_a_new_one() -> None:
    tries = PinTries(in_row=0, in_all=9).after_wrong(NOON).after_right()

    assert tries.is_used_up
    assert tries.left == 0


def test_pin_4_a_card_redeems_twice_a_day() -> None:
    ensure_card_today([NOON], NOON, BERLIN)
    ensure_card_today([NOON, NOON], NOON + timedelta(days=1), BERLIN)
    with pytest.raises(errors.RewardLimitReached):
        ensure_card_today([NOON, NOON], NOON, BERLIN)


def test_case_16_a_card_day_ends_at_the_citys_midnight_of_a_clock_change() -> None:
    used = [datetime(2030, 3, 30, 23, 30, tzinfo=UTC)] * 2  # the 31st has begun in Dortmund

    with pytest.raises(errors.RewardLimitReached) as refused:
        ensure_card_today(used, datetime(2030, 3, 31, 21, 59, tzinfo=UTC), BERLIN)

    assert refused.value.facts["free_again_at"] == datetime(2030, 3, 31, 22, 0, tzinfo=UTC)
    assert date(2030, 3, 31).weekday() == 6


def test_fai_8_the_most_of_a_minute_counts_different_codes_of_a_sliding_window() -> None:
    slow = [(str(n), NOON + timedelta(seconds=60 * n)) for n in range(20)]
    burst = [(f"b{n}", NOON + timedelta(hours=1, seconds=n)) for n in range(7)]

    assert REDEMPTION_GUESSES.most([]) == 0
    assert REDEMPTION_GUESSES.most(slow) == 1
    assert REDEMPTION_GUESSES.most([*burst, *slow, *burst]) == 7


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 300)), max_size=40))
def test_fai_8_it_is_the_most_of_any_window_looked_at_one_by_one(
    tried: list[tuple[str, int]],
) -> None:
    wrong = [(code, NOON + timedelta(seconds=second)) for code, second in tried]
    by_hand = max(
        (len({code for code, second in tried if end - 60 < second <= end}) for _, end in tried),
        default=0,
    )

    assert REDEMPTION_GUESSES.most(wrong) == by_hand
