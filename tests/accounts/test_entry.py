"""Signing up, in and out, as a browser does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.accounts import queries, signing
from engage.accounts.models import Person
from engage.core.accounts import FREE_TRIES_OF_A_NETWORK
from engage.core.fairness import FREE_TRIES
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON, Clock
from tests.factories.accounts import PASSWORD, make_person
from tests.factories.mail import letters_to, token_in
from tests.pages import CheckingClient

Browser = Callable[..., CheckingClient]

WISHES: dict[str, Any] = {
    "display_name": "Mina",
    "email": "Mina@Example.org",
    "password": PASSWORD,
    "age": "adult",
    "agrees": "y",
}


def _find(session: Session, email: str) -> Person | None:
    session.rollback()  # look again
    session.expire_all()
    return queries.find_by_email(session, email)


def _newcomer(session: Session) -> Person:
    session.rollback()  # look again
    session.expire_all()
    person = queries.find_newcomer(session, "mina@example.org")
    assert person is not None
    return person


def _sign_in(browser: CheckingClient, status: int = 303, **fields: Any) -> Any:
    given = {"name": "mina@example.org", "password": PASSWORD} | fields
    return browser.post("/sign-in", status=status, **given)


def test_case_4_somebody_new_signs_up_confirms_and_gets_back_to_where_they_were(
    session: Session, client: Browser
) -> None:
    browser = client()
    with browser.plain.session_transaction() as kept:
        kept["ticket"] = "of the door"

    done = browser.post("/sign-up", next="/rewards", **WISHES)
    assert done.headers["Location"] == "/sign-up/done?next=/rewards"
    assert 'href="/rewards"' in browser.follow(done).text
    browser.get("/me/account")
    _sign_in(client(), 422)
    with browser.plain.session_transaction() as kept:
        assert kept["ticket"] == "of the door"

    (letter,) = letters_to(session, "mina@example.org")
    token = token_in(session, letter)
    confirmed = browser.post(f"/l/confirm/{token}")
    assert confirmed.headers["Location"] == "/rewards"
    person = _find(session, "mina@example.org")
    assert person is not None
    assert person.email_confirmed_at == NOON
    assert person.is_adult
    _sign_in(client())


def test_case_53_a_mail_scanner_that_opens_a_link_changes_nothing(
    session: Session, client: Browser
) -> None:
    client().post("/sign-up", **WISHES)
    token = token_in(session, letters_to(session, "mina@example.org")[0])

    for _visit in range(3):
        client().get(f"/l/confirm/{token}")
        assert client().plain.head(f"/l/confirm/{token}").status_code == 200

    assert _find(session, "mina@example.org") is None
    client().post(f"/l/confirm/{token}")
    assert _find(session, "mina@example.org") is not None
    client().get(f"/l/confirm/{token}", status=410)
    client().post(f"/l/confirm/{token}", status=410)
    client().get("/l/confirm/unknown", status=404)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"display_name": ""}, 422),
        ({"display_name": "\u200b\u202e"}, 422),
        ({"email": "no address"}, 422),
        ({"password": "short"}, 422),
        ({"password": "x" * 200}, 422),
        ({"age": ""}, 422),
        ({"age": "younger"}, 422),
        ({"age": "younger", "born_month": "1", "born_year": "20"}, 422),
        ({"age": "younger", "born_month": "x", "born_year": "2014"}, 422),
        ({"age": "younger", "born_month": "1", "born_year": "2019"}, 403),
        ({"age": "younger", "born_month": "1", "born_year": "2015"}, 403),
        ({"agrees": ""}, 422),
    ],
)
def test_what_cannot_be_an_account_is_said_beside_the_field(
    session: Session, client: Browser, changes: dict[str, Any], status: int
) -> None:
    reply = client().post("/sign-up", status=status, **WISHES | changes)

    assert 'aria-invalid="true"' in reply.text
    assert queries.find_newcomer(session, "mina@example.org") is None


def test_a_text_that_no_database_can_keep_is_refused_in_words(
    session: Session, client: Browser
) -> None:
    reply = client().post("/sign-up", status=422, **WISHES | {"display_name": "Mina\u0000"})

    assert "text_not_storable" in reply.text
    assert queries.find_newcomer(session, "mina@example.org") is None


def test_acc_2_from_14_to_15_a_guardian_agrees_by_mail(session: Session, client: Browser) -> None:
    young: dict[str, Any] = {"age": "younger", "born_month": "1", "born_year": "2015"}

    client().post("/sign-up", **WISHES | young | {"guardian_email": "mum@example.org"})

    person = _newcomer(session)
    assert (person.born_year, person.born_month, person.is_adult) == (2015, 1, False)
    assert person.guardian_consent_at is None
    token = token_in(session, letters_to(session, "mum@example.org")[0])
    client().get(f"/l/guardian/{token}")
    client().follow(client().post(f"/l/guardian/{token}"))
    assert _newcomer(session).guardian_consent_at == NOON


def test_acc_3_of_an_adult_no_birth_is_kept(session: Session, client: Browser) -> None:
    claimed: dict[str, Any] = {"age": "younger", "born_month": "1", "born_year": "1990"}

    client().post("/sign-up", **WISHES | claimed)

    person = _newcomer(session)
    assert (person.born_year, person.is_adult) == (None, True)


def test_fai_7_guessing_a_password_gets_slower_and_the_right_one_waits_too(
    session: Session, client: Browser, clock: Clock
) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True)
    browser = client()

    for _guess in range(FREE_TRIES):
        _sign_in(browser, 422, password="wrong wrong wrong")
    paused = _sign_in(browser, 429)
    assert int(paused.headers["Retry-After"]) == 60
    clock.advance(timedelta(seconds=61))
    _sign_in(browser, 422, password="wrong wrong wrong")
    assert int(_sign_in(browser, 429).headers["Retry-After"]) == 120
    clock.advance(timedelta(seconds=121))
    _sign_in(browser)


def test_an_unknown_address_is_paused_like_a_known_one(client: Browser) -> None:
    for _guess in range(FREE_TRIES):
        _sign_in(client(), 422, name="nobody@example.org")

    _sign_in(client(), 429, name="Nobody@Example.org")


def test_somebody_signs_out_and_nothing_of_them_stays(session: Session, client: Browser) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True)
    browser = client()
    _sign_in(browser, remember="y")
    browser.get("/me/account")

    left = browser.post("/sign-out")

    assert "cache" in left.headers["Clear-Site-Data"]
    with browser.plain.session_transaction() as kept:
        assert set(kept) <= {"_flashes", "csrf_token"}
    browser.get("/me/account", status=303)


def test_signing_out_everywhere_ends_the_other_devices(session: Session, client: Browser) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True)
    here, there = client(), client()
    _sign_in(here)
    _sign_in(there)

    here.post("/me/account/sign-out-everywhere")

    there.get("/me/account", status=303)
    _sign_in(there)
    there.get("/me/account")


def test_a_link_sets_a_new_password_once_and_ends_older_sessions(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True)
    old = client()
    _sign_in(old)

    for address in ("mina@example.org", "nobody@example.org"):
        asked = client().post("/reset", email=address)
        client().follow(asked)
    assert letters_to(session, "nobody@example.org") == []
    token = token_in(session, letters_to(session, "mina@example.org")[0])
    client().get(f"/l/reset/{token}")
    client().post(f"/l/reset/{token}", status=422, password="short")
    browser = client()
    browser.follow(browser.post(f"/l/reset/{token}", password="four words are better"))

    old.get("/me/account", status=303)
    client().post(f"/l/reset/{token}", status=410, password="once more a password")
    _sign_in(client(), 422)
    _sign_in(client(), password="four words are better")


def test_a_reset_link_ends_after_a_day(session: Session, client: Browser, clock: Clock) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True)
    client().post("/reset", email="mina@example.org")
    token = token_in(session, letters_to(session, "mina@example.org")[0])

    clock.advance(timedelta(hours=25))

    client().get(f"/l/reset/{token}", status=410)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil", "x"])
def test_only_pages_of_ours_are_gone_to_after_signing_in(
    session: Session, client: Browser, target: str
) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True)

    assert _sign_in(client(), next=target).headers["Location"] == "/me/account"


def test_acc_4_a_network_guesses_at_many_accounts_no_faster(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True)
        for number in range(FREE_TRIES_OF_A_NETWORK):
            signing.begin(session, f"p{number}@example.org", "127.0.0.1", now=NOON)

    _sign_in(client(), 429)
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    browser = client()
    token = browser.csrf_token()
    fields = {"name": "mina@example.org", "password": PASSWORD, "csrf_token": token}
    reply = browser.plain.post("/sign-in", data=fields, environ_base=elsewhere)
    assert reply.status_code == 303
