"""The organiser's way from an idea to a published offer, and what happens to its dates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence
from engage.mail.models import Letter
from engage.organisations.models import Budget
from tests.clock import NOON
from tests.factories import activities as make
from tests.factories.people import person

if TYPE_CHECKING:
    from engage.accounts.models import Person
    from engage.organisations.models import Organisation
    from tests.application import Browser

SOON = NOON + timedelta(days=2)
WHAT: dict[str, Any] = {
    "title": "Beete anlegen",
    "description": "Wir bauen Hochbeete.\r\n\r\nAm Ende gibt es Suppe.",
    "kind": "volunteering",
    "format": "shift",
    "category": "nature",
}
WHEN: dict[str, Any] = {
    "day": "2030-05-06",
    "starts": "10:00",
    "ends": "13:00",
    "place": "Garten",
    "address": "Wiesenkamp 1",
    "district_code": "scharnhorst",
    "capacity": "20",
    "has_waiting_list": "y",
    "walk_ins": "y",
    "repeat": "once",
}


STORM: dict[str, Any] = {"cancel-reason": "Sturm"}


def offer(session: Session) -> Activity:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Activity).order_by(Activity.id.desc())).first()  # type: ignore[return-value]  # the test made one


def dates(session: Session) -> list[Occurrence]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Occurrence).order_by(Occurrence.starts_at)))


def test_juno_offers_something_in_four_steps(
    client: Browser, session: Session, organisation: Organisation, juno: Person
) -> None:
    browser, base = client(juno), f"/organise/{organisation.slug}/activities"
    browser.get(f"{base}/new")
    reply = browser.post(f"{base}/new", **WHAT)
    browser.follow(reply)
    own = f"{base}/{offer(session).id}"

    browser.follow(browser.post(f"{own}/when", **WHEN))
    browser.get(f"{own}/people")
    browser.follow(
        browser.post(
            f"{own}/people",
            rule="flat",
            points="25",
            minimum_age="16",
            step_free="y",
            bring="Schuhe",
        )
    )
    reply = browser.post(f"{own}/publish")

    assert "Veröffentlicht" in browser.follow(reply).text
    made, [date] = offer(session), dates(session)
    assert (made.status, made.points_rule, made.step_free) == (
        "published",
        {"kind": "flat", "points": 25},
        True,
    )
    assert made.description == "Wir bauen Hochbeete.\n\nAm Ende gibt es Suppe."
    assert (date.starts_at.hour, date.ends_at.hour, date.capacity) == (8, 11, 20)
    assert date.budget_points == 500
    assert "Beete anlegen" in client().get("/activities").text
    for page in ("what", "when", "people", "check"):
        browser.get(f"{own}/{page}")
    assert "Beete anlegen" in browser.get(base).text
    assert "Beete anlegen" in browser.get(f"/organise/{organisation.slug}").text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends": "09:00"}, "Das Ende (09:00) liegt vor dem Anfang (10:00)."),
        ({"place": ""}, "Bitte füllen Sie dieses Feld aus."),
        ({"capacity": ""}, "sagen Sie bitte, wie viele Menschen Sie erwarten"),
        ({"repeat": "expert", "rrule": "EVERY DAY"}, "Diese Regel geht nicht"),
        ({"repeat": "weeks"}, "Bitte füllen Sie dieses Feld aus."),
        ({"repeat": "weekly", "until": "2030-05-01"}, "Der letzte Tag liegt vor dem ersten."),
        ({"day": "gestern"}, "day-error"),
        ({"capacity": "viele"}, "capacity-error"),
    ],
)
def test_a_wrong_date_is_said_beside_its_field(
    client: Browser,
    activity: Activity,
    organisation: Organisation,
    juno: Person,
    wrong: dict[str, Any],
    words: str,
) -> None:
    url = f"/organise/{organisation.slug}/activities/{activity.id}/when"

    page = client(juno).post(url, status=422, **{**WHEN, **wrong}).text

    assert words in page
    assert "Wiesenkamp 1" in page


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({"repeat": "weekly", "count": "3"}, ["06.05.", "13.05.", "20.05."]),
        ({"repeat": "weeks", "every": "2", "until": "2030-05-31"}, ["06.05.", "20.05."]),
        ({"repeat": "monthly", "count": "2"}, ["06.05.", "03.06."]),
        (
            {"repeat": "expert", "rrule": "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3"},
            ["06.05.", "08.05.", "13.05."],
        ),
    ],
)
def test_a_series_makes_its_dates(
    client: Browser,
    session: Session,
    organisation: Organisation,
    juno: Person,
    said: dict[str, Any],
    days: list[str],
) -> None:
    draft = make.activity(session, organisation, status="draft")
    url = f"/organise/{organisation.slug}/activities/{draft.id}/when"

    client(juno).post(url, **{**WHEN, **said})

    assert [f"{one.starts_at:%d.%m.}" for one in dates(session)] == days


def test_a_series_without_an_end_is_made_8_weeks_ahead(
    client: Browser, session: Session, organisation: Organisation, juno: Person
) -> None:
    draft = make.activity(session, organisation, status="draft")
    url = f"/organise/{organisation.slug}/activities/{draft.id}"

    client(juno).post(f"{url}/when", **{**WHEN, "repeat": "weekly"})
    client(juno).post(f"{url}/publish")

    assert len(dates(session)) == 8
    budget = session.scalars(select(Budget)).one()
    assert budget.reserved == 8 * 20 * 30


def test_act_13_nothing_is_published_without_a_date_ahead(
    client: Browser, session: Session, organisation: Organisation, juno: Person
) -> None:
    draft = make.activity(session, organisation, status="draft")
    make.occurrence(session, draft, starts_at=NOON - timedelta(days=1))
    url = f"/organise/{organisation.slug}/activities/{draft.id}/publish"

    page = client(juno).post(url, status=409)

    assert "Es gibt noch keinen Termin." in page.text


def test_publishing_is_refused_in_words(
    client: Browser, session: Session, organisation: Organisation, juno: Person
) -> None:
    draft = make.activity(session, organisation, status="draft")
    url = f"/organise/{organisation.slug}/activities/{draft.id}/publish"
    browser = client(juno)
    make.occurrence(session, draft, starts_at=SOON, capacity=90_000)

    assert "Der Organisation fehlen dafür" in browser.post(url, status=409).text

    organisation.status = "pending"
    session.commit()
    assert "noch nicht" in browser.post(url, status=403).text
    assert offer(session).status == "draft"
    assert session.scalars(select(Budget.reserved)).one() == 0


def test_a_moved_date_is_told_to_everybody(
    client: Browser, session: Session, activity: Activity, juno: Person, organisation: Organisation
) -> None:
    people = [person(session, f"P{number}") for number in range(3)]
    date = make.occurrence(session, activity, starts_at=SOON, places=people)
    url = f"/organise/{organisation.slug}/dates/{date.id}"
    browser = client(juno)
    browser.get(url)

    reply = browser.post(url, **_changed(reason="Regen"))

    assert "3 Personen werden benachrichtigt." in browser.follow(reply).text
    assert session.scalars(select(Letter.template)).all() == ["date_changed"] * 3
    assert dates(session)[0].place == "Halle"


def test_more_places_alone_are_told_to_nobody_and_let_people_move_up(
    client: Browser, session: Session, activity: Activity, juno: Person, organisation: Organisation
) -> None:
    date = make.occurrence(
        session, activity, starts_at=SOON, places=[person(session, "Ines")], capacity=1
    )
    same = {"place": date.place, "starts": "14:00", "ends": "16:00", "address": ""}
    url = f"/organise/{organisation.slug}/dates/{date.id}"

    client(juno).post(url, **_changed(**same, capacity="5", reason=""))

    assert session.scalars(select(Letter)).all() == []
    assert dates(session)[0].capacity == 5


def _changed(**said: Any) -> dict[str, Any]:
    given = {**WHEN, "day": "2030-05-06", "place": "Halle", **said}
    return {name: value for name, value in given.items() if name != "repeat"}


def test_fewer_places_than_given_are_refused(
    client: Browser, session: Session, activity: Activity, juno: Person, organisation: Organisation
) -> None:
    people = [person(session, f"P{number}") for number in range(3)]
    date = make.occurrence(session, activity, starts_at=SOON, places=people)
    url = f"/organise/{organisation.slug}/dates/{date.id}"

    page = client(juno).post(url, status=422, **_changed(capacity="2")).text

    assert "Es haben schon 3 Personen einen Platz." in page


def test_a_cancelled_date_is_told_with_its_reason_and_its_points_return(
    client: Browser, session: Session, organisation: Organisation, juno: Person, mina: Person
) -> None:
    draft = make.activity(session, organisation, status="draft")
    date = make.occurrence(session, draft, starts_at=SOON, places=[mina])
    browser, slug = client(juno), organisation.slug
    browser.post(f"/organise/{slug}/activities/{draft.id}/publish")
    assert session.scalars(select(Budget.reserved)).one() == 300
    url = f"/organise/{slug}/dates/{date.id}"
    assert "Bitte füllen Sie dieses Feld aus." in browser.post(f"{url}/cancel", status=422).text

    browser.post(f"{url}/cancel", **STORM)

    session.rollback()
    [letter] = session.scalars(select(Letter)).all()
    assert (letter.template, letter.facts["reason"]) == ("date_cancelled", "Sturm")
    assert session.scalars(select(Budget.reserved)).one() == 0
    assert "Sturm" in client(mina).get("/me/registrations").text
    browser.get(url)
    browser.post(f"{url}/cancel", status=409, **STORM)


def test_act_14_a_published_offer_goes_back_to_draft_only_while_nobody_has_a_place(
    client: Browser, session: Session, activity: Activity, juno: Person, organisation: Organisation
) -> None:
    make.occurrence(session, activity, starts_at=SOON)
    url = f"/organise/{organisation.slug}/activities/{activity.id}"
    browser = client(juno)

    browser.post(f"{url}/take-back")
    assert offer(session).status == "draft"
    session.rollback()
    browser.post(f"{url}/publish")
    make.occurrence(session, activity, starts_at=SOON, places=[person(session, "Ines")])

    browser.post(f"{url}/take-back", status=409)
    assert offer(session).status == "published"


def test_copy_archive_take_up_and_throw_away(
    client: Browser, session: Session, activity: Activity, juno: Person, organisation: Organisation
) -> None:
    base = f"/organise/{organisation.slug}/activities"
    browser = client(juno)

    browser.post(f"{base}/{activity.id}/copy")
    copied = offer(session)
    assert (copied.title, copied.status) == (activity.title, "draft")
    browser.post(f"{base}/{copied.id}/remove")
    browser.post(f"{base}/{activity.id}/archive", status=422, reason="")
    browser.post(f"{base}/{activity.id}/archive", reason="Season is over")
    assert offer(session).status == "archived"
    browser.post(f"{base}/{activity.id}/take-up")
    assert offer(session).status == "draft"


def test_the_list_of_people_shows_names_and_lets_take_one_off(
    client: Browser,
    session: Session,
    activity: Activity,
    juno: Person,
    mina: Person,
    organisation: Organisation,
) -> None:
    date = make.occurrence(session, activity, starts_at=SOON, places=[mina])
    url = f"/organise/{organisation.slug}/dates/{date.id}/people"
    browser = client(juno)
    page = browser.get(url).text
    assert "Mina" in page
    assert "mina@example.org" not in page

    browser.post(f"{url}/{mina.id}/remove", reason="Doppelt")

    assert "Noch niemand angemeldet" in browser.get(url).text
    assert session.scalars(select(Letter.template)).all() == ["place_withdrawn"]


def test_points_of_an_offer_stay_within_the_policy(
    client: Browser, activity: Activity, juno: Person, organisation: Organisation
) -> None:
    url = f"/organise/{organisation.slug}/activities/{activity.id}/people"
    browser = client(juno)

    assert "Höchstens 100" in browser.post(url, status=422, rule="flat", points="101").text
    browser.post(url, status=422, rule="bands", first_hours="2")
    browser.post(
        url,
        rule="bands",
        first_hours="2",
        first_points="10",
        second_hours="4",
        second_points="20",
        last_points="30",
    )
    assert 'value="20"' in browser.get(url).text


def test_offers_of_others_are_not_there(
    client: Browser, session: Session, activity: Activity, omar: Person, organisation: Organisation
) -> None:
    date = make.occurrence(session, activity, starts_at=SOON)
    base = f"/organise/{organisation.slug}"
    browser = client(omar)

    for page in (f"dates/{date.id}", f"dates/{date.id}/people", f"activities/{activity.id}/check"):
        browser.get(f"{base}/{page}", status=404)
    for verb in ("publish", "take-back", "copy", "archive", "remove", "take-up"):
        browser.post(f"{base}/activities/{activity.id}/{verb}", status=404, reason="x")
        browser.get(f"{base}/activities/{activity.id}/{verb}", status=405)
