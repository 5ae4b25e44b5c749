"""After everything that can happen to a voucher, also all at once, the books hold."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from engage.audit.verify import verify
from engage.core.errors import Outcome
from engage.partners.models import Partner
from engage.rewards import service, tasks
from engage.rewards.service import ByToken
from engage.storage.unit_of_work import run_work
from tests.application import Sessions
from tests.clock import NOON
from tests.factories.devices import till
from tests.factories.people import person
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward
from tests.hands import Order, at_once
from tests.rewards.test_races import cancelling, redeeming, reserving

LATE = NOON + timedelta(minutes=18)


def test_ledger_verify_holds_after_every_way_a_voucher_can_end(
    session: Session, partner: Partner
) -> None:
    _, token = till(session, partner)
    rewards = [make_reward(session, partner, stock=5) for _ in range(4)]
    people = [engaged(session, person(session, f"Citizen{number}"), 200) for number in range(4)]
    kept, undone, cancelled, _expired = (
        reserved(session, who, reward) for who, reward in zip(people, rewards, strict=True)
    )
    for _, code in (kept, undone):
        run_work(session, redeeming(token, code))
    run_work(
        session,
        lambda s: service.undo(s, ByToken(token), undone[0].id, "Mistake", "a-number", now=NOON),
    )
    run_work(session, lambda s: service.cancel(s, cancelled[0].id, people[2].id, now=NOON))

    assert tasks.expire(session, LATE) == 1
    assert tasks.expire(session, LATE) == 0

    session.rollback()
    session.expire_all()
    assert [reward.stock for reward in rewards] == [4, 5, 5, 5]
    assert verify(session) == []


def test_many_hands_on_the_same_rewards_end_without_a_deadlock(
    session: Session, sessions: Sessions, partner: Partner
) -> None:
    _, token = till(session, partner)
    rewards = [make_reward(session, partner, stock=50, face_value_cents=1) for _ in range(2)]
    people = [engaged(session, person(session, f"Citizen{n}"), 400) for n in range(4)]

    for _ in range(3):
        pairs = list(zip(people, rewards * 2, strict=True))
        vouchers = [reserved(session, who, reward) for who, reward in pairs]
        works: list[Order] = [expiring]
        for (voucher, code), who in zip(vouchers, people, strict=True):
            works += [
                redeeming(token, code),
                cancelling(who, voucher.id),
                reserving(who, rewards[0]),
            ]

        answers = at_once(sessions, works)

        assert [one for one in answers if not isinstance(one, (Outcome, list))] == []
        session.rollback()
        run_work(session, expiring)
        assert verify(session) == []
        session.rollback()


def expiring(session: Session) -> object:
    return service.expire_due(session, LATE)
