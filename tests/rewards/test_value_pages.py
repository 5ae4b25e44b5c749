"""How much of the yearly value is used, as the citizen sees it; the page of the code notices."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.partners.models import Partner
from engage.rewards.models import Reward
from tests.application import Browser
from tests.clock import NOON
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward
from tests.papers import read_paper


def test_red_9_a_citizen_sees_what_counts_and_hears_from_80_percent_on(
    session: Session, client: Browser, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 500)
    browser = client(mina)
    assert "Nothing yet in this year" in browser.get("/me/value").text
    reserved(session, mina, make_reward(session, partner, title="Bed", face_value_cents=19_100))

    text = browser.get("/me/value").text
    assert "191.00" in text
    assert "Nearly used up" not in text
    reserved(session, mina, make_reward(session, partner, title="Lamp", face_value_cents=200))

    assert "Nearly used up" in browser.get("/me/value").text
    assert "points" not in browser.page("/me/value").all("main")[0].text
    assert "This year is over." in browser.get(f"/me/value/{NOON.year - 1}").text


def test_red_9_the_statement_of_a_year_is_a_tagged_pdf(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    reserved(session, mina, reward)

    reply = client(mina).plain.get(f"/me/value/{NOON.year}.pdf")

    assert reply.status_code == 200
    paper = read_paper(reply.data)
    assert paper.says_ua
    assert "A loaf of bread" in paper.text


def test_the_page_of_the_code_asks_what_has_become_of_it(
    session: Session, client: Browser, mina: Person, omar: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    redemption, _ = reserved(session, mina, reward)
    address = f"/redemptions/{redemption.id}/state"

    assert client(mina).plain.get(address).get_json()["state"] == "reserved"
    redemption.state, redemption.redeemed_at = "redeemed", NOON + timedelta(minutes=1)
    session.commit()
    assert client(mina).plain.get(address).get_json()["state"] == "redeemed"
    client(omar).get(address, status=404)
