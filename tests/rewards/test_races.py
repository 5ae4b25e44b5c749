"""Two hands on the same points, the same piece, the same voucher: always one winner."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.core.errors import Outcome
from engage.ledger.models import SYSTEM_IDS
from engage.ledger.queries import balance_of, sum_of
from engage.partners.models import Partner
from engage.rewards import service
from engage.rewards.models import Redemption, Reward
from engage.rewards.service import ByToken
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.application import Sessions
from tests.clock import NOON
from tests.factories.devices import till
from tests.factories.people import person
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward

ROUNDS = 200
Work = Callable[[Session], object]


def at_once(sessions: Sessions, works: Sequence[Work]) -> list[object]:
    """Run each in a thread and session of its own, released at the same moment."""
    barrier = threading.Barrier(len(works))
    answers: list[object] = [None] * len(works)

    def run(place: int, work: Work) -> None:
        with sessions() as session:
            barrier.wait()
            try:
                answers[place] = run_work(session, work)
            except Exception as reason:
                answers[place] = reason

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def codes(answers: Sequence[object]) -> Counter[str]:
    return Counter(one.code if isinstance(one, Outcome) else repr(one) for one in answers)


def reserving(who: Person, what: Reward) -> Work:
    redemption_id = new_id()
    return lambda s: service.reserve(s, who.id, what.id, redemption_id, now=NOON)


def cancelling(who: Person, redemption_id: uuid.UUID) -> Work:
    return lambda s: service.cancel(s, redemption_id, who.id, now=NOON)


def redeeming(token: str, code: str, *, now: object = NOON) -> Work:
    nonce = secrets.token_hex(13)
    return lambda s: service.redeem(s, ByToken(token), code, nonce, now=now)  # type: ignore[arg-type]  # an instant


@pytest.mark.slow
def test_case_32_two_phones_reserve_and_the_points_last_for_one(
    session: Session, sessions: Sessions, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 50)
    rewards = [make_reward(session, partner) for _ in range(2)]

    for _ in range(ROUNDS):
        answers = at_once(sessions, [reserving(mina, one) for one in rewards])

        assert codes(answers) == {"reserved": 1, "points_short": 1}
        session.rollback()
        assert balance_of(session, mina.id) == 10
        won = session.scalars(select(Redemption.id).where(Redemption.state == "reserved")).one()
        run_work(session, cancelling(mina, won))
        assert balance_of(session, mina.id) == 50


def test_case_33_the_last_piece_goes_to_one_of_twenty(
    session: Session, sessions: Sessions, partner: Partner
) -> None:
    people = [engaged(session, person(session, f"Citizen{n}"), 50) for n in range(20)]
    reward = make_reward(session, partner, stock=1)

    answers = at_once(sessions, [reserving(one, reward) for one in people])

    assert codes(answers) == {"reserved": 1, "out_of_stock": 19}
    session.rollback()
    assert sorted(balance_of(session, one.id) for one in people) == [10, *[50] * 19]
    assert sum_of(session, SYSTEM_IDS["escrow"]) == 40


def test_one_budgeted_reward_is_reserved_by_many_without_a_deadlock(
    session: Session, sessions: Sessions, partner: Partner
) -> None:
    people = [engaged(session, person(session, f"Citizen{n}"), 50) for n in range(12)]
    partner.budget_points = 200
    session.commit()
    reward = make_reward(session, partner, stock=100)

    answers = at_once(sessions, [reserving(one, reward) for one in people])

    assert codes(answers) == {"reserved": 5, "partner_budget": 7}
    session.refresh(reward)
    assert reward.stock == 95


@pytest.mark.slow
def test_case_34_redeeming_at_the_moment_of_expiry_has_one_winner(
    session: Session, sessions: Sessions, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 4000)
    _, token = till(session, partner)
    reward = make_reward(session, partner, stock=1)
    edge = NOON + timedelta(minutes=17)
    outcomes: Counter[str] = Counter()

    for _ in range(40):
        redemption, code = reserved(session, mina, reward)
        before = balance_of(session, mina.id)
        expire: Work = lambda s: service.expire_due(s, edge + timedelta(seconds=1))  # noqa: E731  # one of two hands

        answers = at_once(sessions, [redeeming(token, code, now=edge), expire])

        session.rollback()
        session.refresh(redemption)
        session.refresh(reward)
        outcomes[redemption.state] += 1
        till_won = isinstance(answers[0], Outcome) and answers[0].code == "redeemed"
        assert till_won == (redemption.state == "redeemed") == (answers[1] == [])
        assert (reward.stock, balance_of(session, mina.id) - before) == (
            (0, 0) if till_won else (1, 40)
        )
        reward.stock = 1
        session.commit()

    assert sum(outcomes.values()) == 40


@pytest.mark.slow
def test_case_35_two_tills_redeem_one_code_and_it_is_given_once(
    session: Session, sessions: Sessions, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 8000)
    reward = make_reward(session, partner, face_value_cents=1)
    tokens = [till(session, partner, name=f"Till {n}")[1] for n in (1, 2)]

    for _ in range(ROUNDS):
        _, code = reserved(session, mina, reward)

        answers = at_once(sessions, [redeeming(token, code) for token in tokens])

        assert codes(answers) == {"redeemed": 1, "already_redeemed": 1}


def test_case_35_a_double_click_is_one_redemption(
    session: Session, sessions: Sessions, mina: Person, partner: Partner, reward: Reward
) -> None:
    engaged(session, mina, 400)
    _, token = till(session, partner)

    for _ in range(10):
        _, code = reserved(session, mina, reward)
        same = redeeming(token, code)

        answers = at_once(sessions, [same, same])

        assert codes(answers) == {"redeemed": 2}
        assert sorted(one.replayed for one in answers if isinstance(one, Outcome)) == [False, True]
