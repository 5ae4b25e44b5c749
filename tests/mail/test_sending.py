from __future__ import annotations

import email
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from engage.mail import sending, service
from engage.mail.message import make_message
from engage.mail.models import Letter
from engage.storage.unit_of_work import run_work, unit_of_work
from tests.clock import NOON
from tests.factories.accounts import make_person
from tests.ports import free_port


class Postbox:
    """A real mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.refusals: list[str] = []
        self.mails: list[Any] = []

    async def handle_RCPT(  # noqa: N802  # the name aiosmtpd asks for
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the name aiosmtpd asks for
        self, _server: object, session: Any, envelope: Any
    ) -> str:
        if not session.authenticated:
            return "530 sign in first"
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def _authenticate(
    _server: object, _session: object, _envelope: object, _mechanism: str, data: Any
) -> AuthResult:
    fits = isinstance(data, LoginPassword) and (data.login, data.password) == (b"en gage", b"p:w")
    return AuthResult(success=fits)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    server = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=_authenticate,
        auth_require_tls=False,
    )
    server.start()
    box.port = server.port  # type: ignore[attr-defined]  # told to the settings below
    yield box
    server.stop()


@pytest.fixture
def settings(database_url: str, postbox: Any) -> Settings:
    given = Settings.for_tests(database_url=database_url)
    return replace(given, mail_url=f"smtp://en%20gage:p%3Aw@127.0.0.1:{postbox.port}")


@pytest.fixture
def send(app: APIFlask, session: Session) -> Callable[..., int]:
    def run(after: timedelta = timedelta()) -> int:
        with app.app_context():
            url = app.extensions["settings"].mail_url
            return sending.send_waiting(session, NOON + after, mail_url=url, write=make_message)

    return run


def _post(session: Session, **facts: Any) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", language="de")
        service.send(
            session,
            to=mina.id,
            template="confirm_email",
            facts={"name": "Mina <b>", "token": "abc", "next": None} | facts,
            now=NOON,
        )


def test_a_letter_arrives_as_text_and_in_the_look_of_the_city(
    session: Session, send: Callable[..., int], postbox: Postbox
) -> None:
    _post(session)

    assert send() == 1
    assert send() == 0
    mail = postbox.mails[0]
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert mail["To"] == "mina@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@localhost>")
    assert mail["Content-Language"] == "de"
    assert "http://localhost/l/confirm/abc" in text
    assert "Mina <b>" in text
    assert "Mina &lt;b&gt;" in html
    assert 'href="http://localhost/l/confirm/abc"' in html


def test_a_server_that_is_busy_is_asked_again_later(
    session: Session, send: Callable[..., int], postbox: Postbox
) -> None:
    _post(session)
    postbox.refusals = ["451 busy"]

    assert send() == 0
    assert send(timedelta(seconds=30)) == 0
    assert send(timedelta(minutes=2)) == 1
    letter = session.scalars(select(Letter)).one()
    assert (letter.attempts, letter.last_problem) == (2, "")


def test_an_address_that_does_not_exist_is_given_up_at_once(
    session: Session, send: Callable[..., int], postbox: Postbox
) -> None:
    _post(session)
    postbox.refusals = ["550 no such user"]

    assert send() == 0
    session.expire_all()
    letter = session.scalars(select(Letter)).one()
    assert letter.failed_at == NOON
    assert letter.last_problem == "recipient refused (550)"
    assert send(timedelta(days=3)) == 0


def test_two_workers_never_take_the_same_letter(
    sessions: Callable[[], Session], session: Session
) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina")
        for _ in range(5):
            service.send(session, to=mina.id, template="x", facts={}, now=NOON)

    with sessions() as other:
        first = run_work(session, lambda s: sending.claim(s, now=NOON, most=3))
        second = run_work(other, lambda s: sending.claim(s, now=NOON, most=3))

    assert (len(first), len(second)) == (3, 2)
    assert not {letter.id for letter in first} & {letter.id for letter in second}


def test_a_letter_whose_worker_died_is_sent_after_the_lease(session: Session) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina")
        service.send(session, to=mina.id, template="x", facts={}, now=NOON)
    run_work(session, lambda s: sending.claim(s, now=NOON))

    soon = run_work(session, lambda s: sending.claim(s, now=NOON + timedelta(minutes=5)))
    later = run_work(session, lambda s: sending.claim(s, now=NOON + sending.LEASE))

    assert (len(soon), len(later)) == (0, 1)


def test_it_gives_up_after_the_last_delay(session: Session) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina")
        service.send(session, to=mina.id, template="x", facts={}, now=NOON)
    letter = session.scalars(select(Letter)).one()

    tries = 0
    while letter.failed_at is None:
        run_work(session, lambda s: sending.claim(s, now=letter.due_at))
        run_work(
            session,
            lambda s: sending.put_off(s, letter.id, "down", now=letter.due_at, is_final=False),
        )
        session.refresh(letter)
        tries += 1

    assert tries == len(sending.DELAYS) + 1
