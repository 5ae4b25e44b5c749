"""Pieces for each day, hours of the till, and a partner's own codes: RED-15, RED-16, RED-18."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.core.errors import Outcome, VoucherCodeKnown
from engage.ledger.queries import balance_of
from engage.partners.models import Partner
from engage.rewards import service, vouchers
from engage.rewards.models import Redemption, RedemptionAttempt, Reward, VoucherCode
from engage.rewards.service import ByToken
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.application import Sessions
from tests.clock import NOON
from tests.factories.devices import till
from tests.factories.people import person
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward
from tests.hands import at_once, codes
from tests.rewards.test_races import redeeming, reserving

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def token(session: Session, partner: Partner) -> str:
    return till(session, partner, name="Till 1")[1]


def reserve(session: Session, who: Person, what: Reward, now: datetime = NOON) -> Outcome:
    redemption_id = new_id()
    return run_work(session, lambda s: service.reserve(s, who.id, what.id, redemption_id, now=now))


def redeem(session: Session, token: str, code: str, now: datetime = NOON) -> Outcome:
    nonce = secrets.token_hex(13)
    return run_work(session, lambda s: service.redeem(s, ByToken(token), code, nonce, now=now))


def undo(session: Session, token: str, redemption: Redemption, now: datetime = NOON) -> Outcome:
    nonce = secrets.token_hex(13)
    return run_work(
        session,
        lambda s: service.undo(s, ByToken(token), redemption.id, "mistake", nonce, now=now),
    )


def with_codes(session: Session, partner: Partner, *listed: str, **given: Any) -> Reward:
    made = make_reward(session, partner, stock=0, **{"own_codes": "citizen", **given})
    run_work(session, lambda s: vouchers.add(s, _of(s, made), [*listed], actor_id=None, now=NOON))
    session.refresh(made)
    return made


def _of(session: Session, reward: Reward) -> Reward:
    return session.get_one(Reward, reward.id)


# --- pieces for each day -------------------------------------------------------------------------


def test_red_16_the_pieces_of_a_day_are_gone_and_back_the_next_morning(
    session: Session, partner: Partner, mina: Person, omar: Person
) -> None:
    reward = make_reward(session, partner, daily_stock=1)
    for one in (mina, omar):
        engaged(session, one, 100)

    assert reserve(session, mina, reward).code == "reserved"
    late = reserve(session, omar, reward)
    next_day = reserve(session, omar, reward, NOON + DAY)

    assert late.code == "out_of_stock"
    free_again_at = late.facts["free_again_at"]
    assert isinstance(free_again_at, datetime)
    assert NOON < free_again_at < NOON + DAY
    assert next_day.code == "reserved"
    assert balance_of(session, omar.id) == 60


def test_red_16_a_cancelled_piece_is_there_again_today_but_not_twice_tomorrow(
    session: Session, partner: Partner, mina: Person, omar: Person
) -> None:
    reward = make_reward(session, partner, daily_stock=1, stock=5, reserve_minutes=3 * 24 * 60)
    for one in (mina, omar):
        engaged(session, one, 100)
    first, _ = reserved(session, mina, reward)
    run_work(session, lambda s: service.cancel(s, first.id, mina.id, now=NOON))
    second, _ = reserved(session, mina, reward)

    assert reserve(session, omar, reward, NOON + DAY).code == "reserved"
    run_work(session, lambda s: service.cancel(s, second.id, mina.id, now=NOON + DAY))

    session.refresh(reward)
    assert (reward.stock, reward.daily_taken) == (4, 1)
    assert reserve(session, mina, reward, NOON + DAY).code == "out_of_stock"


def test_red_16_twenty_people_at_once_get_the_three_pieces_of_today(
    session: Session, sessions: Sessions, partner: Partner
) -> None:
    people = [engaged(session, person(session, f"Citizen{n}"), 50) for n in range(20)]
    reward = make_reward(session, partner, daily_stock=3, stock=50)

    answers = at_once(sessions, [reserving(one, reward) for one in people])

    assert codes(answers) == {"reserved": 3, "out_of_stock": 17}
    session.refresh(reward)
    assert (reward.stock, reward.daily_taken) == (47, 3)


def test_red_16_a_latecomer_of_yesterday_does_not_turn_the_day_back(
    session: Session, partner: Partner, mina: Person, omar: Person
) -> None:
    reward = make_reward(session, partner, daily_stock=2)
    for one in (mina, omar):
        engaged(session, one, 100)

    reserve(session, mina, reward, NOON + DAY)
    reserve(session, omar, reward, NOON)

    session.refresh(reward)
    assert (reward.daily_taken, reward.daily_on) == (2, (NOON + DAY).date())


# --- days and hours ------------------------------------------------------------------------------


def hours_in(start: timedelta, length: timedelta = HOUR) -> str:
    """Hours of one weekday that begin so long after NOON."""
    from zoneinfo import ZoneInfo

    begin = (NOON + start).astimezone(ZoneInfo("Europe/Berlin"))
    return f"{begin:%a}"[:2] + f" {begin:%H:%M}-{begin + length:%H:%M}"


def test_red_15_a_reservation_that_runs_out_before_the_hours_is_refused(
    session: Session, partner: Partner, mina: Person
) -> None:
    engaged(session, mina, 50)
    reward = make_reward(session, partner, redeem_hours=hours_in(HOUR))

    outcome = reserve(session, mina, reward)

    assert (outcome.code, outcome.status) == ("outside_hours", 409)
    assert outcome.facts == {"opens_at": NOON + HOUR}
    assert balance_of(session, mina.id) == 50
    assert reserve(session, mina, reward, NOON + HOUR).code == "reserved"


def test_red_15_a_till_outside_the_hours_says_when_and_the_voucher_stays(
    session: Session, partner: Partner, mina: Person, token: str
) -> None:
    engaged(session, mina, 50)
    reward = make_reward(session, partner, redeem_hours=hours_in(HOUR), reserve_minutes=24 * 60)
    redemption, code = reserved(session, mina, reward)

    early = redeem(session, token, code)
    then = redeem(session, token, code, NOON + HOUR)

    assert (early.code, early.facts) == ("outside_hours", {"opens_at": NOON + HOUR})
    assert then.code == "redeemed"
    session.refresh(redemption)
    assert redemption.state == "redeemed"


def test_red_15_a_voucher_ends_with_the_period_of_its_reward(
    session: Session, partner: Partner, mina: Person, token: str
) -> None:
    engaged(session, mina, 50)
    until = NOON + 5 * MINUTE
    reward = make_reward(session, partner, redeemable_until=until)

    redemption, code = reserved(session, mina, reward)

    assert redemption.expires_at == until
    assert redeem(session, token, code, NOON + 8 * MINUTE).code == "code_expired"
    assert reserve(session, mina, reward, until).code == "reward_ended"


# --- own codes -----------------------------------------------------------------------------------


def test_red_18_a_code_is_bound_when_it_is_redeemed_and_shown_only_then(
    session: Session, partner: Partner, mina: Person, token: str
) -> None:
    engaged(session, mina, 50)
    reward = with_codes(session, partner, "CINEMA-1", "CINEMA-2")
    redemption, code = reserved(session, mina, reward)
    assert vouchers.code_of(session, redemption.id) is None

    outcome = redeem(session, token, code)

    assert set(outcome.facts) == {"id", "reward", "hand_over", "redeemed_at"}
    assert vouchers.code_of(session, redemption.id) == "CINEMA-1"
    session.refresh(reward)
    assert reward.stock == 1


def test_red_18_no_code_lies_readable_in_the_database(
    session: Session, partner: Partner, mina: Person, token: str
) -> None:
    engaged(session, mina, 50)
    reward = with_codes(session, partner, "CINEMA-1", own_codes="till")
    _, code = reserved(session, mina, reward)

    outcome = redeem(session, token, code)

    assert outcome.facts["hands_code"] is True
    kept = session.execute(select(VoucherCode.__table__)).all()
    answers = session.execute(select(RedemptionAttempt.__table__)).all()
    assert "CINEMA-1" not in repr(kept) + repr(answers)


def test_red_18_an_undone_code_goes_to_nobody_else_and_its_piece_does_not_come_back(
    session: Session, partner: Partner, mina: Person, omar: Person, token: str
) -> None:
    for one in (mina, omar):
        engaged(session, one, 50)
    reward = with_codes(session, partner, "CINEMA-1", "CINEMA-2")
    first, code = reserved(session, mina, reward)
    redeem(session, token, code)

    undone = undo(session, token, first)

    assert undone.code == "refunded"
    assert balance_of(session, mina.id) == 50
    assert vouchers.code_of(session, first.id) is None
    second, code = reserved(session, omar, reward)
    redeem(session, token, code)
    assert vouchers.code_of(session, second.id) == "CINEMA-2"
    session.refresh(reward)
    assert reward.stock == 0
    assert vouchers.count(session, reward.id) == vouchers.Counts(0, 1, 1, 0)


def test_red_18_ten_tills_at_once_hand_out_ten_different_codes(
    session: Session, sessions: Sessions, partner: Partner
) -> None:
    reward = with_codes(session, partner, *(f"CODE-{n}" for n in range(10)))
    vouchers_of = []
    for n in range(10):
        who = engaged(session, person(session, f"Citizen{n}"), 50)
        vouchers_of.append((reserved(session, who, reward)[1], till(session, partner)[1]))

    answers = at_once(sessions, [redeeming(token, code) for code, token in vouchers_of])

    assert codes(answers) == {"redeemed": 10}
    session.rollback()
    handed = session.scalars(select(VoucherCode.redemption_id).distinct()).all()
    assert len(handed) == 10
    assert None not in handed


def test_red_18_a_list_that_is_too_short_leaves_voucher_and_points_as_they_are(
    session: Session, partner: Partner, mina: Person, token: str
) -> None:
    engaged(session, mina, 50)
    reward = make_reward(session, partner, own_codes="citizen", stock=1)
    redemption, code = reserved(session, mina, reward)

    outcome = redeem(session, token, code)

    assert (outcome.code, outcome.status) == ("voucher_codes_gone", 409)
    session.refresh(redemption)
    assert redemption.state == "reserved"
    assert balance_of(session, mina.id) == 10


def test_red_18_a_list_read_twice_doubles_no_code(session: Session, partner: Partner) -> None:
    reward = with_codes(session, partner, "CINEMA-1")
    lines = [(1, "CINEMA-1"), (2, "  NEW  1 "), (3, ""), (4, "NEW 1"), (5, "no;code"), (6, "N-2")]

    found = vouchers.read_list(session, partner.id, lines)

    assert (found.fresh, found.known) == (["NEW 1", "N-2"], [1])
    assert (found.doubled, found.unusable) == ({4: 2}, [5])
    with pytest.raises(VoucherCodeKnown):
        run_work(
            session,
            lambda s: vouchers.add(s, _of(s, reward), ["N-2", "CINEMA-1"], actor_id=None, now=NOON),
        )
    assert session.scalar(select(func.count()).select_from(VoucherCode)) == 1


def test_red_18_withdrawing_leaves_the_codes_that_reservations_count_on(
    session: Session, partner: Partner, mina: Person, token: str
) -> None:
    engaged(session, mina, 50)
    reward = with_codes(session, partner, "A-1", "A-2", "A-3")
    redemption, code = reserved(session, mina, reward)

    gone = run_work(
        session, lambda s: vouchers.withdraw(s, _of(s, reward), actor_id=None, now=NOON)
    )

    assert gone == 2
    assert redeem(session, token, code).code == "redeemed"
    assert vouchers.code_of(session, redemption.id) == "A-1"
    assert vouchers.count(session, reward.id) == vouchers.Counts(0, 1, 0, 2)
