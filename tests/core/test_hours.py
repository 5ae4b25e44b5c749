from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.errors import HoursUnclear
from engage.core.hours import ANYTIME, Hours, Slot, read_hours

BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In May 2030 in Berlin; the 6th is a Monday."""
    return datetime(2030, 5, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Mo-Fr 9-18", "Mo-Fr 09:00-18:00"),
        ("Mo–Fr 9–18 Uhr, Sa 10–14 Uhr", "Mo-Fr 09:00-18:00; Sa 10:00-14:00"),
        ("Di und Do: 9:30 - 12.30", "Tu 09:30-12:30; Th 09:30-12:30"),
        ("Montag bis Mittwoch 8-12, 14-17", "Mo-We 08:00-12:00, 14:00-17:00"),
        ("täglich 0-24", "Mo-Su 00:00-24:00"),
        ("Fri, Sat 18:00-02:00", "Fr-Sa 18:00-02:00"),
        ("Sa-Mo 10-16", "Mo 10:00-16:00; Sa-Su 10:00-16:00"),
        ("Mo 9-12\nMi 15-18", "Mo 09:00-12:00; We 15:00-18:00"),
        ("", ""),
    ],
)
def test_hrs_3_hours_are_read_as_people_write_them_on_a_door(typed: str, stored: str) -> None:
    assert read_hours(typed).text() == stored


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("Mo-Fr", "Mo-Fr"),
        ("Mo-Fr 9-18; nach Vereinbarung", "nach Vereinbarung"),
        ("Mx 9-18", "Mx 9-18"),
        ("Mo 9-25", "Mo 9-25"),
        ("Mo 9:70-18", "Mo 9:70-18"),
        ("Mo 9-9", "Mo 9-9"),
        ("Mo 9-13, 12-18", "Mo 09:00-13:00, 12:00-18:00"),
    ],
)
def test_hrs_3_what_is_not_clear_is_named(typed: str, part: str) -> None:
    with pytest.raises(HoursUnclear) as refused:
        read_hours(typed)

    assert refused.value.facts["part"] == part


def test_hrs_1_the_start_is_within_and_the_end_is_not() -> None:
    hours = read_hours("Mo-Fr 9-18")

    assert hours.covers(at(6, 9), BERLIN)
    assert hours.covers(at(6, 17, 59), BERLIN)
    assert not hours.covers(at(6, 18), BERLIN)
    assert not hours.covers(at(5, 12), BERLIN)
    assert ANYTIME.covers(at(5, 3), BERLIN)


def test_hrs_1_hours_past_midnight_belong_to_the_evening_before() -> None:
    hours = read_hours("Su 20-2")

    assert hours.covers(at(6, 1, 59), BERLIN)
    assert not hours.covers(at(6, 2), BERLIN)
    assert not hours.covers(at(5, 1), BERLIN)


def test_hrs_1_hours_are_the_city_s_on_both_sides_of_a_clock_change() -> None:
    hours = read_hours("Mo-Su 9-18")

    assert hours.covers(datetime(2030, 3, 30, 8, 0, tzinfo=UTC), BERLIN)
    assert not hours.covers(datetime(2030, 3, 30, 7, 59, tzinfo=UTC), BERLIN)
    assert hours.covers(datetime(2030, 3, 31, 7, 0, tzinfo=UTC), BERLIN)


def test_hrs_2_the_next_start_is_named() -> None:
    hours = read_hours("Mo-Fr 9-12, 14-18")

    assert hours.next_start(at(6, 8), BERLIN) == at(6, 9)
    assert hours.next_start(at(6, 12), BERLIN) == at(6, 14)
    assert hours.next_start(at(10, 18), BERLIN) == at(13, 9)
    assert ANYTIME.next_start(at(6, 8), BERLIN) is None


SLOTS = st.builds(
    lambda day, start, length: Slot(day, start, start + length),
    st.integers(0, 6),
    st.integers(0, 1380),
    st.integers(1, 60),
)


@given(st.lists(SLOTS, max_size=7, unique_by=lambda one: one.day))
def test_hrs_3_what_is_stored_is_read_the_same(slots: list[Slot]) -> None:
    hours = Hours(tuple(sorted(slots)))

    assert read_hours(hours.text()) == hours


@given(
    st.lists(SLOTS, min_size=1, max_size=7, unique_by=lambda one: one.day), st.integers(0, 10080)
)
def test_hrs_2_the_next_start_lies_within_the_hours(slots: list[Slot], minutes: int) -> None:
    hours, moment = Hours(tuple(sorted(slots))), at(6, 0) + timedelta(minutes=minutes)

    opens_at = hours.next_start(moment, BERLIN)

    assert opens_at is not None
    assert opens_at > moment
    assert hours.covers(opens_at, BERLIN)
