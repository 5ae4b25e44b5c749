from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engage.core import errors
from engage.core.ages import Age, AgeNeed
from engage.core.errors import REDEMPTION, Outcome
from engage.core.hours import read_hours
from engage.core.periods import Limit, Period
from engage.core.redemption import (
    LIFE,
    LONGEST_LIFE,
    PRIVATE,
    SHORTEST_LIFE,
    UNDO,
    HandingOver,
    RedeemFacts,
    RedemptionState,
    Step,
    ensure_can_cancel,
    ensure_can_dispute,
    ensure_can_redeem,
    ensure_can_undo,
    ensure_face_value,
    ensure_not_frozen,
    expires_at,
    extended,
    for_the_till,
    is_over,
    next_state,
)
from engage.core.reserving import (
    RESERVE_ORDER,
    ReserveFacts,
    RewardFacts,
    RewardState,
    TakerFacts,
    ensure_can_reserve,
    warns_of_value,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)
REWARD = RewardFacts(cost=40, stock=3, value_cents=500)
MINA = TakerFacts(mail_confirmed=True, attendances=2, scanned_attendances=1, balance=50)

Change = tuple[str, dict[str, Any], dict[str, Any]]
#: What makes each refusal apply, in the order in which they are asked.
REFUSALS: list[Change] = [
    ("partner_suspended", {"partner_suspended": True}, {}),
    ("reward_paused", {"state": RewardState.PAUSED}, {}),
    ("reward_not_started", {"starts_at": NOON + timedelta(days=1)}, {}),
    ("reward_ended", {"ends_at": NOON}, {}),
    ("outside_hours", {"when": HandingOver(hours=read_hours("Su 9-12"), tz=BERLIN)}, {}),
    ("mail_or_card_needed", {}, {"mail_confirmed": False}),
    ("attendance_needed", {}, {"attendances": 0}),
    ("own_partner", {}, {"own_partner": True}),
    ("under_age", {"age_need": AgeNeed(18, 0, 0)}, {}),
    ("already_reserved", {}, {"has_this_open": True}),
    ("too_many_reservations", {}, {"open_reservations": 3}),
    ("limit_reached", {"limit": Limit(1, Period.MONTH)}, {"used_times": (NOON,)}),
    ("value_cap_reached", {}, {"value_used_cents": 23_501}),
    ("partner_budget", {"partner_budget_covers": False}, {}),
    ("points_short", {}, {"balance": 39}),
    ("out_of_stock", {"stock": 0}, {}),
]


def wish(reward: dict[str, Any], taker: dict[str, Any]) -> ReserveFacts:
    return ReserveFacts(replace(REWARD, **reward), replace(MINA, **taker), NOON, BERLIN)


def refusal(facts: ReserveFacts) -> str:
    with pytest.raises(errors.DomainError) as refused:
        ensure_can_reserve(facts)
    return refused.value.code


@pytest.mark.parametrize(("code", "reward", "taker"), REFUSALS)
def test_red_2_every_reason_refuses_a_reservation(
    code: str, reward: dict[str, Any], taker: dict[str, Any]
) -> None:
    assert refusal(wish(reward, taker)) == code


def test_red_2_the_first_reason_in_the_order_is_the_answer() -> None:
    for first, later in combinations(REFUSALS, 2):
        assert refusal(wish({**later[1], **first[1]}, {**later[2], **first[2]})) == first[0]
    assert [name for name, _ in RESERVE_ORDER][-2:] == ["enough points", "in stock"]
    ensure_can_reserve(wish({}, {}))


def test_case_32_what_is_missing_is_said_in_points() -> None:
    with pytest.raises(errors.PointsShort) as refused:
        ensure_can_reserve(wish({"cost": 85}, {}))

    assert refused.value.facts == {"missing_points": 35}
    assert str(refused.value) == "You need 35 more points for this."


def test_pts_3_nobody_spends_points_they_do_not_have() -> None:
    ensure_can_reserve(wish({"cost": 50}, {}))
    assert refusal(wish({"cost": 51}, {})) == "points_short"


def test_red_3_three_reservations_can_be_open() -> None:
    ensure_can_reserve(wish({}, {"open_reservations": 2}))
    assert refusal(wish({}, {"open_reservations": 3})) == "too_many_reservations"


def test_case_38_a_limit_of_rewards_says_when_it_is_free_again() -> None:
    with pytest.raises(errors.RewardLimitReached) as refused:
        ensure_can_reserve(wish({"limit": Limit(1, Period.DAY)}, {"used_times": (NOON,)}))

    assert refused.value.facts["free_again_at"] == datetime(2030, 5, 4, 22, 0, tzinfo=UTC)


