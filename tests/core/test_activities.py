from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engage.core import errors
from engage.core.activities import (
    ActivityState,
    BodyState,
    Promotion,
    RegistrationFacts,
    ensure_budget,
    ensure_can_change,
    ensure_can_leave,
    ensure_can_publish,
    ensure_offer_open,
    next_activity_state,
    next_body_state,
    next_registration,
    offer_until,
    places_to_pass_on,
    points_to_set_aside,
    promotion_at,
    release_at,
    series_until,
)
from engage.core.ages import Age, AgeNeed
from engage.core.places import Places, Registration
from engage.core.points import DEFAULT_BANDS, PointsRule, RuleKind

NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)
DATE = RegistrationFacts(
    NOON, NOON + timedelta(hours=2), NOON.date(), places=Places(capacity=2, registered=1)
)
LONG_BEFORE = NOON - timedelta(days=3)


def test_act_5_a_citizen_gets_the_free_place() -> None:
    assert next_registration(DATE, LONG_BEFORE) is Registration.REGISTERED
    again = replace(DATE, present=Registration.CANCELLED)
    assert next_registration(again, LONG_BEFORE) is Registration.REGISTERED


@pytest.mark.parametrize(
    "places",
    [Places(capacity=1, registered=1), Places(capacity=2, registered=1, waitlisted=1)],
)
def test_act_5_when_full_or_somebody_waits_the_next_person_waits(places: Places) -> None:
    assert next_registration(replace(DATE, places=places), LONG_BEFORE) is Registration.WAITLISTED
    with pytest.raises(errors.RegistrationFull):
        next_registration(replace(DATE, places=places, waiting_list=False), LONG_BEFORE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"activity": ActivityState.DRAFT}, "not_published"),
        ({"body": BodyState.SUSPENDED}, "organisation_suspended"),
        ({"cancelled": True}, "occurrence_cancelled"),
        ({"closes_at": LONG_BEFORE - timedelta(seconds=1)}, "registration_closed"),
        ({"ends_at": LONG_BEFORE - timedelta(seconds=1)}, "registration_closed"),
        ({"present": Registration.REGISTERED}, "already_registered"),
        ({"present": Registration.WAITLISTED}, "already_waitlisted"),
        ({"age": Age(born=(2015, 1)), "age_need": AgeNeed(16)}, "under_age"),
    ],
)
def test_act_5_registering_is_refused_with_its_reason(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(errors.DomainError) as refused:
        next_registration(replace(DATE, **changes), LONG_BEFORE)

    assert refused.value.code == code


def test_act_5_a_place_is_given_back_until_the_person_is_there() -> None:
    ensure_can_leave(Registration.REGISTERED, checked_in=False)
    ensure_can_leave(Registration.WAITLISTED, checked_in=False)
    with pytest.raises(errors.LeaveTooLate):
        ensure_can_leave(Registration.REGISTERED, checked_in=True)
    for nothing in (None, Registration.CANCELLED):
        with pytest.raises(errors.NotOnList):
            ensure_can_leave(nothing, checked_in=False)


@pytest.mark.parametrize(
    ("hours", "how"),
    [
        (12, Promotion.AUTOMATIC),
        (11.99, Promotion.OFFER),
        (0.01, Promotion.OFFER),
        (0, Promotion.NONE),
    ],
)
def test_act_6_places_are_passed_on_until_12_hours_before_then_offered(
    hours: float, how: Promotion
) -> None:
    assert promotion_at(NOON - timedelta(hours=hours), NOON) is how


def test_act_6_an_offer_lasts_two_hours_and_never_beyond_the_start() -> None:
    offered = NOON - timedelta(hours=5)

    assert offer_until(offered, NOON) == NOON - timedelta(hours=3)
    assert offer_until(NOON - timedelta(hours=1), NOON) == NOON
    ensure_offer_open(NOON, NOON)
    for over in (NOON - timedelta(seconds=1), None):
        with pytest.raises(errors.OfferExpired):
            ensure_offer_open(over, NOON)


def test_act_7_as_many_move_up_as_places_are_free_and_not_offered() -> None:
    places = Places(capacity=5, registered=2, waitlisted=4)

    assert places_to_pass_on(places) == 3
    assert places_to_pass_on(places, open_offers=2) == 1
    assert places_to_pass_on(Places(capacity=2, registered=2, waitlisted=4)) == 0
    assert places_to_pass_on(Places(capacity=None, waitlisted=4)) == 4


def test_act_8_publishing_sets_aside_places_times_most_points() -> None:
    per_hour = PointsRule(RuleKind.PER_HOUR, 10)

    assert points_to_set_aside(DEFAULT_BANDS, 120, capacity=20) == 600
    assert points_to_set_aside(DEFAULT_BANDS, 120, capacity=20, has_check_out=True) == 600
    assert points_to_set_aside(per_hour, 120, None, expected=4, has_check_out=True) == 100
    with pytest.raises(errors.ExpectedNumberNeeded):
        points_to_set_aside(per_hour, 120, None)


def test_act_8_a_budget_says_how_much_is_missing() -> None:
    ensure_budget(None, 10_000)
    ensure_budget(300, 300)
    with pytest.raises(errors.BudgetShort) as refused:
        ensure_budget(299, 300)

    assert refused.value.facts == {"missing_points": 1}
    assert str(refused.value) == "The points budget is short by 1 point."


def test_act_9_a_series_has_its_dates_eight_weeks_ahead() -> None:
    assert series_until(NOON) == NOON + timedelta(days=56)


def test_act_10_what_was_not_used_returns_72_hours_after_the_end() -> None:
    assert release_at(NOON) == NOON + timedelta(hours=72)


def test_act_11_only_verified_organisations_offer_anything() -> None:
    ensure_can_publish(BodyState.VERIFIED)
    with pytest.raises(errors.NotVerified):
        ensure_can_publish(BodyState.PENDING)
    with pytest.raises(errors.OrganisationSuspended):
        ensure_can_publish(BodyState.SUSPENDED)


def test_act_11_bodies_and_activities_take_only_their_steps() -> None:
    assert next_body_state(BodyState.PENDING, BodyState.VERIFIED) is BodyState.VERIFIED
    assert next_body_state(BodyState.SUSPENDED, BodyState.VERIFIED) is BodyState.VERIFIED
    with pytest.raises(errors.NotATransition):
        next_body_state(BodyState.VERIFIED, BodyState.PENDING)
    published = next_activity_state(ActivityState.DRAFT, ActivityState.PUBLISHED)
    assert published is ActivityState.PUBLISHED
    with pytest.raises(errors.NotATransition):
        next_activity_state(ActivityState.PUBLISHED, ActivityState.DRAFT)


def test_act_12_a_date_that_people_came_to_or_that_is_over_stays() -> None:
    ensure_can_change(NOON, NOON, attendances=False)
    with pytest.raises(errors.AttendancesExist):
        ensure_can_change(NOON, NOON, attendances=True)
    with pytest.raises(errors.OccurrenceOver):
        ensure_can_change(NOON, NOON + timedelta(seconds=1), attendances=False)
