from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.mail import service
from engage.mail.facts import unpack
from engage.mail.models import Letter
from engage.storage.keys import keys_of
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON
from tests.factories.accounts import make_person


def test_a_letter_goes_to_a_confirmed_address_in_the_language_of_the_person(
    session: Session,
) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", language="en")
        facts = {"at": NOON, "on": NOON.date(), "points": 30, "rows": [{"name": "Park"}]}
        service.send(session, to=mina.id, template="reminders", facts=facts, now=NOON)

    letter = session.scalars(select(Letter)).one()
    assert (letter.to_address, letter.language, letter.person_id) == (
        "mina@example.org",
        "en",
        mina.id,
    )
    assert unpack(letter.facts, keys_of(session)) == facts


def test_nobody_is_written_to_without_a_confirmed_address_or_against_their_wish(
    session: Session,
) -> None:
    with unit_of_work(session):
        omar = make_person(session, "Omar", email_confirmed_at=None)
        card = make_person(session, "Card", email=None)
        mina = make_person(session, "Mina", muted=["reminders"])
        sent = [
            service.send(session, to=one.id, template="x", facts={}, now=NOON, event="reminders")
            for one in (omar, card, mina)
        ]

    assert sent == [None, None, None]
    assert session.scalars(select(Letter)).all() == []


def test_what_opens_something_is_encrypted_in_the_outbox(session: Session) -> None:
    with unit_of_work(session):
        service.send(
            session, to="omar@example.org", template="x", facts={"token": "open-sesame"}, now=NOON
        )

    letter = session.scalars(select(Letter)).one()
    assert "sesame" not in str(letter.facts)
    assert unpack(letter.facts, keys_of(session)) == {"token": "open-sesame"}
