"""When a till gives a reward, how many pieces a day has, and what the office looks at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engage.core import errors
from engage.core.hours import read_hours
from engage.core.redemption import (
    HONOURED,
    Approved,
    HandingOver,
    RedeemFacts,
    RedemptionState,
    ensure_can_redeem,
    ensure_event,
    ensure_given_before,
    ensure_given_now,
    expires_at,
    extended,
    waits_for,
)
from engage.core.reserving import (
    ReserveFacts,
    RewardFacts,
    TakerFacts,
    ensure_can_reserve,
    left_today,
)

BERLIN = ZoneInfo("Europe/Berlin")
#: A Saturday, 14:00 in Berlin.
NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINA = TakerFacts(mail_confirmed=True, attendances=1, balance=50)


def refused(call: Any, *given: Any) -> errors.DomainError:
    with pytest.raises(errors.DomainError) as why:
        call(*given)
    return why.value


def test_red_15_a_till_gives_a_reward_in_its_period_only() -> None:
    when = HandingOver(NOON, NOON + HOUR, tz=BERLIN)

    early = refused(ensure_given_now, when, NOON - timedelta(seconds=1))
    late = refused(ensure_given_now, when, NOON + HOUR + HONOURED)

    ensure_given_now(when, NOON)
    ensure_given_now(when, NOON + HOUR + HONOURED - timedelta(seconds=1))
    assert (early.code, early.facts) == ("reward_not_started", {"starts_at": NOON})
    assert (late.code, late.facts) == ("reward_ended", {"ended_at": NOON + HOUR})


def test_red_15_a_till_gives_a_reward_in_its_hours_and_who_came_in_time_two_minutes_longer() -> (
    None
):
    when = HandingOver(hours=read_hours("Sa 14-15"), tz=BERLIN)

    early = refused(ensure_given_now, when, NOON - timedelta(minutes=1))
    late = refused(ensure_given_now, when, NOON + HOUR + HONOURED)

    ensure_given_now(when, NOON)
    ensure_given_now(when, NOON + HOUR + timedelta(minutes=1))
    assert (early.code, early.facts) == ("outside_hours", {"opens_at": NOON})
    assert late.facts["opens_at"] == NOON + timedelta(days=7)


def test_red_15_who_may_not_know_of_a_voucher_hears_nothing_of_its_hours() -> None:
    when = HandingOver(hours=read_hours("Su 9-10"), tz=BERLIN)
    facts = RedeemFacts(RedemptionState.RESERVED, NOON + HOUR, when=when)

    assert refused(ensure_can_redeem, facts, NOON).code == "outside_hours"
    assert (
        refused(ensure_can_redeem, replace(facts, same_partner=False), NOON).code == "wrong_partner"
    )
    assert refused(ensure_can_redeem, replace(facts, own_partner=True), NOON).code == "own_partner"


def test_red_15_a_reservation_that_nobody_could_redeem_in_time_is_refused() -> None:
    when = HandingOver(hours=read_hours("Sa 15-16"), tz=BERLIN)

    too_short = refused(ensure_given_before, when, NOON, NOON + HOUR)

    ensure_given_before(when, NOON, NOON + HOUR + timedelta(minutes=1))
    assert (too_short.code, too_short.facts) == ("outside_hours", {"opens_at": NOON + HOUR})


def test_red_15_hours_that_begin_after_the_period_help_nobody() -> None:
    when = HandingOver(ends_at=NOON + HOUR, hours=read_hours("Sa 15-16"), tz=BERLIN)

    assert refused(ensure_given_before, when, NOON, NOON + 5 * HOUR).code == "outside_hours"


def test_red_15_a_reservation_before_the_period_must_reach_into_it() -> None:
    when = HandingOver(starts_at=NOON + HOUR)

    ensure_given_before(when, NOON, NOON + 2 * HOUR)
    assert refused(ensure_given_before, when, NOON, NOON + HOUR).code == "reward_not_started"
    assert refused(ensure_given_before, HandingOver(ends_at=NOON), NOON, NOON + HOUR).code == (
        "reward_ended"
    )


def test_red_15_no_voucher_outlives_the_period_of_its_reward() -> None:
    until = NOON + timedelta(minutes=5)

    assert expires_at(NOON, HOUR, until) == until
    assert expires_at(NOON, HOUR, NOON + 2 * HOUR) == NOON + HOUR
    assert extended(NOON + HOUR, HOUR, NOON, before=False, gives_until=NOON + HOUR * 1.5) == (
        NOON + HOUR * 1.5
    )
    assert extended(until, HOUR, NOON, before=False, gives_until=until) == until


def test_red_16_pieces_of_a_day_start_anew_at_midnight() -> None:
    today = date(2030, 5, 4)

    assert left_today(None, 7, today, today) is None
    assert left_today(5, 0, None, today) == 5
    assert left_today(5, 3, today, today) == 2
    assert left_today(5, 9, today, today) == 0
    assert left_today(5, 5, today - timedelta(days=1), today) == 5


def test_red_16_who_comes_too_late_hears_when_there_are_new_ones() -> None:
    reward = RewardFacts(cost=40, stock=9, left_today=0)

    why = refused(ensure_can_reserve, ReserveFacts(reward, MINA, NOON, BERLIN))

    midnight = datetime(2030, 5, 5, 0, 0, tzinfo=BERLIN)
    assert (why.code, why.facts) == ("out_of_stock", {"free_again_at": midnight})


def test_red_17_the_first_reward_a_high_value_and_an_age_tag_wait_for_the_office() -> None:
    fresh = Approved()

    assert waits_for(300, 0, fresh, is_first=True, most_cents=3000) == ("first",)
    assert waits_for(3001, 18, fresh, is_first=False, most_cents=3000) == ("value", "age")
    assert waits_for(3000, 0, fresh, is_first=False, most_cents=3000) == ()


def test_red_17_what_was_approved_waits_only_for_more_than_that() -> None:
    approved = Approved(5000, 18)

    assert waits_for(5000, 18, approved, is_first=True, most_cents=3000) == ()
    assert waits_for(5001, 18, approved, is_first=False, most_cents=3000) == ("value",)
    assert waits_for(200, 0, approved, is_first=False, most_cents=3000) == ("age",)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "place"),
    [(None, None, "Hall"), (NOON, None, " "), (NOON, NOON, "Hall")],
)
def test_a_ticket_says_when_and_where(
    starts_at: datetime | None, ends_at: datetime | None, place: str
) -> None:
    assert refused(ensure_event, starts_at, ends_at, place).code == "event_incomplete"
    ensure_event(NOON, NOON + HOUR, "Hall")