def test_case_54_a_welcome_reward_needs_an_attendance_that_an_organiser_scanned() -> None:
    welcome = {"welcome": True, "cost": 0}

    ensure_can_reserve(wish(welcome, {}))
    assert refusal(wish(welcome, {"scanned_attendances": 0})) == "scanned_attendance_needed"
    assert refusal(wish({}, {"attendances": 0})) == "attendance_needed"
    assert refusal(wish({}, {"mail_confirmed": False})) == "mail_or_card_needed"
    ensure_can_reserve(wish({}, {"mail_confirmed": False, "card_issued": True}))


def test_red_11_a_welcome_reward_is_given_once_for_each_partner() -> None:
    assert refusal(wish({"welcome": True, "cost": 0}, {"welcomed": True})) == "welcome_used"
    ensure_can_reserve(wish({}, {"welcomed": True}))


def test_case_55_members_of_a_partner_do_not_redeem_there() -> None:
    voucher = RedeemFacts(RedemptionState.RESERVED, NOON + LIFE, own_partner=True)

    assert refusal(wish({}, {"own_partner": True})) == "own_partner"
    with pytest.raises(errors.OwnPartner):
        ensure_can_redeem(voucher, NOON)


def test_red_14_own_partner_is_said_before_anything_about_the_points() -> None:
    assert refusal(wish({}, {"own_partner": True, "balance": 0})) == "own_partner"


def test_red_2_an_age_tag_opens_at_the_age_and_asks_no_guardian() -> None:
    tagged = {"age_need": AgeNeed(16, 0, 0)}

    ensure_can_reserve(wish(tagged, {"age": Age(born=(2014, 4))}))
    assert refusal(wish(tagged, {"age": Age(born=(2014, 5))})) == "under_age"
    ensure_can_reserve(wish({}, {"age": Age(born=(2016, 1))}))


STEPS = {
    (RedemptionState.RESERVED, Step.REDEEM): RedemptionState.REDEEMED,
    (RedemptionState.RESERVED, Step.CANCEL): RedemptionState.CANCELLED,
    (RedemptionState.RESERVED, Step.EXPIRE): RedemptionState.EXPIRED,
    (RedemptionState.REDEEMED, Step.REFUND): RedemptionState.REFUNDED,
}


@pytest.mark.parametrize("state", RedemptionState)
@pytest.mark.parametrize("step", Step)
def test_red_1_a_reservation_moves_only_as_it_may(state: RedemptionState, step: Step) -> None:
    if (state, step) in STEPS:
        assert next_state(state, step) is STEPS[state, step]
    else:
        with pytest.raises(errors.DomainError):
            next_state(state, step)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (RedemptionState.REDEEMED, errors.AlreadyRedeemed),
        (RedemptionState.CANCELLED, errors.NotReserved),
        (RedemptionState.EXPIRED, errors.NotReserved),
        (RedemptionState.REFUNDED, errors.NotReserved),
    ],
)
def test_red_1_only_what_is_open_can_be_cancelled(
    state: RedemptionState, kind: type[errors.DomainError]
) -> None:
    ensure_can_cancel(RedemptionState.RESERVED)
    with pytest.raises(kind):
        ensure_can_cancel(state)


def test_red_4_a_voucher_lives_15_minutes_and_is_honoured_two_more() -> None:
    expiry = expires_at(NOON)

    assert expiry == NOON + timedelta(minutes=15)
    assert not is_over(expiry, NOON + timedelta(minutes=17))
    assert is_over(expiry, NOON + timedelta(minutes=17, seconds=1))
    assert expires_at(NOON, SHORTEST_LIFE) == NOON + timedelta(minutes=1)
    assert expires_at(NOON, LONGEST_LIFE) == NOON + timedelta(days=30)
    for wrong in (timedelta(0), timedelta(days=31)):
        with pytest.raises(ValueError, match="30 days"):
            expires_at(NOON, wrong)


def test_red_5_a_voucher_is_extended_once() -> None:
    expiry = expires_at(NOON)

    assert extended(expiry, LIFE, NOON, before=False) == NOON + timedelta(minutes=30)
    with pytest.raises(errors.AlreadyExtended):
        extended(expiry, LIFE, NOON, before=True)
    with pytest.raises(errors.RedemptionCodeExpired):
        extended(expiry, LIFE, NOON + timedelta(hours=1), before=False)


