from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engage.core.ages import Age, AgeNeed, ask_for_age, years_old
from engage.core.places import Places

NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)
BEFORE, LATER = NOON - timedelta(minutes=1), NOON + timedelta(minutes=15)
TODAY = date(2030, 5, 4)


def test_act_1_without_a_capacity_everybody_has_a_place() -> None:
    open_air = Places(capacity=None, registered=500, present=400)

    assert open_air.free_to_register() is None
    assert open_air.has_room_at_door(NOON, BEFORE)


def test_act_2_walk_ins_take_what_nobody_has_reserved() -> None:
    places = Places(capacity=10, registered=8, present=3, present_registered=2)

    assert places.free_to_register() == 2
    assert places.free_at_door(NOON, BEFORE) == 1


def test_act_3_places_of_people_who_have_not_come_are_free_15_minutes_in() -> None:
    places = Places(capacity=10, registered=10, present=4, present_registered=4)

    assert not places.has_room_at_door(NOON, LATER - timedelta(seconds=1))
    assert places.has_room_at_door(NOON, LATER)
    assert places.freed_at(NOON, BEFORE) == LATER
    assert places.freed_at(NOON, LATER) is None
    everybody_came = Places(capacity=4, registered=4, present=4, present_registered=4)
    assert everybody_came.freed_at(NOON, BEFORE) is None


def test_act_4_the_waiting_list_goes_before_other_walk_ins() -> None:
    places = Places(capacity=10, registered=9, waitlisted=1)

    assert places.has_room_at_door(NOON, BEFORE, on_waiting_list=True)
    assert not places.has_room_at_door(NOON, BEFORE)
    assert places.has_room_at_door(NOON, LATER)
    assert Places(capacity=1, registered=1, waitlisted=1).has_room_at_door(NOON, LATER)


@pytest.mark.parametrize(
    ("age", "asked"),
    [
        (Age(adult=True), None),
        (Age(born=(2014, 4)), None),
        (Age(born=(2014, 5)), {"minimum_age": 14, "guardian_needed": True}),
        (Age(born=(2016, 4)), {"minimum_age": 14, "guardian_needed": True}),
        (Age(born=(2016, 4), guardian_consent=True), None),
        (Age(born=(2016, 5), guardian_consent=True), {"minimum_age": 14}),
    ],
)
def test_age_1_alone_from_16_and_from_14_with_a_guardians_consent(
    age: Age, asked: dict[str, object] | None
) -> None:
    assert ask_for_age(age, AgeNeed(), TODAY) == asked


def test_age_2_a_birthday_counts_from_the_month_after_it() -> None:
    assert years_old((2014, 5), date(2030, 5, 31)) == 15
    assert years_old((2014, 5), date(2030, 6, 1)) == 16
    assert years_old((2013, 12), date(2030, 1, 1)) == 16


def test_age_3_an_unknown_age_is_asked_for_where_a_minimum_applies() -> None:
    need = AgeNeed(18)

    assert ask_for_age(Age(), need, TODAY) == {"minimum_age": 18, "ask": "age"}
    assert ask_for_age(Age(age_ok=True), need, TODAY) is None
    assert ask_for_age(Age(adult=True), need, TODAY) is None
    assert ask_for_age(Age(adult=True), AgeNeed(21), TODAY) == {"minimum_age": 21, "ask": "age"}
    assert ask_for_age(Age(born=(2013, 1)), need, TODAY) == {"minimum_age": 18}


def test_age_4_without_a_minimum_nobody_is_asked_for_the_age() -> None:
    assert ask_for_age(Age(), AgeNeed(), TODAY) is None
