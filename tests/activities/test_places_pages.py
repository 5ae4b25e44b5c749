"""The buttons of a citizen: get a place, give it back, take an offer, keep a calendar."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities import service
from engage.activities.models import Favourite, Occurrence
from engage.storage.unit_of_work import run_work
from tests.clock import NOON, Clock
from tests.factories import activities as make

if TYPE_CHECKING:
    from engage.accounts.models import Person
    from engage.activities.models import Activity
    from tests.application import Browser

SOON = NOON + timedelta(days=2)


@pytest.fixture
def date(session: Session, activity: Activity, mina: Person) -> Occurrence:
    """Two places, Mina has one."""
    return make.occurrence(session, activity, starts_at=SOON, places=[mina], capacity=2)


def test_omar_gets_a_place_with_one_button(client: Browser, date: Occurrence, omar: Person) -> None:
    browser = client(omar)

    reply = browser.post(f"/dates/{date.id}/register")

    page = browser.follow(reply).text
    assert "Sie haben einen Platz." in page
    assert "Platz zurückgeben" in page


def test_a_second_click_is_friendly(client: Browser, date: Occurrence, mina: Person) -> None:
    browser = client(mina)

    reply = browser.post(f"/dates/{date.id}/register")

    assert "Sie haben für diesen Termin schon einen Platz." in browser.follow(reply).text


def test_a_full_date_offers_the_waiting_list(
    client: Browser, session: Session, date: Occurrence, omar: Person
) -> None:
    date.capacity = 1
    session.commit()
    browser = client(omar)
    assert "Auf die Warteliste" in browser.get(f"/activities/{date.activity_id}").text

    reply = browser.post(f"/dates/{date.id}/register")

    assert "Nummer 1 auf der Warteliste" in browser.follow(reply).text


def test_a_full_date_without_a_waiting_list_refuses_in_words(
    client: Browser, session: Session, date: Occurrence, omar: Person
) -> None:
    date.capacity, date.has_waiting_list = 1, False
    session.commit()
    browser = client(omar)
    assert (
        "Alle Plätze dieses Termins sind vergeben"
        in browser.get(f"/activities/{date.activity_id}").text
    )

    reply = browser.post(f"/dates/{date.id}/register", status=409)

    assert "registration_full" in reply.text


def test_mina_gives_her_place_back(client: Browser, date: Occurrence, mina: Person) -> None:
    browser = client(mina)

    reply = browser.post(f"/dates/{date.id}/leave")

    assert "Ihr Platz ist jetzt für jemand anderen frei." in browser.follow(reply).text
    assert "Ihre erste Schicht wartet" in browser.get("/me/registrations").text


def test_strangers_are_asked_to_sign_in_and_a_get_changes_nothing(
    client: Browser, date: Occurrence
) -> None:
    client().post(f"/dates/{date.id}/register", status=303)
    for verb in ("register", "leave", "take"):
        client().get(f"/dates/{date.id}/{verb}", status=405)
    assert f"next=/activities/{date.activity_id}" in client().get(
        f"/activities/{date.activity_id}"
    ).text.replace("%2F", "/")


def test_my_dates_show_what_is_ahead_and_what_is_over(
    client: Browser, session: Session, activity: Activity, date: Occurrence, mina: Person
) -> None:
    make.occurrence(session, activity, starts_at=NOON - timedelta(days=3), places=[mina])

    page = client(mina).page("/me/registrations")

    assert page.all("h2")[0].text == "Clean the river bank"
    assert "Vorbei" in page.text


def test_an_offered_place_is_taken_by_the_link_alone_and_once(
    client: Browser, session: Session, date: Occurrence, mina: Person, omar: Person, clock: Clock
) -> None:
    from engage.accounts import links
    from engage.activities.queries import find_registration

    date.capacity = 1
    session.commit()
    run_work(session, lambda s: service.register(s, date.id, omar.id, now=NOON))
    clock.now = SOON - timedelta(hours=5)
    run_work(session, lambda s: service.leave(s, date.id, mina.id, now=clock.now))
    token = run_work(
        session,
        lambda s: links.make_link(
            s,
            service.TAKE_PLACE,
            now=clock.now,
            person_id=omar.id,
            subject_id=date.id,
            lifetime=timedelta(hours=2),
        ),
    )
    assert "Ein Platz ist frei für Sie" in client().get(f"/places/{token}").text

    client().post(f"/places/{token}")

    session.rollback()
    found = find_registration(session, date.id, omar.id)
    assert found is not None
    assert found.state == "registered"
    client().post(f"/places/{token}", status=410)
    client().get("/places/anything", status=404)


def test_a_date_can_be_kept_as_a_file(client: Browser, date: Occurrence) -> None:
    reply = client().get(f"/dates/{date.id}.ics")

    calendar = Calendar.from_ical(reply.data)
    [event] = calendar.walk("VEVENT")
    assert reply.mimetype == "text/calendar"
    assert str(event["SUMMARY"]) == "Clean the river bank"
    assert event.decoded("DTSTART") == SOON
    assert str(event.decoded("DTSTART").tzinfo) == "Europe/Berlin"
    assert calendar.walk("VTIMEZONE")


def test_a_secret_address_shows_the_own_dates_until_it_is_closed(
    client: Browser, date: Occurrence, mina: Person
) -> None:
    browser = client(mina)
    browser.post("/me/calendar")
    found = re.search(r"/calendar/[\w-]+\.ics", browser.get("/me/registrations").text)
    assert found is not None

    calendar = Calendar.from_ical(client().get(found[0]).data)

    assert [str(one["SUMMARY"]) for one in calendar.walk("VEVENT")] == ["Clean the river bank"]
    browser.post("/me/calendar/close")
    client().get(found[0], status=404)


def test_favourites_are_kept_once_and_found_again(
    client: Browser, session: Session, date: Occurrence, omar: Person
) -> None:
    browser = client(omar)

    for _click in range(2):
        browser.post(f"/activities/{date.activity_id}/favourite")

    assert len(session.scalars(select(Favourite)).all()) == 1
    assert "Clean the river bank" in browser.get("/activities?favourites=1").text
    browser.post(f"/activities/{date.activity_id}/favourite/remove")
    assert "Clean the river bank" not in browser.get("/activities?favourites=1").text