OPEN = RedeemFacts(RedemptionState.RESERVED, NOON + LIFE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"same_partner": False, "state": RedemptionState.REDEEMED}, "wrong_partner"),
        ({"branch_allowed": False, "state": RedemptionState.REDEEMED}, "wrong_branch"),
        ({"state": RedemptionState.REDEEMED}, "already_redeemed"),
        ({"state": RedemptionState.CANCELLED}, "cancelled"),
        ({"state": RedemptionState.EXPIRED}, "code_expired"),
        ({"state": RedemptionState.REFUNDED}, "already_refunded"),
        ({"expires_at": NOON - timedelta(minutes=3)}, "code_expired"),
    ],
)
def test_red_6_a_reward_is_handed_over_once_at_its_partner_in_time(
    changes: dict[str, Any], code: str
) -> None:
    ensure_can_redeem(OPEN, NOON)

    with pytest.raises(errors.DomainError) as refused:
        ensure_can_redeem(replace(OPEN, **changes), NOON)

    assert refused.value.code == code


def test_case_35_a_repeat_says_when_and_where() -> None:
    done = replace(
        OPEN, state=RedemptionState.REDEEMED, redeemed_at=NOON, place="Nordmarkt, till 1"
    )

    with pytest.raises(errors.AlreadyRedeemed) as refused:
        ensure_can_redeem(done, NOON)

    assert refused.value.facts == {"redeemed_at": NOON, "place": "Nordmarkt, till 1"}


def test_red_7_the_till_undoes_for_15_minutes() -> None:
    ensure_can_undo(RedemptionState.REDEEMED, NOON, NOON + UNDO)

    with pytest.raises(errors.UndoTooLate):
        ensure_can_undo(RedemptionState.REDEEMED, NOON, NOON + UNDO + timedelta(seconds=1))
    for state in (RedemptionState.RESERVED, RedemptionState.CANCELLED, RedemptionState.EXPIRED):
        with pytest.raises(errors.NotRedeemed):
            ensure_can_undo(state, None, NOON)
    with pytest.raises(errors.AlreadyRefunded):
        ensure_can_undo(RedemptionState.REFUNDED, NOON, NOON)


@pytest.mark.parametrize("changed", ["cost", "starts_at"])
def test_case_39_cost_and_start_of_a_reserved_reward_stay(changed: str) -> None:
    with pytest.raises(errors.FrozenReward) as refused:
        ensure_not_frozen([changed, "title"], was_reserved=True)

    assert refused.value.facts == {"field": changed}


def test_red_8_everything_else_may_change_and_nothing_is_frozen_before() -> None:
    ensure_not_frozen(["title", "stock"], was_reserved=True)
    ensure_not_frozen(["cost"], was_reserved=False)


def test_red_9_the_yearly_value_warns_at_80_percent_and_then_refuses() -> None:
    assert not warns_of_value(19_199)
    assert warns_of_value(19_200)
    ensure_can_reserve(wish({}, {"value_used_cents": 23_500}))
    assert refusal(wish({}, {"value_used_cents": 23_501})) == "value_cap_reached"
    ensure_can_reserve(wish({"value_cents": 0}, {"value_used_cents": 30_000}))


def test_red_10_a_face_value_of_nothing_needs_a_reason() -> None:
    ensure_face_value(100, "")
    ensure_face_value(0, "a guided walk")
    with pytest.raises(errors.FaceValueReasonNeeded):
        ensure_face_value(0, "  ")
    with pytest.raises(ValueError, match="below 0"):
        ensure_face_value(-1, "")


def test_red_12_a_card_redemption_is_disputed_for_14_days() -> None:
    ensure_can_dispute(NOON, NOON + timedelta(days=14))
    with pytest.raises(errors.DisputeTooLate):
        ensure_can_dispute(NOON, NOON + timedelta(days=14, seconds=1))


@pytest.mark.parametrize("code", sorted(PRIVATE))
def test_red_13_the_till_learns_no_reason_that_is_the_persons_own(code: str) -> None:
    shown = for_the_till(Outcome(code, {"missing_points": 35}, area=REDEMPTION))

    assert (shown.code, dict(shown.facts), shown.status) == ("card_declined", {}, 409)


def test_case_40_the_till_still_learns_what_it_can_help_with() -> None:
    for code in ("pin_wrong", "pin_locked", "card_revoked", "out_of_stock"):
        assert for_the_till(Outcome(code)).code == code
