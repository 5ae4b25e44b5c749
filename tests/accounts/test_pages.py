"""What people set about their own account, and the second proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy.orm import Session

from config import Settings
from engage import create_app
from engage.accounts import passes, queries, service
from engage.accounts.models import Person
from engage.core.fairness import FREE_TRIES
from engage.storage.keys import keys_of
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON, Clock
from tests.factories.accounts import PASSWORD, make_person
from tests.factories.mail import letters_to, token_in
from tests.html import read
from tests.pages import CheckingClient

Browser = Callable[..., CheckingClient]


@pytest.fixture
def someone(session: Session) -> Person:
    with unit_of_work(session):
        return make_person(session, "Mina", password=True)


def _now(session: Session, person: Person) -> Person:
    session.rollback()
    session.expire_all()
    return queries.get_person(session, person.id)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    "page", ["", "/profile", "/points", "/mail", "/email", "/password", "/second-proof", "/passes"]
)
def test_every_page_of_the_account_opens_in_both_languages(
    someone: Person, client: Browser, page: str, language: str
) -> None:
    browser = client(someone)
    browser.plain.set_cookie("language", language)

    assert read(browser.get(f"/me/account{page}").text).one("html")["lang"] == language
    client().get(f"/me/account{page}", status=303)


def test_a_person_changes_name_language_district_points_and_mails(
    session: Session, someone: Person, client: Browser
) -> None:
    browser = client(someone)

    browser.post(
        "/me/account/profile", display_name="Mina K.", language="en", district_code="hoerde"
    )
    browser.post("/me/account/points", hides_points="y")
    browser.post("/me/account/mail", wanted=["reminders"])

    person = _now(session, someone)
    assert (person.display_name, person.language, person.district_code) == (
        "Mina K.",
        "en",
        "hoerde",
    )
    assert (person.collects_points, person.hides_points) == (False, True)
    assert "places" in (person.muted or [])
    assert "reminders" not in (person.muted or [])
    for wrong in (
        {"display_name": "", "language": "en", "district_code": ""},
        {"display_name": "x" * 61, "language": "en", "district_code": ""},
        {"display_name": "Mina", "language": "xx", "district_code": ""},
        {"display_name": "Mina", "language": "de", "district_code": "atlantis"},
    ):
        fields: dict[str, Any] = wrong
        browser.post("/me/account/profile", status=422, **fields)


def test_a_new_address_counts_once_it_is_confirmed_there(
    session: Session, someone: Person, client: Browser
) -> None:
    browser = client(someone)

    browser.post("/me/account/email", status=422, email="no address")
    browser.follow(browser.post("/me/account/email", email="new@example.org"))
    assert _now(session, someone).email == "mina@example.org"
    browser.post(f"/l/confirm/{token_in(session, letters_to(session, 'new@example.org')[0])}")

    assert _now(session, someone).email == "new@example.org"
    told = letters_to(session, "mina@example.org")
    assert [letter.template for letter in told] == ["email_changed"]


def test_asking_for_somebody_elses_address_tells_nothing_and_changes_nothing(
    session: Session, someone: Person, client: Browser
) -> None:
    with unit_of_work(session):
        make_person(session, "Omar")

    client(someone).post("/me/account/email", email="omar@example.org")

    letters = letters_to(session, "omar@example.org")
    assert [letter.template for letter in letters] == ["already_registered"]


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    session: Session, someone: Person, client: Browser
) -> None:
    here, there = client(someone), client(someone)
    new = "a better password"

    here.post("/me/account/password", status=422, current="wrong", password=new)
    here.post("/me/account/password", status=422, current=PASSWORD, password="short")
    here.follow(here.post("/me/account/password", current=PASSWORD, password=new))

    there.get("/me/account", status=303)
    told = letters_to(session, "mina@example.org")
    assert [letter.template for letter in told] == ["password_changed"]


def test_a_person_asks_for_the_confirmation_again(session: Session, client: Browser) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", email_confirmed_at=None)
    browser = client(mina)

    assert "/me/account/confirmation" in browser.get("/me/account").text
    assert "noch nicht bestätigt" in browser.get("/me/account/mail").text
    browser.follow(browser.post("/me/account/confirmation"))

    assert len(letters_to(session, "mina@example.org")) == 1


def test_phones_are_renamed_and_removed_and_a_lost_card_is_blocked(
    session: Session, someone: Person, client: Browser
) -> None:
    with unit_of_work(session):
        phone = passes.ensure_phone(session, someone.id, [], name="Old", now=NOON)
        card = service.issue_card(session, someone.id, actor_id=someone.id, now=NOON)
    browser = client(someone)
    browser.get("/me/account/passes")

    browser.get(f"/me/account/passes/{phone.pass_id}/name")
    browser.post(f"/me/account/passes/{phone.pass_id}/name", status=422, name="")
    browser.post(f"/me/account/passes/{phone.pass_id}/name", name="New")
    assert "New" in browser.get("/me/account/passes").text
    browser.get(f"/me/account/cards/{card.pass_id}/pin")
    browser.post(f"/me/account/cards/{card.pass_id}/pin", status=422, pin="12")
    browser.follow(browser.post(f"/me/account/cards/{card.pass_id}/pin", pin="4711"))
    for one in (phone.pass_id, card.pass_id):
        browser.get(f"/me/account/passes/{one}/end")
        browser.follow(browser.post(f"/me/account/passes/{one}/end"))

    session.rollback()
    assert queries.list_passes(session, someone.id, "P") == []
    assert queries.list_passes(session, someone.id, "K") == []


def test_the_passes_of_somebody_else_are_not_there(
    session: Session, someone: Person, client: Browser
) -> None:
    with unit_of_work(session):
        omar = make_person(session, "Omar")
        phone = passes.ensure_phone(session, omar.id, [], name="Omar's", now=NOON)
    browser = client(someone)

    for path in ("name", "end"):
        browser.get(f"/me/account/passes/{phone.pass_id}/{path}", status=404)
    browser.post(f"/me/account/passes/{phone.pass_id}/end", status=404)
    browser.post(f"/me/account/passes/{phone.pass_id}/name", status=404, name="Mine")


def _set_up(session: Session, browser: CheckingClient, person: Person) -> pyotp.TOTP:
    browser.get("/second-factor")
    browser.follow(browser.post("/second-factor/begin"))
    kept = _now(session, person).totp_secret
    assert kept is not None
    return pyotp.TOTP(keys_of(session).decrypt(kept).decode())


def test_the_second_proof_is_set_up_asked_for_and_counts_once(
    session: Session, someone: Person, client: Browser, clock: Clock
) -> None:
    browser = client()
    browser.sign_in(someone, second_factor=False)
    app = _set_up(session, browser, someone)

    browser.post("/second-factor/set-up", status=422, code="000000")
    shown = browser.post("/second-factor/set-up", status=200, code=app.at(clock.now))
    words = [one.text for one in read(shown.text).with_class("e-read")]
    assert len(words) == 8
    browser.get("/second-factor", status=303)

    again = client()
    again.sign_in(_now(session, someone), second_factor=False)
    again.get("/second-factor")
    again.post("/second-factor", status=422, code=app.at(clock.now))
    clock.advance(timedelta(seconds=30))
    forward = again.post("/second-factor", code=app.at(clock.now), next="/me/account/mail")
    assert forward.headers["Location"] == "/me/account/mail"

    third = client()
    third.sign_in(_now(session, someone), second_factor=False)
    third.post("/second-factor", code=words[0].lower())
    fourth = client()
    fourth.sign_in(_now(session, someone), second_factor=False)
    fourth.post("/second-factor", status=422, code=words[0])


def test_fai_7_guessing_one_time_codes_gets_slower(
    session: Session, someone: Person, client: Browser, clock: Clock
) -> None:
    browser = client()
    browser.sign_in(someone, second_factor=False)
    app = _set_up(session, browser, someone)
    browser.post("/second-factor/set-up", status=200, code=app.at(clock.now))
    clock.advance(timedelta(minutes=1))
    other = client()
    other.sign_in(_now(session, someone), second_factor=False)

    for _guess in range(FREE_TRIES):
        other.post("/second-factor", status=422, code="000000")

    other.post("/second-factor", status=429, code=app.at(clock.now))
    clock.advance(timedelta(minutes=2))
    other.post("/second-factor", code=app.at(clock.now))


def test_the_second_proof_is_renewed_and_switched_off_with_itself(
    session: Session, someone: Person, client: Browser, clock: Clock
) -> None:
    browser = client()
    browser.sign_in(someone, second_factor=False)
    app = _set_up(session, browser, someone)
    browser.post("/second-factor/end", status=303)
    assert _now(session, someone).totp_secret is not None
    browser.post("/second-factor/set-up", status=200, code=app.at(clock.now))

    browser.get("/me/account/second-proof")
    browser.post("/second-factor/recovery-codes", status=200)
    browser.follow(browser.post("/second-factor/end"))

    assert _now(session, someone).totp_secret is None
    browser.get("/me/account")


def test_a_card_and_its_claim_code_open_the_account_once(
    session: Session, someone: Person, client: Browser
) -> None:
    with unit_of_work(session):
        omar = make_person(session, "Omar", email=None, created_by=someone.id)
        card = service.issue_card(session, omar.id, actor_id=someone.id, now=NOON)
    fields: dict[str, Any] = {
        "card": card.serial.lower(),
        "claim_code": f"{(card.claim_code or '')[:4]}-{(card.claim_code or '')[4:].lower()}",
        "password": PASSWORD,
        "email": "omar@example.org",
    }

    client().get("/claim")
    client().post("/claim", status=422, **fields | {"password": ""})
    client().post("/claim", status=422, **fields | {"password": "short"})
    client().post("/claim", status=422, **fields | {"claim_code": "00000000"})
    browser = client()
    browser.follow(browser.post("/claim", **fields))
    client().post("/claim", status=422, **fields)

    assert _now(session, omar).email is None
    token = token_in(session, letters_to(session, "omar@example.org")[0])
    browser.post(f"/l/confirm/{token}")
    assert _now(session, omar).email == "omar@example.org"
    client().post("/sign-in", name=card.serial, password=PASSWORD)
    client().post("/sign-in", status=422, name=card.serial, password="4711")


def test_fai_7_guessing_claim_codes_gets_slower(
    session: Session, someone: Person, client: Browser
) -> None:
    with unit_of_work(session):
        omar = make_person(session, "Omar", email=None, created_by=someone.id)
        card = service.issue_card(session, omar.id, actor_id=someone.id, now=NOON)
    fields: dict[str, Any] = {"card": card.serial, "password": PASSWORD}

    for _guess in range(FREE_TRIES):
        client().post("/claim", status=422, claim_code="00000000", **fields)

    client().post("/claim", status=429, claim_code=card.claim_code or "", **fields)


def test_case_8_a_slip_lets_a_person_take_over_the_account_of_the_door(
    session: Session, someone: Person, client: Browser
) -> None:
    with unit_of_work(session):
        came = make_person(session, "Came", email=None, created_by=someone.id)
        slip = service.make_claim_slip(session, came.id, actor_id=someone.id, now=NOON)
    browser = client()

    browser.get("/claim/slip", status=422)
    browser.post("/claim/slip/open", status=422, slip="")
    browser.follow(browser.post("/claim/slip/open", slip=slip.code.lower()))
    given: dict[str, Any] = {"display_name": "Omar", "password": PASSWORD, "email": ""}
    browser.post("/claim/slip", status=422, **given | {"password": "short"})
    browser.follow(browser.post("/claim/slip", **given))

    person = _now(session, came)
    assert (person.display_name, person.claimed_at) == ("Omar", NOON)
    client().post("/sign-in", name=slip.serial, password=PASSWORD)
    other = client()
    other.post("/claim/slip/open", slip=slip.code)
    other.get("/claim/slip", status=422)


def test_case_56_a_new_session_key_signs_people_out_and_the_old_one_may_still_be_read(
    someone: Person, database_url: str, clock: Clock
) -> None:
    def visit(cookie: str, **keys: Any) -> int:
        app = create_app(Settings.for_tests(database_url, **keys), clock=clock)
        client = app.test_client()
        client.set_cookie("session", cookie)
        status = client.get("/me/account").status_code
        app.extensions["engine"].dispose()
        return status

    old = "the-old-session-key-of-the-city-long"
    app = create_app(Settings.for_tests(database_url, secret_key=old), clock=clock)
    browser = CheckingClient(app.test_client())
    browser.sign_in(someone)
    cookie = browser.plain.get_cookie("session")
    assert cookie is not None
    app.extensions["engine"].dispose()

    assert visit(cookie.value, secret_key=old) == 200
    assert visit(cookie.value, secret_key="another-session-key-of-the-city-now") == 303
    assert visit(cookie.value, secret_key="x" * 32, secret_key_fallbacks=(old,)) == 200
