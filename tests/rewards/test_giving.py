"""Points for a good cause: at once, without a till, and without a name."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.audit.verify import verify
from engage.core.errors import NotFound
from engage.ledger import service as ledger
from engage.ledger.queries import balance_of, get_account
from engage.partners.models import Partner
from engage.rewards import giving
from engage.rewards.models import Redemption, Reward
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.application import Browser
from tests.clock import NOON
from tests.factories.rewards import engaged
from tests.factories.rewards import reward as make_reward


@pytest.fixture
def tree(session: Session, partner: Partner) -> Reward:
    run_work(session, lambda s: ledger.open_good_cause(s, "tree"))
    return make_reward(
        session,
        partner,
        title="A tree",
        cost=30,
        kind="good_cause",
        good_cause="tree",
        face_value_cents=0,
        no_value_reason="for a cause",
    )


def test_red_20_points_go_at_once_and_once(
    session: Session, client: Browser, mina: Person, tree: Reward
) -> None:
    engaged(session, mina, 100)
    browser = client(mina)
    page = browser.page(f"/rewards/{tree.id}")
    (number,) = [one["value"] for one in page.all("input", name="id")]
    assert "Give 30 points" in page.text

    for _ in range(2):  # a double click
        reply = browser.post(f"/rewards/{tree.id}/gifts", id=number)
    thanks = browser.follow(reply).text

    assert "Thank you!" in thanks
    assert "Together we have given 30 points so far." in thanks
    session.rollback()
    assert balance_of(session, mina.id) == 70
    assert giving.sum_so_far(session, "tree") == 30
    assert verify(session) == []
    given = session.scalars(select(Redemption)).one()
    assert (given.state, given.way, given.actor_id) == ("redeemed", "given", None)
    assert "30 points" in client().get(f"/rewards/{tree.id}").text


def test_red_20_only_a_good_cause_is_given_to(
    session: Session, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 100)

    with pytest.raises(NotFound):
        run_work(session, lambda s: giving.give(s, mina.id, reward.id, new_id(), now=NOON))


def test_red_20_a_refused_gift_says_why_and_moves_nothing(
    session: Session, client: Browser, mina: Person, tree: Reward
) -> None:
    engaged(session, mina, 10)
    number = str(new_id())

    reply = client(mina).post(f"/rewards/{tree.id}/gifts", status=409, id=number)

    assert "20 more points" in reply.text
    assert "Find something to do" in reply.text
    assert balance_of(session, mina.id) == 10
    assert session.scalars(select(Redemption)).all() == []
    earn(session, mina, 50)
    client(mina).post(f"/rewards/{tree.id}/gifts", status=409, id=number)
    assert balance_of(session, mina.id) == 60


def earn(session: Session, person: Person, points: int) -> None:
    """More points after the refusal, which stays one under its number."""
    account = get_account(session, person.id)
    cause = ledger.Cause("adjustment", new_id(), NOON)
    run_work(session, lambda s: ledger.earn(s, account, points, cause))
