"""Reserving: what it takes, what it counts, and that a refusal is remembered."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from engage.accounts.models import Erasure, Person
from engage.core.errors import AlreadyExtended, NotFound, Outcome
from engage.ledger.models import SYSTEM_IDS
from engage.ledger.queries import balance_of, sum_of
from engage.partners.models import Partner
from engage.rewards import service
from engage.rewards.models import Redemption, Reward
from engage.storage.base import new_id
from engage.storage.keys import keys_of
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.people import card, person
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward

ESCROW = SYSTEM_IDS["escrow"]


def reserve(session: Session, who: Person, what: Reward, **given: Any) -> Outcome:
    now = given.pop("now", NOON)
    redemption_id = given.pop("id", None) or new_id()
    return run_work(session, lambda s: service.reserve(s, who.id, what.id, redemption_id, now=now))


def test_case_31_points_go_to_escrow_and_a_code_is_issued(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 50)
    reward = make_reward(session, partner, stock=3)

    redemption, code = reserved(session, mina, reward)

    assert (len(code), code[0]) == (10, "V")
    assert redemption.expires_at == NOON + timedelta(minutes=15)
    assert balance_of(session, mina.id) == 10
    assert sum_of(session, ESCROW) == 40
    session.refresh(reward)
    assert (reward.stock, reward.first_reserved_at) == (2, NOON)


def test_case_31_the_answer_says_until_when_and_what_is_left(
    session: Session, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)

    outcome = reserve(session, mina, reward)

    assert outcome.code == "reserved"
    assert outcome.facts["expires_at"] == NOON + timedelta(minutes=15)
    assert (outcome.facts["points"], outcome.facts["balance"]) == (40, 10)
    assert outcome.facts["near_value_cap"] is False


def test_case_36_a_refused_attempt_stays_refused_and_a_new_one_works(
    session: Session, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 30)
    attempt = new_id()
    first = reserve(session, mina, reward, id=attempt)
    engaged(session, person(session, "Helper"), 0)
    _give(session, mina, 20)

    again = reserve(session, mina, reward, id=attempt)
    new = reserve(session, mina, reward)

    assert first == Outcome("points_short", {"missing_points": 10})
    assert (again.code, again.replayed, again.facts) == ("points_short", True, first.facts)
    assert new.code == "reserved"


def _give(session: Session, who: Person, points: int) -> None:
    from engage.ledger import queries as ledger_queries
    from engage.ledger import service as ledger

    account = ledger_queries.get_account(session, who.id)
    ledger.earn(session, account, points, ledger.Cause("review", new_id(), NOON))
    session.commit()


def test_case_36_a_repeat_of_a_success_reserves_nothing_new(
    session: Session, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 100)
    attempt = new_id()
    reserve(session, mina, reward, id=attempt)

    again = reserve(session, mina, reward, id=attempt)

    assert (again.code, again.replayed, again.status) == ("reserved", True, 200)
    assert balance_of(session, mina.id) == 60


def test_case_38_limit_says_when_it_is_free_again(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 100)
    reward = make_reward(session, partner, limit_count=1, limit_period="month")
    redemption, _ = reserved(session, mina, reward)
    _set(session, redemption, state="redeemed")

    outcome = reserve(session, mina, reward)

    assert outcome.code == "limit_reached"
    assert str(outcome.facts["free_again_at"]) == "2030-05-31 22:00:00+00:00"


def test_case_38_a_cancelled_reservation_counts_for_no_limit(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 100)
    reward = make_reward(session, partner, limit_count=1, limit_period="ever")
    redemption, _ = reserved(session, mina, reward)
    run_work(session, lambda s: service.cancel(s, redemption.id, mina.id, now=NOON))

    assert reserve(session, mina, reward).code == "reserved"


def test_case_38_limit_counts_all_versions_of_a_reward(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 100)
    old = make_reward(session, partner, limit_count=1, limit_period="ever")
    new = make_reward(
        session, partner, limit_count=1, limit_period="ever", series_id=old.series_id, version=2
    )
    redemption, _ = reserved(session, mina, old)
    _set(session, redemption, state="redeemed")

    assert reserve(session, mina, new).code == "limit_reached"


def _set(session: Session, redemption: Redemption, **values: Any) -> None:
    session.execute(update(Redemption).where(Redemption.id == redemption.id).values(**values))
    session.commit()
    session.expire_all()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "paused"}, "reward_paused"),
        ({"status": "ended"}, "reward_ended"),
        ({"reservable_until": NOON}, "reward_ended"),
        ({"reservable_from": NOON + timedelta(days=1)}, "reward_not_started"),
        ({"minimum_age": 21}, "under_age"),
        ({"stock": 0}, "out_of_stock"),
        ({"cost": 101}, "points_short"),
        ({"face_value_cents": 24_001}, "value_cap_reached"),
    ],
)
def test_case_38_reward_refuses_with_its_reason(
    session: Session, mina: Person, partner: Partner, fields: dict[str, Any], code: str
) -> None:
    engaged(session, mina, 100)
    reward = make_reward(session, partner, **fields)

    outcome = reserve(session, mina, reward)

    assert outcome.code == code
    assert balance_of(session, mina.id) == 100
    assert sum_of(session, ESCROW) == 0


def test_case_38_value_cap_warns_at_eighty_percent(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 100)
    reward = make_reward(session, partner, face_value_cents=19_200)

    assert reserve(session, mina, reward).facts["near_value_cap"] is True
    over = make_reward(session, partner, face_value_cents=4_801)
    assert reserve(session, mina, over).code == "value_cap_reached"


def test_red_3_a_fourth_open_reservation_is_refused(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 400)
    for _ in range(3):
        reserved(session, mina, make_reward(session, partner))

    outcome = reserve(session, mina, make_reward(session, partner))

    assert outcome == Outcome("too_many_reservations", {"most": 3})


def test_red_3_one_open_reservation_for_each_reward(
    session: Session, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 400)
    reserved(session, mina, reward)

    assert reserve(session, mina, reward).code == "already_reserved"


def test_partner_budget_refuses_what_it_does_not_cover(
    session: Session, mina: Person, partner: Partner, reward: Reward
) -> None:
    engaged(session, mina, 400)
    partner.budget_points = 79
    session.commit()
    reserved(session, mina, reward)

    assert reserve(session, mina, make_reward(session, partner)).code == "partner_budget"
    assert balance_of(session, mina.id) == 360


def test_a_suspended_partner_takes_no_reservations(
    session: Session, mina: Person, partner: Partner, reward: Reward
) -> None:
    engaged(session, mina, 400)
    partner.status = "suspended"
    session.commit()

    assert reserve(session, mina, reward).code == "partner_suspended"


def test_case_54_without_address_and_card_nothing_is_reserved(
    session: Session, reward: Reward
) -> None:
    nobody = engaged(session, person(session, "Nobody", email_confirmed_at=None), 100)

    assert reserve(session, nobody, reward).code == "mail_or_card_needed"


def test_case_54_an_issued_card_is_enough(session: Session, reward: Reward) -> None:
    holder = engaged(session, person(session, "Holder", email=None, email_confirmed_at=None), 100)
    card(session, holder)

    assert reserve(session, holder, reward).code == "reserved"


def test_case_54_without_a_verified_attendance_nothing_is_reserved(
    session: Session, mina: Person, reward: Reward
) -> None:
    _give(session, mina, 100)

    assert reserve(session, mina, reward).code == "attendance_needed"


def test_case_54_a_welcome_reward_needs_an_attendance_that_was_scanned(
    session: Session, mina: Person, omar: Person, partner: Partner
) -> None:
    welcome = make_reward(session, partner, kind="welcome", cost=0)
    engaged(session, mina, 0, way="self")
    engaged(session, omar, 0)

    assert reserve(session, mina, welcome).code == "scanned_attendance_needed"
    assert reserve(session, omar, welcome).code == "reserved"


def test_case_54_one_welcome_reward_for_each_partner_and_person(
    session: Session, omar: Person, partner: Partner
) -> None:
    engaged(session, omar, 0)
    first = make_reward(session, partner, kind="welcome", cost=0)
    second = make_reward(session, partner, kind="welcome", cost=0)
    reserved(session, omar, first)

    assert reserve(session, omar, second).code == "welcome_used"


def test_case_54_after_an_erasure_the_same_address_gets_no_welcome_reward(
    session: Session, omar: Person, partner: Partner
) -> None:
    engaged(session, omar, 0)
    welcome = make_reward(session, partner, kind="welcome", cost=0)
    gone = keys_of(session).hash(f"erased:{omar.email}")
    session.add(Erasure(person_id=uuid.uuid4(), email_hash=gone, at=NOON))
    session.commit()

    assert reserve(session, omar, welcome).code == "welcome_used"


def test_case_55_a_member_reserves_nothing_of_the_own_partner(
    session: Session, vera: Person, reward: Reward
) -> None:
    engaged(session, vera, 100)

    assert reserve(session, vera, reward).code == "own_partner"


def test_a_draft_is_not_there(session: Session, mina: Person, partner: Partner) -> None:
    engaged(session, mina, 100)
    draft = make_reward(session, partner, status="draft")

    with pytest.raises(NotFound):
        reserve(session, mina, draft)


def test_red_5_a_reservation_is_extended_once(
    session: Session, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 100)
    redemption, _ = reserved(session, mina, reward)

    outcome = run_work(session, lambda s: service.extend(s, redemption.id, mina.id, now=NOON))

    assert outcome.facts["expires_at"] == NOON + timedelta(minutes=30)
    with pytest.raises(AlreadyExtended):
        run_work(session, lambda s: service.extend(s, redemption.id, mina.id, now=NOON))


def test_cancelling_brings_points_and_stock_back(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 50)
    reward = make_reward(session, partner, stock=1)
    redemption, _ = reserved(session, mina, reward)

    outcome = run_work(session, lambda s: service.cancel(s, redemption.id, mina.id, now=NOON))

    assert outcome.facts["points"] == 40
    assert balance_of(session, mina.id) == 50
    session.refresh(reward)
    assert reward.stock == 1


def test_a_stranger_cannot_cancel(
    session: Session, mina: Person, omar: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    redemption, _ = reserved(session, mina, reward)

    with pytest.raises(NotFound):
        run_work(session, lambda s: service.cancel(s, redemption.id, omar.id, now=NOON))


def test_a_reversal_cancels_as_many_reservations_as_it_needs(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 100)
    first, _ = reserved(session, mina, make_reward(session, partner))
    second, _ = reserved(session, mina, make_reward(session, partner))

    freed = run_work(session, lambda s: service.free_points(s, mina.id, 60, now=NOON))

    assert freed == 40
    session.expire_all()
    assert (first.state, second.state) == ("reserved", "cancelled")
