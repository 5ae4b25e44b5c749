"""The office sees who tries codes and how much is slowed down; nobody's name or code with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.activities.models import Occurrence
from engage.core import codes
from engage.office import guesses
from engage.partners.models import Partner
from tests.application import Browser
from tests.attendance.door import nonce
from tests.clock import NOON, Clock
from tests.factories import people

WRONG = 12


@pytest.fixture
def guessed(
    client: Browser, juno: Person, vera: Person, occurrence: Occurrence, partner: Partner
) -> None:
    """Juno mistypes four codes; at Vera's till somebody tries different ones until it is paused."""
    door, till = client(juno), client(vera)
    at_door = f"/organise/occurrences/{occurrence.id}/scan"
    for number in range(4):
        code = f"P{number:08}ABCDEFGHJKLM"
        door.post(at_door, code=code, nonce=nonce(f"DOOR{number:02}"))
    for number in range(WRONG):
        code = codes.make_typed(codes.CodeType.REDEMPTION, bytes([number] * 5)).text
        over = number >= 10
        till.post(
            f"/partner/{partner.slug}/till",
            code=code,
            nonce=nonce(f"TILL{number:02}"),
            status=429 if over else 303,
        )


def test_fai_8_the_office_sees_who_was_stopped_and_not_who_mistyped(
    client: Browser, session: Session, ada: Person, vera: Person, partner: Partner, guessed: None
) -> None:
    desk = client(ada)

    page = desk.page("/office/guesses").text

    [one] = guesses.list_callers(session, NOON)
    assert (one.kind, one.name, one.body) == ("member", vera.display_name, partner.name)
    assert (one.wrong, one.most, one.limit, one.was_stopped) == (10, 10, 10, True)
    assert "wurde angehalten" in page
    assert "10 von 10" in page
    assert "Wegen falscher Codes angehalten" in desk.page("/office").text


def test_fai_8_it_is_news_for_a_week_and_kept_for_thirty_days(
    client: Browser, session: Session, ada: Person, guessed: None, clock: Clock
) -> None:
    clock.advance(timedelta(days=8))
    assert "Wegen falscher Codes angehalten" not in client(ada).page("/office").text
    assert len(guesses.list_callers(session, NOON + timedelta(days=29))) == 1
    assert guesses.list_callers(session, NOON + timedelta(days=31)) == []


def test_fai_8_pauses_are_counted_without_a_name(
    client: Browser, session: Session, mina: Person, ada: Person, clock: Clock
) -> None:
    people.card(session, mina)
    session.execute(update(Pass).values(pin_hash="x", pin_locked_until=NOON, pin_failures=10))
    session.commit()
    for _ in range(5):
        client().post("/sign-in", name=mina.email, password="not this one", status=422)

    before = guesses.count_pauses(session, NOON - timedelta(minutes=1))
    paused = guesses.count_pauses(session, NOON)

    assert (paused.passwords, paused.pins, paused.pins_to_renew) == (1, 0, 1)
    assert (before.pins, paused.second_factors) == (1, 0)
    page = client(ada).page("/office/guesses").text
    assert str(mina.email) not in page
    assert mina.display_name not in page
    assert guesses.count_pauses(session, NOON + timedelta(hours=2)).passwords == 0


def test_a_citizen_who_tries_codes_has_no_name_here(
    client: Browser, session: Session, mina: Person, ada: Person
) -> None:
    browser = client(mina)
    for number in range(6):
        browser.post("/check-in/short", short=f"00000{number}", status=404)

    [one] = guesses.list_callers(session, NOON)

    assert (one.kind, one.name, one.wrong, one.was_stopped) == ("citizen", "", 6, False)
    page = client(ada).page("/office/guesses").text
    assert "Konto einer Person" in page
    assert mina.display_name not in page
