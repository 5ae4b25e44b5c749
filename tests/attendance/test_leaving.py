"""Check-out: by the pass shown once more, in quarter-hours, capped, and confirmed afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from engage.accounts.models import Person
from engage.attendance.models import Attendance, Scan
from engage.ledger.models import Account
from tests.application import Browser
from tests.attendance.door import (
    Door,
    code_of,
    make_citizen,
    make_door,
    make_organiser,
    nonce,
    number,
)
from tests.clock import NOON, Clock
from tests.pages import CheckingClient

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

MINUTE = timedelta(minutes=1)


@pytest.fixture
def door(session: Session) -> Door:
    door = make_door(session)
    door.activity.uses_check_out = True
    session.commit()
    return door


def at(door: Door, rest: str) -> str:
    return f"/organise/occurrences/{door.occurrence.id}{rest}"


def send(app: Flask, door: Door, *events: dict[str, Any]) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {door.token}"}
    reply = app.test_client().post("/api/v1/scans", json={"events": events}, headers=headers)
    assert reply.status_code == 200, reply.text
    results: list[dict[str, Any]] = reply.get_json()["results"]
    return results


def event(door: Door, verb: str, name: str, **more: Any) -> dict[str, Any]:
    here = {"occurrence_id": str(door.occurrence.id)} if "of_nonce" not in more else {}
    return {"type": verb, "nonce": nonce(name), **here, **more}


def one(session: Session, person: Person) -> Attendance:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Attendance).where(Attendance.person_id == person.id)).one()


def balance(session: Session, person: Person) -> int:
    found = session.scalar(select(Account.balance).where(Account.person_id == person.id))
    return int(found or 0)


@pytest.mark.parametrize(
    ("stayed", "minutes"), [(7, 0), (8, 15), (67, 60), (68, 75), (120, 120), (149, 150), (400, 150)]
)
def test_case_6_the_time_present_counts_in_quarter_hours_and_is_capped(
    session: Session, app: Flask, door: Door, clock: Clock, stayed: int, minutes: int
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    came, left = NOON, NOON + stayed * MINUTE
    clock.advance(timedelta(hours=8))

    came_in, went = send(
        app,
        door,
        event(door, "check_in", "in", code=code_of(mina), offline=True, scanned_at=str(came)),
        event(door, "check_out", "out", code=code_of(mina, left), scanned_at=str(left)),
    )

    assert came_in["code"] == "checked_in"
    assert (went["code"], went["minutes"], went["display_name"]) == ("checked_out", minutes, "Mina")
    assert one(session, mina).checked_out_at == left
    assert balance(session, mina) == went["points"]


def test_case_6_a_scanner_lets_people_out_by_pass_by_person_and_by_the_first_scan(
    session: Session, app: Flask, door: Door, clock: Clock
) -> None:
    people = [make_citizen(session, name, door) for name in ("Mina", "Omar", "Lena", "Theo")]
    session.commit()
    mina, omar, lena, theo = people
    names = "abcd"
    for name, person in zip(names, people[:3], strict=False):
        send(app, door, event(door, "check_in", name, code=code_of(person)))
    clock.advance(timedelta(hours=1))
    now = clock.now.isoformat()

    told = send(
        app,
        door,
        event(door, "check_out", "x1", code=code_of(mina, clock.now), scanned_at=now),
        event(door, "check_out", "x2", person=str(omar.id), scanned_at=now),
        event(door, "check_out", "x3", of_nonce=nonce("c"), scanned_at=now),
        event(door, "check_out", "x4", code=code_of(theo, clock.now), scanned_at=now),
        event(door, "check_out", "x5", code=code_of(mina, clock.now), scanned_at=now),
        event(door, "check_out", "x1", code=code_of(mina, clock.now), scanned_at=now),
        event(door, "check_out", "x6", code=f"P{number('Mina')}000000000000", scanned_at=now),
    )

    assert [(line["status"], line["code"]) for line in told] == [
        (200, "checked_out"),
        (200, "checked_out"),
        (200, "checked_out"),
        (409, "not_checked_in"),
        (409, "already_checked_out"),
        (200, "checked_out"),
        (410, "code_expired"),
    ]
    assert told[5]["replayed"]
    assert one(session, lena).minutes == 60


def test_case_21_a_scanner_of_another_organisation_lets_nobody_out(
    session: Session, app: Flask, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    other = make_door(session, "B")
    session.commit()
    send(app, door, event(door, "check_in", "in", code=code_of(mina)))

    foreign = Door(**{**door.__dict__, "token": other.token})
    [told] = send(app, foreign, event(door, "check_out", "out", person=str(mina.id)))

    assert told["code"] == "not_permitted"
    assert one(session, mina).checked_out_at is None


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"code": "X", "person": "0" * 32},
        {"code": "X", "of_nonce": nonce("a")},
        {"person": "nobody"},
    ],
)
def test_case_23_a_check_out_names_one_thing(
    session: Session, app: Flask, door: Door, given: dict[str, Any]
) -> None:
    here = {"occurrence_id": str(door.occurrence.id)}

    [told] = send(app, door, {"type": "check_out", "nonce": nonce("x"), **here, **given})

    assert (told["status"], told["code"]) == (422, "invalid_input")


def test_case_6_an_organiser_scans_who_leaves_and_sees_the_time_that_counts(
    session: Session, app: Flask, door: Door, clock: Clock, client: Browser
) -> None:
    mina, juno = make_citizen(session, "Mina", door), make_organiser(session, "Juno", door)
    session.commit()
    send(app, door, event(door, "check_in", "in", code=code_of(mina)))
    clock.advance(timedelta(minutes=92))
    browser = client(juno)

    assert "1,5 Std." in browser.page(at(door, "/inside")).one("table").text
    browser.page(at(door, "/leave"))
    reply = browser.post(at(door, "/leave"), code=code_of(mina, clock.now), nonce=nonce("OUT"))
    page = browser.page(reply.location)

    assert "Gegangen" in page.one("h1").text
    assert "1,5 Std. zählen" in page.one("main").text
    again = browser.post(at(door, "/leave"), code=code_of(mina, clock.now), nonce=nonce("TWO"))
    assert "Ist schon gegangen" in browser.page(again.location).one("h1").text
    twice = browser.post(at(door, "/leave"), code=code_of(mina, clock.now), nonce=nonce("OUT"))
    assert "Gegangen" in browser.page(twice.location).one("h1").text
    assert session.scalar(select(func.count()).where(Scan.verb == "check_out")) == 2


def upload(browser: CheckingClient, *events: dict[str, Any], status: int = 200) -> Any:
    """As a signed-in person, with the token of a page."""
    sent = {"events": list(events)}
    token = browser.csrf_token()
    return browser.json("POST", "/api/v1/scans", sent, status=status, X_CSRFToken=token)


def test_case_6_an_organiser_lets_people_out_by_the_route_of_the_scanners(
    session: Session, app: Flask, door: Door, clock: Clock, client: Browser
) -> None:
    people = [make_citizen(session, name, door) for name in ("Mina", "Omar", "Lena", "Theo")]
    mina, omar, lena, theo = people
    juno = make_organiser(session, "Juno", door)
    session.commit()
    for name, person in zip("abc", people, strict=False):
        send(app, door, event(door, "check_in", name, code=code_of(person)))
    browser = client(juno)
    mine = {"occurrence_id": str(door.occurrence.id), "nonce": nonce("d"), "code": code_of(theo)}
    token = browser.csrf_token()
    browser.json("POST", "/api/v1/check-ins", mine, status=201, X_CSRFToken=token)
    clock.advance(timedelta(hours=1))
    early = str(NOON + 20 * MINUTE)

    told = upload(
        browser,
        event(door, "check_out", "x1", code=code_of(mina, clock.now), scanned_at=early),
        event(door, "check_out", "x2", person=str(omar.id)),
        event(door, "check_out", "x3", of_nonce=nonce("d")),
        event(door, "check_out", "x4", of_nonce=nonce("a")),
        event(door, "check_out", "x2", person=str(omar.id)),
        event(door, "check_out", "x2", person=str(lena.id)),
        event(door, "check_out", "x5", person=str(omar.id)),
        event(door, "annul", "x6", of_nonce=nonce("d"), reason="x"),
        event(door, "check_out", "x7"),
    )["results"]

    assert [(line["status"], line["code"]) for line in told] == [
        (200, "checked_out"),
        (200, "checked_out"),
        (200, "checked_out"),
        (425, "scan_unknown"),  # that was a scan of the device, not of this organiser
        (200, "checked_out"),
        (422, "nonce_differs"),
        (409, "already_checked_out"),
        (403, "not_permitted"),
        (422, "invalid_input"),
    ]
    assert told[4]["replayed"]
    assert told[5]["field"] == "person"
    assert one(session, mina).minutes == 60  # the server's clock decides, not what was stated
    assert one(session, theo).checked_out_at == clock.now
    assert one(session, lena).checked_out_at is None


def test_case_44_who_may_let_people_out_through_the_api(
    session: Session, app: Flask, door: Door, client: Browser
) -> None:
    mina, other = make_citizen(session, "Mina", door), make_door(session, "B")
    nils = make_organiser(session, "Nils", other)
    kaya = make_organiser(session, "Kaya", door, role="manager")
    session.commit()
    send(app, door, event(door, "check_in", "in", code=code_of(mina)))
    leaving = event(door, "check_out", "out", person=str(mina.id))

    client().json("POST", "/api/v1/scans", {"events": [leaving]}, status=400)  # no page's token
    assert upload(client(), leaving, status=401)["code"] == "not_signed_in"
    assert upload(client(mina), leaving, status=403)["code"] == "not_allowed"
    assert upload(client(kaya, second_factor=False), leaving, status=403)
    [line] = upload(client(nils), leaving)["results"]

    assert (line["status"], line["code"]) == (404, "not_found")
    assert one(session, mina).checked_out_at is None
    [line] = upload(client(kaya), leaving)["results"]
    assert line["code"] == "checked_out"


def test_case_44_a_scanner_page_without_its_pairing_never_acts_as_whoever_is_signed_in(
    session: Session, app: Flask, door: Door, client: Browser
) -> None:
    mina, juno = make_citizen(session, "Mina", door), make_organiser(session, "Juno", door)
    session.commit()
    send(app, door, event(door, "check_in", "in", code=code_of(mina)))
    browser = client(juno)
    given = {
        "occurrence_id": str(door.occurrence.id),
        "nonce": nonce("x"),
        "code": code_of(mina),
    }

    for path, body in (
        ("/api/v1/check-ins", given),
        ("/api/v1/scans", {"events": [event(door, "check_out", "y", person=str(mina.id))]}),
    ):
        token = browser.csrf_token()
        told = browser.json(
            "POST", path, body, status=401, X_CSRFToken=token, X_Engage_Client="scanner"
        )
        assert told["code"] == "not_signed_in"

    assert one(session, mina).checked_out_at is None


def test_chk_8_nobody_lets_themselves_out_through_the_api(
    session: Session, app: Flask, door: Door, client: Browser
) -> None:
    juno = make_organiser(session, "Juno", door)
    session.commit()
    send(app, door, event(door, "check_in", "in", code=code_of(juno)))

    [line] = upload(client(juno), event(door, "check_out", "out", person=str(juno.id)))["results"]

    assert (line["status"], line["code"]) == (403, "own_occurrence")
    assert one(session, juno).checked_out_at is None


def test_chk_8_nobody_lets_themselves_out(
    session: Session, app: Flask, door: Door, client: Browser
) -> None:
    juno = make_organiser(session, "Juno", door)
    session.commit()
    send(app, door, event(door, "check_in", "in", code=code_of(juno)))
    browser = client(juno)

    reply = browser.post(at(door, "/leave"), code=code_of(juno), nonce=nonce("OUT"))
    kept = one(session, juno)
    browser.post(at(door, f"/attendances/{kept.id}/check-out"), status=403)
    times: Any = {f"left-{kept.id}": "14:00"}
    browser.post(at(door, "/inside"), **times)

    assert "Das geht nicht" in browser.page(reply.location).one("h1").text
    assert one(session, juno).checked_out_at is None


def test_case_6_who_never_checked_out_is_listed_and_paid_when_the_organiser_confirms(
    session: Session, app: Flask, door: Door, clock: Clock, client: Browser
) -> None:
    mina, omar = make_citizen(session, "Mina", door), make_citizen(session, "Omar", door)
    juno = make_organiser(session, "Juno", door)
    session.commit()
    for name, person in (("a", mina), ("b", omar)):
        send(app, door, event(door, "check_in", name, code=code_of(person)))
    browser = client(juno)
    clock.advance(timedelta(hours=3))
    assert "2 Personen haben sich nicht abgemeldet" in browser.page(at(door, "")).one("main").text

    page = browser.page(at(door, "/inside"))
    fields = [field for field in page.all("input") if field["type"] == "time"]
    times: Any = {field["name"]: field["value"] for field in fields}
    first = f"left-{one(session, mina).id}"
    assert times == {first: "16:00", f"left-{one(session, omar).id}": "16:00"}
    refused = browser.post(at(door, "/inside"), status=422, **{**times, first: "23:00"})
    assert "Diese Uhrzeit kommt erst noch." in refused.text
    browser.post(at(door, "/inside"), **{**times, first: "15:00"})

    assert (one(session, mina).minutes, one(session, omar).minutes) == (60, 120)
    assert one(session, omar).checked_out_at == door.occurrence.ends_at
    assert balance(session, omar) == 30
    assert "Niemand ist da" in browser.page(at(door, "/inside")).one("main").text
