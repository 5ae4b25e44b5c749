"""The till in a browser: paired device or member, with and without answers that please."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.accounts import passes
from engage.accounts.models import Pass, Person
from engage.core.news import EVENTS
from engage.devices.cookie import NAME
from engage.ledger.queries import balance_of
from engage.partners.models import Branch, Partner
from engage.rewards.models import Reward
from tests.application import Browser
from tests.clock import Clock
from tests.factories.devices import till
from tests.factories.people import card
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward
from tests.pages import CheckingClient


@pytest.fixture
def at_till(session: Session, client: Browser, partner: Partner) -> CheckingClient:
    """A browser that was paired as a till."""
    _, token = till(session, partner, name="Till 1")
    browser = client()
    browser.plain.set_cookie(NAME, token)
    return browser


@pytest.fixture
def code(session: Session, mina: Person, reward: Reward) -> str:
    engaged(session, mina, 50)
    return reserved(session, mina, reward)[1]


def nonce_in(browser: CheckingClient, address: str) -> str:
    (field,) = browser.page(address).all("input", name="nonce")
    return field["value"]


def test_case_31_a_paired_till_hands_over_and_never_learns_a_name(
    at_till: CheckingClient, code: str
) -> None:
    nonce = nonce_in(at_till, "/till")

    shown = at_till.follow(at_till.post("/till", code=code, nonce=nonce)).text
    again = at_till.follow(at_till.post("/till", code=code, nonce=nonce)).text

    assert "Valid" in shown
    assert "One loaf of bread" in shown
    assert "Mina" not in shown
    assert "e-result is-ok" in again
    assert "This was sent before. It counts once." in again
    assert "sent before" not in shown
    panel = at_till.get("/till").text
    assert "1 redeemed today" in panel
    assert "Mina" not in panel


def test_case_35_a_repeat_is_amber_and_says_when_and_where(
    at_till: CheckingClient, code: str
) -> None:
    at_till.post("/till", code=code, nonce="first-number")

    page = at_till.follow(at_till.post("/till", code=code, nonce="second-number"))

    assert "e-result is-known" in page.text
    assert "Already redeemed: Sat 4 May, 14:00, Till 1." in page.text


def test_case_38_a_refusal_is_red_and_says_what_to_do(at_till: CheckingClient) -> None:
    page = at_till.follow(at_till.post("/till", code="V123", nonce="first-number"))

    assert "e-result is-refused" in page.text
    assert "code_unknown" in page.text


def test_case_37_undo_asks_why_and_gives_back(
    session: Session, at_till: CheckingClient, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    redemption, code = reserved(session, mina, reward)
    at_till.post("/till", code=code, nonce="first-number")
    address = f"/till/redemptions/{redemption.id}/undo"

    assert "Take it back?" in at_till.get(address).text
    at_till.post(address, status=422, nonce="second-number")
    done = at_till.follow(at_till.post(address, reason="mistake", nonce="second-number"))

    assert "Undone" in done.text
    session.rollback()
    assert balance_of(session, mina.id) == 50
    assert "Taken back already" in at_till.get(address).text
    assert "It was undone afterwards." in at_till.get("/till/answers/first-number").text


def test_case_37_the_result_and_the_till_say_until_when_it_can_be_undone(
    at_till: CheckingClient, clock: Clock, code: str
) -> None:
    at_till.post("/till", code=code, nonce="first-number")

    assert "Undo, until 14:15" in at_till.get("/till/answers/first-number").text
    assert "14:00, can be undone until 14:15" in at_till.get("/till").text
    clock.advance(timedelta(minutes=15, seconds=1))
    assert "Undo" not in at_till.get("/till/answers/first-number").text
    assert "Undo" not in at_till.get("/till").text


def test_case_37_what_was_given_before_the_last_can_be_undone_as_well(
    session: Session,
    at_till: CheckingClient,
    clock: Clock,
    mina: Person,
    omar: Person,
    reward: Reward,
) -> None:
    codes = [reserved(session, engaged(session, one, 50), reward)[1] for one in (mina, omar)]
    session.rollback()  # the till writes now
    for number, code in enumerate(codes):
        at_till.post("/till", code=code, nonce=f"number-{number}")
        clock.advance(timedelta(minutes=10))

    clock.advance(timedelta(minutes=-6))
    both = at_till.get("/till").text
    clock.advance(timedelta(minutes=6))
    last = at_till.get("/till").text

    assert (both.count("can be undone until"), both.count("Before that")) == (2, 1)
    assert (last.count("can be undone until"), last.count("Before that")) == (1, 0)


def test_an_undo_that_comes_too_late_says_so(
    session: Session, at_till: CheckingClient, clock: Clock, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    redemption, code = reserved(session, mina, reward)
    at_till.post("/till", code=code, nonce="first-number")
    clock.advance(timedelta(minutes=16))
    address = f"/till/redemptions/{redemption.id}/undo"

    assert "too late" in at_till.get(address).text
    late = at_till.follow(at_till.post(address, reason="mistake", nonce="second-number"))

    assert "undo_too_late" in late.text


def test_case_22_eleven_wrong_codes_are_paused(at_till: CheckingClient) -> None:
    from tests.rewards.test_redeeming import _made_up

    for number in range(10):
        at_till.post("/till", code=_made_up(), nonce=f"number-{number}")

    paused = at_till.post("/till", status=429, code=_made_up(), nonce="one-more")

    assert paused.headers["Retry-After"] == "60"
    assert "guessing" in paused.text


def test_a_browser_that_is_no_till_is_led_to_pairing(client: Browser) -> None:
    browser = client()

    assert browser.get("/till", status=303).headers["Location"] == "/devices/pair"
    browser.plain.set_cookie(NAME, "dev_unknown")
    assert browser.get("/till", status=303).headers["Location"] == "/devices/pair"


def test_a_member_redeems_signed_in_and_omar_finds_nothing(
    client: Browser, vera: Person, omar: Person, partner: Partner, code: str
) -> None:
    vera_there = client(vera)
    address = f"/partner/{partner.slug}/till"
    nonce = nonce_in(vera_there, address)

    done = vera_there.follow(vera_there.post(address, code=code, nonce=nonce))

    assert "Valid" in done.text
    client(omar).get(address, status=404)
    assert (
        "second-factor"
        in client(vera, second_factor=False).get(address, status=303).headers["Location"]
    )


def test_a_member_with_two_branches_chooses_one(
    session: Session, client: Browser, vera: Person, partner: Partner
) -> None:
    harbour = Branch(partner_id=partner.id, name="Harbour")
    session.add(harbour)
    session.commit()
    browser, address = client(vera), f"/partner/{partner.slug}/till"

    assert "Where are you today?" in browser.get(address).text
    browser.post(f"{address}/branch", branch=str(harbour.id))

    assert "Harbour" in browser.get(address).text
    browser.post(f"{address}/branch", status=404, branch=str(partner.id))


@pytest.fixture
def omars_card(session: Session, omar: Person) -> tuple[Pass, str]:
    """Omar has no phone, but a card with the PIN 2468, and 50 points."""
    engaged(session, omar, 50)
    made, text = card(session, omar)
    pin = passes.hash_pin(session, "2468", quick=True)
    passes.set_pin(session, made.id, pin, person_id=omar.id)
    session.commit()
    return made, text


def use_card(browser: CheckingClient, reward: Reward, text: str, pin: str, number: str) -> str:
    reply = browser.post(
        "/till/card", reward=str(reward.id), card=text, pin=pin, nonce=f"number-{number}"
    )
    return browser.follow(reply).text


def test_case_40_the_right_pin_hands_over_and_the_citizen_is_told(
    session: Session,
    at_till: CheckingClient,
    client: Browser,
    omar: Person,
    reward: Reward,
    omars_card: tuple[Pass, str],
) -> None:
    from engage.mail.models import Letter

    omar.muted = [*EVENTS, "card_used"]  # even then: it may not have been them
    session.commit()
    assert "A loaf of bread" in at_till.get("/till/card").text

    shown = use_card(at_till, reward, omars_card[1], "2468", "1")

    assert "One loaf of bread" in shown
    assert "Omar" not in shown
    session.rollback()
    assert balance_of(session, omar.id) == 10
    (letter,) = session.query(Letter).all()
    assert (letter.template, letter.to_address) == ("card_used", "omar@example.org")
    assert "This was not me" in client(omar).get("/me/redemptions").text


def test_case_40_wrong_three_times_is_a_pause_of_fifteen_minutes(
    at_till: CheckingClient, clock: Clock, reward: Reward, omars_card: tuple[Pass, str]
) -> None:
    for number in ("1", "2"):
        assert "pin_wrong" in use_card(at_till, reward, omars_card[1], "1111", number)
    fields: dict[str, Any] = {"reward": str(reward.id), "card": omars_card[1], "nonce": "number-3"}

    assert "pin_locked" in at_till.post("/till/card", status=429, pin="1111", **fields).text
    assert "pin_locked" in at_till.post("/till/card", status=429, pin="2468", **fields).text

    clock.advance(timedelta(minutes=15))
    assert "One loaf of bread" in use_card(at_till, reward, omars_card[1], "2468", "3")


def test_case_40_a_card_without_enough_points_is_only_declined(
    session: Session, at_till: CheckingClient, partner: Partner, omars_card: tuple[Pass, str]
) -> None:
    dear = make_reward(session, partner, cost=51)

    shown = use_card(at_till, dear, omars_card[1], "2468", "1")

    assert "card_declined" in shown
    assert "points_short" not in shown
    assert "51" not in shown


def test_case_40_a_revoked_or_unknown_card_is_refused(
    session: Session, at_till: CheckingClient, reward: Reward, omars_card: tuple[Pass, str]
) -> None:
    made, text = omars_card
    made.revoked_at = made.created_at
    session.commit()

    assert "card_revoked" in use_card(at_till, reward, text, "2468", "1")
    assert "code_unknown" in use_card(at_till, reward, "K" + "0" * 20, "2468", "2")


def test_pin_4_two_card_redemptions_a_day(
    session: Session, at_till: CheckingClient, partner: Partner, omars_card: tuple[Pass, str]
) -> None:
    shown = [
        use_card(at_till, make_reward(session, partner, cost=1), omars_card[1], "2468", str(n))
        for n in range(3)
    ]

    assert ["Valid" in one for one in shown] == [True, True, False]
    assert "card_declined" in shown[2]
