"""Whether an address is known here is told to its owner alone, by mail (ACC-5)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engage.accounts import queries
from engage.accounts.models import Person
from engage.privacy.retention import forget_all
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON, Clock
from tests.factories.accounts import PASSWORD, make_person
from tests.factories.mail import letters_to, token_in
from tests.factories.rewards import engaged
from tests.pages import CheckingClient

Browser = Callable[..., CheckingClient]

KNOWN, FREE = "mina@example.org", "free@example.org"
OTHERS = "words of a stranger"
CHANGES = re.compile(
    r"""(?<=name="csrf_token"\ value=")[^"]+ | [0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}
    | (?<=")[0-9A-X]{8}(?=") | \b[0-9A-X]{4}\ [0-9A-X]{4}\b | (?<=nonce=")[^"]+""",
    re.VERBOSE,
)


def _mask(text: str, email: str) -> str:
    """What may differ between any two accounts: the address typed, ids, tokens of forms."""
    return CHANGES.sub("…", text.replace(email, "ADDRESS").replace(email.replace("@", "%40"), "A"))


def _answer(reply: TestResponse, email: str) -> tuple[int, str, str]:
    return reply.status_code, reply.headers.get("Location", ""), _mask(reply.text, email)


def _sign_up(browser: CheckingClient, email: str, **changes: Any) -> TestResponse:
    wishes = {"display_name": "New", "email": email, "password": OTHERS, "age": "adult"}
    return browser.post("/sign-up", **{**wishes, "agrees": "y", **changes})


def _all_answers(client: Browser, email: str) -> list[tuple[int, str, str]]:
    """Everything that somebody hears who signs up with an address and a password of their own."""
    browser, elsewhere = client(), client()
    replies = [_sign_up(browser, email, next="/pass")]
    replies += [browser.follow(replies[0]), browser.get("/"), browser.get("/me/account")]
    replies += [browser.post("/me/account/confirmation"), browser.get("/me/account")]
    replies += [browser.post("/me/account/email", email=email), browser.get("/me/account")]
    replies += [browser.get("/me/account/email"), browser.get("/me/data/export")]
    replies += [browser.post("/me/data/join/mail", email=email)]
    replies += [elsewhere.post("/sign-in", status=422, name=email, password=OTHERS)]
    replies += [elsewhere.post("/reset", email=email), elsewhere.get("/reset/sent")]
    replies += [_sign_up(elsewhere, email), elsewhere.get("/me/account")]
    replies += [browser.post("/sign-out")]
    replies += [browser.post("/sign-in", status=422, name=email, password=OTHERS)]
    return [_answer(reply, email) for reply in replies]


def _find(session: Session, email: str) -> Person | None:
    session.rollback()  # look again
    session.expire_all()
    return queries.find_by_email(session, email)


def test_acc_5_signing_up_and_whatever_follows_sounds_the_same_for_a_known_address(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True, language="de")

    free, known = _all_answers(client, FREE), _all_answers(client, KNOWN)

    assert len(free) == len(known)
    for of_free, of_known in zip(free, known, strict=True):
        assert of_free == of_known


def test_acc_5_an_account_asks_for_another_address_and_hears_the_same(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        make_person(session, "Mina")
        people = [make_person(session, "Same", email=f"{name}@example.org") for name in "ab"]

    def heard(person: Person, own: str, email: str) -> list[tuple[int, str, str]]:
        browser = client(person)
        replies = [browser.post("/me/account/email", email=email), browser.get("/me/account")]
        replies += [browser.post("/me/account/confirmation"), browser.get("/me/account")]
        said = [_answer(reply, email) for reply in replies]
        return [(status, to, text.replace(own, "OWN")) for status, to, text in said]

    assert heard(people[0], "a@example.org", FREE) == heard(people[1], "b@example.org", KNOWN)
    owner = _find(session, KNOWN)
    assert owner is not None
    assert owner.display_name == "Mina"


def test_acc_5_the_own_data_of_such_an_account_do_not_tell(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True)

    def kept(email: str) -> list[tuple[str, int]]:
        browser = client()
        _sign_up(browser, email)
        browser.post("/me/account/confirmation")
        archive = zipfile.ZipFile(io.BytesIO(browser.plain.get("/me/data/engage.zip").data))
        found = json.loads(archive.read("engage.json"))
        return [(name, len(rows)) for name, rows in found.items()]

    assert kept(FREE) == kept(KNOWN)


def test_acc_5_both_cost_the_same_statements(session: Session, client: Browser) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", password=True)
    said: list[str] = []
    engine = session.get_bind()

    def note(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        said.append(text)

    event.listen(engine, "before_cursor_execute", note)

    def cost(act: Callable[[], Any]) -> int:
        before = len(said)
        act()
        return len(said) - before

    def sign_up(email: str) -> None:
        _sign_up(client(), email)

    def sign_in(email: str) -> None:
        client().post("/sign-in", status=422, name=email, password=OTHERS)

    for act in (sign_up, sign_in):
        act("warm@example.org")
        of_free, of_known = cost(partial(act, FREE)), cost(partial(act, KNOWN))
        assert abs(of_free - of_known) <= 2, (act, of_free, of_known)


def test_the_owner_of_a_known_address_is_told_and_keeps_everything(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", password=True)

    _sign_up(client(), KNOWN)

    assert [letter.template for letter in letters_to(session, KNOWN)] == ["already_registered"]
    owner = _find(session, KNOWN)
    assert owner is not None
    assert owner.id == mina.id
    client().post("/sign-in", name=KNOWN, password=PASSWORD)


def test_the_owner_who_forgot_joins_the_new_account_with_the_old_one(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", password=True)
    browser = client()
    _sign_up(browser, KNOWN)

    browser.post("/me/data/join/mail", email=KNOWN)
    letter = letters_to(session, KNOWN)[-1]
    assert letter.template == "join_accounts"
    browser.follow(browser.post(f"/me/data/join/{token_in(session, letter)}"))

    kept = _find(session, KNOWN)
    assert kept is not None
    assert (kept.display_name, kept.wanted_email) == ("New", None)
    assert queries.find_person(session, mina.id) is None
    client().post("/sign-in", name=KNOWN, password=OTHERS)


def test_of_two_who_typed_the_same_address_its_reader_gets_it(
    session: Session, client: Browser
) -> None:
    stranger, reader = client(), client()
    _sign_up(stranger, FREE, display_name="Stranger")
    _sign_up(reader, FREE, display_name="Reader")
    of_stranger, of_reader = [token_in(session, one) for one in letters_to(session, FREE)]

    assert "Reader" in reader.get(f"/l/confirm/{of_reader}").text
    reader.post(f"/l/confirm/{of_reader}")
    reader.post(f"/l/confirm/{of_stranger}", status=409)

    owner = _find(session, FREE)
    assert owner is not None
    assert owner.display_name == "Reader"
    assert FREE in stranger.get("/me/account").text


def test_who_forgot_the_password_before_confirming_gets_one_and_is_confirmed(
    session: Session, client: Browser
) -> None:
    old = client()
    _sign_up(old, FREE)

    client().post("/reset", email=FREE)
    token = token_in(session, letters_to(session, FREE)[-1])
    client().post(f"/l/reset/{token}", password="four words are better")

    owner = _find(session, FREE)
    assert owner is not None
    assert (owner.email_confirmed_at, owner.wanted_email) == (NOON, None)
    old.get("/me/account", status=303)
    client().post("/sign-in", name=FREE, password="four words are better")


@pytest.mark.parametrize("of", ["confirmed", "engaged"])
def test_pri_2_an_address_that_nobody_confirms_is_forgotten_and_the_account_stays(
    session: Session, client: Browser, clock: Clock, of: str
) -> None:
    with unit_of_work(session):
        waits = None if of == "engaged" else NOON
        mina = make_person(session, "Mina", email_confirmed_at=waits, last_seen_at=NOON)
    if of == "engaged":
        engaged(session, mina, 30)
    else:
        client(mina).post("/me/account/email", email=FREE)

    clock.advance(timedelta(days=6))
    forget_all(session, clock.now)
    assert _wanted(session, mina) is not None
    clock.advance(timedelta(days=2))
    forget_all(session, clock.now)

    assert _wanted(session, mina) is None
    assert queries.get_person(session, mina.id).email == (None if of == "engaged" else KNOWN)


def _wanted(session: Session, person: Person) -> str | None:
    session.rollback()  # look again
    session.expire_all()
    return queries.get_person(session, person.id).wanted_email
