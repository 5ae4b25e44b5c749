"""The offline roster: everybody of a date, readable only pass by pass."""

from __future__ import annotations

import gzip
import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, insert, select

from engage.accounts.models import DataRead, Pass, Person
from engage.activities.models import Registration
from engage.activities.service import registration
from engage.attendance.models import Attendance
from engage.devices import service as devices
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.attendance.door import (
    Door,
    code_of,
    make_citizen,
    make_door,
    make_organiser,
    nonce,
    number,
)
from tests.attendance.rosters import ask, decode, name_in, read, row_of, search_too, state_of
from tests.clock import NOON, Clock

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session


def test_case_48_a_device_with_only_scan_holds_no_readable_name(
    session: Session, browser: FlaskClient, door: Door
) -> None:
    make_citizen(session, "Mina", door)
    session.commit()

    reply = ask(browser, door)

    roster = reply.get_json()
    assert "Mina" not in reply.text
    assert "people" not in roster
    assert name_in(roster, number("Mina")) == "Mina"


def test_case_48_a_device_that_may_search_lists_people_and_the_look_is_noted(
    session: Session, browser: FlaskClient, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    search_too(session, door, make_organiser(session, "Juno", door))

    roster = read(browser, door)

    assert roster["people"] == [[str(mina.id), "Mina", "registered", None]]
    noted = session.execute(select(DataRead.what, DataRead.person_id)).all()
    assert noted == [("door", None)]


def test_a_roster_tells_the_scanner_all_it_needs_of_the_date(
    session: Session, browser: FlaskClient, door: Door
) -> None:
    session.commit()

    roster = read(browser, door)

    assert roster["occurrence"] == {
        "id": str(door.occurrence.id),
        "title": "Beete anlegen",
        "starts_at": "2030-05-04T12:00:00Z",
        "ends_at": "2030-05-04T14:00:00Z",
        "opens_at": "2030-05-04T11:00:00Z",
        "closes_at": "2030-05-04T15:00:00Z",
        "timezone": "Europe/Berlin",
        "place": "",
        "status": "scheduled",
        "walk_ins": True,
        "capacity": 50,
        "minimum_age": 0,
        "points": 30,
        "uses_check_out": False,
    }
    assert roster["server_time"] == "2030-05-04T12:00:00Z"
    assert roster["drop_at"] == "2030-05-05T14:00:00Z"
    assert len(decode(roster["salt"])) == 16


def test_two_passes_of_one_person_are_known_as_one_and_a_revoked_one_is_gone(
    session: Session, browser: FlaskClient, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    omar = make_citizen(session, "Omar", door)
    for serial, revoked in (("M1NACARD", None), ("M1NALOST", NOON)):
        session.add(
            Pass(
                person_id=mina.id,
                kind="K",
                number=serial,
                secret_hash="x",
                created_at=NOON,
                revoked_at=revoked,
            )
        )
    session.commit()

    roster = read(browser, door)

    phone, card = row_of(roster, number("Mina")), row_of(roster, "M1NACARD")
    lost, other = row_of(roster, "M1NALOST"), row_of(roster, number("Omar"))
    assert phone
    assert card
    assert lost
    assert other
    assert phone[3] == card[3] == lost[3] != other[3]
    assert (phone[2], card[2], lost[1:3]) == ("registered", "registered", ["", "gone"])
    assert omar.display_name == name_in(roster, number("Omar"))


def test_changes_since_a_counter_hold_who_came_who_moved_up_and_who_is_gone(
    session: Session, browser: FlaskClient, clock: Clock
) -> None:
    starts = NOON + timedelta(hours=14)
    door = make_door(session, starts_at=starts, ends_at=starts + timedelta(hours=2))
    for name in ("Mina", "Omar", "Lena"):
        make_citizen(session, name, door)
    door.occurrence.capacity = 3
    waits = make_citizen(session, "Theo")
    session.commit()
    at, theo = door.occurrence.id, waits.id
    run_work(session, lambda s: registration.register(s, at, theo, now=clock.now))
    clock.advance(timedelta(minutes=5))
    whole = read(browser, door)
    assert state_of(whole, number("Theo")) == "waitlisted"
    clock.advance(timedelta(minutes=5))

    nothing = read(browser, door, whole["counter"])
    lena = find(session, "Lena").id
    run_work(session, lambda s: registration.leave(s, at, lena, now=clock.now))
    clock.advance(timedelta(hours=13))
    browser.post(
        "/api/v1/check-ins",
        json={
            "occurrence_id": str(at),
            "nonce": nonce(),
            "code": code_of(find(session, "Mina"), clock.now),
        },
        headers={"Authorization": f"Bearer {door.token}"},
    )
    changed = read(browser, door, nothing["counter"])

    assert nothing["passes"] == []
    assert whole["counter"] < nothing["counter"] < changed["counter"] < 2**53
    assert {name: state_of(changed, number(name)) for name in ("Mina", "Omar", "Lena", "Theo")} == {
        "Mina": "in",
        "Omar": "",
        "Lena": "gone",
        "Theo": "registered",
    }
    mina = row_of(changed, number("Mina"))
    assert mina
    assert mina[4] == "2030-05-05T01:10:00Z"


def test_an_annulled_walk_in_and_a_new_phone_come_with_the_changes(
    session: Session, browser: FlaskClient, door: Door, clock: Clock
) -> None:
    omar = make_citizen(session, "Omar")
    mina = make_citizen(session, "Mina", door)
    session.commit()
    headers = {"Authorization": f"Bearer {door.token}"}
    body = {"occurrence_id": str(door.occurrence.id), "nonce": nonce(), "code": code_of(omar)}
    made = browser.post("/api/v1/check-ins", json=body, headers=headers).get_json()
    before = read(browser, door)
    assert state_of(before, number("Omar")) == "in"
    clock.advance(timedelta(minutes=2))
    why = {"nonce": nonce(), "reason": "The wrong person"}
    browser.post(f"/api/v1/check-ins/{made['id']}/annul", json=why, headers=headers)
    session.add(
        Pass(person_id=mina.id, kind="K", number="NEWCARD0", secret_hash="x", created_at=clock.now)
    )
    session.commit()

    changed = read(browser, door, before["counter"])

    assert state_of(changed, number("Omar")) == "gone"
    assert state_of(changed, "NEWCARD0") == "registered"


def test_a_day_after_the_end_nobody_is_listed_any_more(
    session: Session, browser: FlaskClient, door: Door, clock: Clock
) -> None:
    make_citizen(session, "Mina", door)
    search_too(session, door, make_organiser(session, "Juno", door))
    clock.advance(timedelta(hours=26))

    roster = read(browser, door)

    assert (roster["passes"], roster["people"]) == ([], [])


def test_case_21_only_devices_of_this_date_get_its_roster(
    session: Session, browser: FlaskClient, door: Door
) -> None:
    other = make_door(session, "B")
    other.occurrence, here = door.occurrence, door.occurrence
    session.commit()
    assert ask(browser, other).get_json()["code"] == "not_permitted"
    devices.limit_to(session, door.device, [])
    session.commit()

    refused = ask(browser, door)
    stranger = browser.get(f"/api/v1/occurrences/{here.id}/roster")
    devices.revoke(door.device, now=NOON)
    session.commit()

    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_permitted")
    assert stranger.status_code == 401
    assert ask(browser, door).get_json()["code"] == "device_revoked"


@pytest.mark.parametrize("since", ["-5", "x", "9" * 30, str(2**53)])
def test_case_23_a_counter_that_nobody_gave_out_gives_the_whole_roster(
    session: Session, browser: FlaskClient, door: Door, since: str
) -> None:
    make_citizen(session, "Mina", door)
    session.commit()

    reply = ask(browser, door, since)  # type: ignore[arg-type]  # on purpose

    assert state_of(reply.get_json(), number("Mina")) == "registered"


def find(session: Session, name: str) -> Person:
    return session.scalars(select(Person).where(Person.display_name == name)).one()


def fill(session: Session, door: Door, count: int) -> None:
    """So many registered people with a phone each; every fourth is in."""
    people = [
        {"id": new_id(), "display_name": f"Person {one:04d}", "created_at": NOON, "is_adult": True}
        for one in range(count)
    ]
    session.execute(insert(Person), people)
    session.execute(
        insert(Pass),
        [
            {"id": new_id(), "person_id": one["id"], "kind": "P", "number": f"{index:08d}",
             "secret": "x", "created_at": NOON}
            for index, one in enumerate(people)
        ],
    )  # fmt: skip
    session.execute(
        insert(Registration),
        [
            {"id": new_id(), "occurrence_id": door.occurrence.id, "person_id": one["id"],
             "state": "registered", "made_at": NOON}
            for one in people
        ],
    )  # fmt: skip
    session.execute(
        insert(Attendance),
        [
            {"id": new_id(), "occurrence_id": door.occurrence.id, "person_id": one["id"],
             "kind": "volunteering", "way": "scanned", "checked_in_at": NOON, "received_at": NOON,
             "starts_at": NOON, "ends_at": NOON + timedelta(hours=2), "minutes": 120,
             "work_on": NOON.date(), "points": 1, "credited": 1}
            for one in people[::4]
        ],
    )  # fmt: skip
    session.commit()


def test_a_roster_of_2000_people_stays_under_300_kilobytes_and_a_second(
    app: Flask, session: Session, browser: FlaskClient, door: Door
) -> None:
    fill(session, door, 2_000)
    reader = make_organiser(session, "Juno", door)
    session.commit()
    seen: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    began = time.perf_counter()
    plain = ask(browser, door)
    took = time.perf_counter() - began
    search_too(session, door, reader)
    event.listen(app.extensions["engine"], "before_cursor_execute", count)
    packed = ask(browser, door, 0, **{"Accept-Encoding": "gzip"})

    assert len(plain.get_json()["passes"]) == 2_000
    assert len(plain.data) < 300_000
    assert took < 1
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < 300_000
    assert len(json.loads(gzip.decompress(packed.data))["people"]) == 2_000
    reads = [one for one in seen if one.startswith(("SELECT", "WITH"))]
    assert len(reads) <= 6, "\n".join(reads)
