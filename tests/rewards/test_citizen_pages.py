"""What citizens see of rewards, from the list to the code and back."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.ledger.queries import balance_of
from engage.partners.models import Branch, Partner
from engage.rewards.models import Redemption, Reward
from tests.application import Browser
from tests.clock import NOON, Clock
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward


def test_a_stranger_sees_all_rewards_and_is_asked_to_sign_in(
    client: Browser, reward: Reward
) -> None:
    page = client().get("/rewards")

    assert "A loaf of bread" in page.text
    assert "Sign in to redeem" in client().get(f"/rewards/{reward.id}").text


def test_what_is_affordable_comes_first(
    session: Session, client: Browser, mina: Person, partner: Partner
) -> None:
    make_reward(session, partner, title="Dinner for two", cost=200)
    make_reward(session, partner, title="A coffee", cost=40)
    engaged(session, mina, 100)

    text = client(mina).get("/rewards").text

    assert text.index("A coffee") < text.index("Soon within reach") < text.index("Dinner for two")
    assert "100 points to go" in text
    only = client(mina).get("/rewards?affordable=1").text
    assert "A coffee" in only
    assert "Dinner for two" not in only


def test_filters_by_words_category_and_district(
    session: Session, client: Browser, partner: Partner
) -> None:
    make_reward(session, partner, title="A coffee", category="food")
    make_reward(session, partner, title="Swimming", category="sport")
    branch = session.scalars(select(Branch).where(Branch.partner_id == partner.id)).one()
    branch.district_code = "hoerde"
    session.commit()

    assert _titles(client, "?category=sport") == ["Swimming"]
    assert _titles(client, "?q=COFF") == ["A coffee"]
    assert len(_titles(client, "?district=hoerde")) == 2
    assert _titles(client, "?district=mengede") == []


def _titles(client: Browser, query: str) -> list[str]:
    page = client().page(f"/rewards{query}")
    return [one.text for one in page.all("h3") if "e-item__title" in one["class"]]


def test_hidden_points_are_not_shown(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 57)
    mina.hides_points = True
    session.commit()

    assert "57" not in client(mina).page("/rewards").all("main")[0].text
    assert "17 points" not in client(mina).get(f"/rewards/{reward.id}").text


def test_what_is_not_on_show_is_not_listed(
    session: Session, client: Browser, partner: Partner
) -> None:
    make_reward(session, partner, status="draft")
    make_reward(session, partner, shown_from=NOON + timedelta(days=1))
    make_reward(session, partner, reservable_until=NOON)
    make_reward(session, partner, status="ended")

    assert "The first rewards are on their way" in client().get("/rewards").text


def test_case_31_from_the_reward_to_the_code(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    browser = client(mina)
    page = browser.page(f"/rewards/{reward.id}")
    (number,) = [one["value"] for one in page.all("input", name="id")]
    assert "10 points" in page.text

    reply = browser.post(f"/rewards/{reward.id}/redemptions", id=number)
    text = browser.follow(reply).text

    assert reply.headers["Location"].endswith(f"/redemptions/{number}")
    assert re.search(r"V\w{3} \w{4} \w{2}", text)
    assert "<svg" in text
    assert browser.get(f"/redemptions/{number}").headers["Cache-Control"] == "no-store"
    again = browser.post(f"/rewards/{reward.id}/redemptions", id=number)
    assert again.headers["Location"] == reply.headers["Location"]
    assert balance_of(session, mina.id) == 10


def test_case_38_a_refusal_says_why_on_the_page_of_the_reward(
    session: Session, client: Browser, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 50)
    reward = make_reward(session, partner, minimum_age=21)

    reply = client(mina).post(
        f"/rewards/{reward.id}/redemptions", status=409, id="0190a6b0-0000-7000-8000-000000000001"
    )

    assert "This reward is for people from the age of 21." in reply.text
    assert "under_age" in reply.text


def test_a_number_that_is_none_is_refused(client: Browser, mina: Person, reward: Reward) -> None:
    client(mina).post(f"/rewards/{reward.id}/redemptions", status=422, id="1")


def test_more_time_once_and_then_back(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    redemption, _ = reserved(session, mina, reward)
    browser = client(mina)

    assert "I need more time" in browser.get(f"/redemptions/{redemption.id}").text
    browser.post(f"/redemptions/{redemption.id}/extend")
    assert "I need more time" not in browser.get(f"/redemptions/{redemption.id}").text
    back = browser.follow(browser.post(f"/redemptions/{redemption.id}/cancel"))

    assert "Your 40 points are back." in back.text
    session.rollback()
    assert balance_of(session, mina.id) == 50
    assert "Given back" in browser.get(f"/redemptions/{redemption.id}").text
    assert "Given back" in browser.get("/me/redemptions").text


def test_a_stranger_finds_no_redemption(
    session: Session, client: Browser, mina: Person, omar: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    redemption, _ = reserved(session, mina, reward)

    client(omar).get(f"/redemptions/{redemption.id}", status=404)
    client(omar).post(f"/redemptions/{redemption.id}/cancel", status=404)
    client(omar).post(f"/redemptions/{redemption.id}/extend", status=404)
    client(omar).post(f"/redemptions/{redemption.id}/dispute", status=404)


def test_what_was_redeemed_says_where_and_may_be_disputed_when_it_was_the_card(
    session: Session, client: Browser, clock: Clock, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    redemption, _ = reserved(session, mina, reward)
    redemption.state, redemption.redeemed_at, redemption.way = "redeemed", NOON, "card"
    session.commit()
    browser = client(mina)

    assert "Redeemed" in browser.get(f"/redemptions/{redemption.id}").text
    assert "This was not me" in browser.get("/me/redemptions").text
    browser.post(f"/redemptions/{redemption.id}/dispute")

    session.expire_all()
    assert session.get_one(Redemption, redemption.id).disputed_at == NOON
    clock.advance(timedelta(days=15))
    browser.post(f"/redemptions/{redemption.id}/dispute", status=409)


def test_the_list_is_empty_at_first(client: Browser, omar: Person) -> None:
    assert "Nothing redeemed yet" in client(omar).get("/me/redemptions").text
