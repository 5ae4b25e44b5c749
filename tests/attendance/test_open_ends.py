"""Nobody loses points because nobody saw them leave: organisers are asked, then the office."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engage.accounts.models import Person
from engage.attendance import leaving, queries, service
from engage.attendance.checkin import CheckInRequest, DeviceCaller, check_in
from engage.attendance.models import Attendance
from engage.attendance.tasks import _ask, ask_for_check_outs
from engage.core.checkout import Turn
from engage.ledger import queries as ledger
from engage.mail.message import write
from engage.mail.models import Letter
from engage.storage.unit_of_work import run_work
from tests.application import Browser
from tests.attendance.door import (
    Door,
    code_of,
    make_citizen,
    make_door,
    make_organiser,
    nonce,
)
from tests.clock import NOON, Clock

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: The date ends at two o'clock, its door closes at three.
CLOSED = NOON + 3 * HOUR + timedelta(minutes=1)


@pytest.fixture
def door(session: Session) -> Door:
    door = make_door(session)
    door.activity.uses_check_out = True
    session.commit()
    return door


@pytest.fixture
def juno(session: Session, door: Door) -> Person:
    return _with_mail(make_organiser(session, "Juno", door))


@pytest.fixture
def mina(session: Session, door: Door) -> Person:
    """Was checked in, and nobody saw her leave."""
    mina = make_citizen(session, "Mina", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina))
    run_work(session, lambda s: check_in(s, DeviceCaller(door.token), request, now=NOON))
    return mina


def _with_mail(person: Person) -> Person:
    person.email, person.email_confirmed_at = f"{person.display_name}@example.org", NOON
    return person


def asked(session: Session) -> list[Letter]:
    session.rollback()
    letters = select(Letter).where(Letter.template == "check_outs_missing")
    return list(session.scalars(letters.order_by(Letter.created_at)))


def test_chk_25_organisers_are_asked_once_a_day_from_the_close_of_the_door_for_14_days(
    session: Session, door: Door, juno: Person, mina: Person
) -> None:
    for hour in range(24 * 20):
        ask_for_check_outs(session, NOON + timedelta(hours=hour, minutes=1))

    sent = [letter.created_at for letter in asked(session)]
    assert sent[0] == CLOSED
    assert {later - earlier for earlier, later in pairwise(sent)} == {DAY}
    assert len(sent) == 14
    assert {letter.person_id for letter in asked(session)} == {juno.id}


def test_chk_25_two_workers_write_one_letter(
    session: Session, door: Door, juno: Person, mina: Person
) -> None:
    run_work(session, lambda s: _ask(s, door.organisation.id, CLOSED))
    run_work(session, lambda s: _ask(s, door.organisation.id, CLOSED))

    assert len(asked(session)) == 1


def test_chk_8_chk_25_whoever_closes_the_day_waits_for_somebody_else_like_everybody(
    session: Session, door: Door, juno: Person, mina: Person
) -> None:
    kaya = _with_mail(make_organiser(session, "Kaya", door, role="manager"))
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce("J"), code=code_of(juno))
    run_work(session, lambda s: check_in(s, DeviceCaller(door.token), request, now=NOON))

    run_work(
        session,
        lambda s: service.close(
            s, door.occurrence.id, head_count=None, actor_id=juno.id, now=CLOSED
        ),
    )
    ask_for_check_outs(session, CLOSED)

    left = select(Attendance.person_id).where(Attendance.checked_out_at.is_not(None))
    assert list(session.scalars(left)) == [mina.id]
    assert [letter.person_id for letter in asked(session)] == [kaya.id]


@pytest.mark.parametrize("how", ["confirmed", "closed", "annulled", "cancelled", "suspended"])
def test_chk_25_nobody_is_asked_where_nothing_waits(
    session: Session, door: Door, juno: Person, mina: Person, how: str
) -> None:
    kept = session.scalars(select(Attendance)).one()
    if how == "confirmed":
        left = {kept.id: NOON + HOUR}
        here = door.occurrence.id
        run_work(
            session,
            lambda s: leaving.confirm_left(s, here, left, actor_id=juno.id, now=CLOSED),
        )
        assert len(ledger.list_movements(session, mina.id)) == 1
    elif how == "closed":
        run_work(
            session,
            lambda s: service.close(
                s, door.occurrence.id, head_count=None, actor_id=juno.id, now=CLOSED
            ),
        )
    elif how == "annulled":
        kept.annulled_at = CLOSED
    elif how == "cancelled":
        door.occurrence.status = "cancelled"
    else:
        door.organisation.status = "suspended"
    session.commit()

    assert ask_for_check_outs(session, CLOSED + DAY) == 0
    assert asked(session) == []


def test_chk_25_where_nobody_checks_out_nobody_is_asked(
    session: Session, door: Door, juno: Person, mina: Person
) -> None:
    door.activity.uses_check_out = False
    session.commit()

    assert ask_for_check_outs(session, CLOSED) == 0


@pytest.mark.parametrize(("language", "says"), [("de", "1 Person"), ("en", "1 person")])
def test_chk_25_the_letter_names_the_date_and_leads_to_the_list(  # noqa: PLR0913  # one row
    session: Session, app: Flask, door: Door, juno: Person, mina: Person, language: str, says: str
) -> None:
    juno.language = language
    session.commit()
    ask_for_check_outs(session, CLOSED)

    with app.app_context():
        written = write(asked(session)[0], session)

    assert says in written.subject
    assert "Beete anlegen" in written.text
    assert f"/organise/occurrences/{door.occurrence.id}/inside" in written.text
    assert "Mina" not in written.text  # a mail is read by more people than a page


def test_chk_25_after_14_days_it_is_the_offices_turn_and_the_organiser_can_still_answer(  # noqa: PLR0913  # the cast
    session: Session,
    door: Door,
    juno: Person,
    mina: Person,
    ada: Person,
    clock: Clock,
    client: Browser,
) -> None:
    browser = client(ada)
    clock.advance(13 * DAY)
    assert "sich nie abgemeldet" not in browser.page("/office").one("main").text

    clock.advance(2 * DAY)

    assert "sich nie abgemeldet" in browser.page("/office").one("main").text
    listed = browser.page("/office/unanswered").one("main").text
    assert "Beete anlegen" in listed
    assert door.organisation.name in listed
    left = {session.scalars(select(Attendance.id)).one(): NOON + HOUR}
    here = door.occurrence.id
    run_work(
        session,
        lambda s: leaving.confirm_left(s, here, left, actor_id=juno.id, now=clock.now),
    )
    assert queries.list_open_ends(session, clock.now, Turn.OFFICE) == []
    assert "sich nie abgemeldet" not in browser.page("/office").one("main").text


def test_chk_25_the_citizen_sees_who_has_to_act(
    session: Session, door: Door, mina: Person, clock: Clock, client: Browser
) -> None:
    browser, kept = client(mina), session.scalars(select(Attendance.id)).one()
    clock.advance(HOUR)
    assert "Wartet auf die Organisation" not in browser.page("/me/attendances").one("main").text

    clock.advance(2 * HOUR)

    assert "Wartet auf die Organisation" in browser.page("/me/attendances").one("main").text
    told = browser.page(f"/me/attendances/{kept}").one("main").text
    assert "Wartet auf die Organisation" in told
    assert "Sie wurden nicht abgemeldet." in told
