"""What a scanner stored without a network, and sends later: first in, first out, exactly once."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, insert, select

from engage.accounts.models import Pass, Person
from engage.activities.models import Registration
from engage.attendance import queries
from engage.attendance.models import Attendance, Scan
from engage.core import codes
from engage.devices import service as devices
from engage.devices.models import Device
from engage.ledger.models import Account, Transfer
from engage.storage.base import new_id
from engage.storage.keys import keys_of, token_hash
from tests.attendance.door import SECRET, Door, code_of, make_citizen, make_door, nonce, number
from tests.attendance.stored import Phone, reasons
from tests.clock import NOON, Clock

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

MINUTE = timedelta(minutes=1)


def kept(session: Session, person: Person) -> Attendance | None:
    session.rollback()
    return session.scalars(
        select(Attendance).where(Attendance.person_id == person.id).order_by(Attendance.id.desc())
    ).first()


def test_case_24_a_stored_scan_counts_with_its_own_time_and_once(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    clock.advance(timedelta(hours=5))
    event = phone.scan("a", code_of(mina, NOON + 3 * MINUTE), NOON + 3 * MINUTE)

    first, again = phone.upload(event)[0], phone.upload(event)[0]

    assert (first["status"], first["code"], first["replayed"]) == (201, "credited", False)
    assert (again["status"], again["code"], again["replayed"]) == (200, "credited", True)
    one = kept(session, mina)
    assert one is not None
    assert (one.checked_in_at, one.received_at) == (NOON + 3 * MINUTE, clock.now)
    assert one.offline
    assert reasons(session, mina) == []
    assert session.scalar(select(func.count()).select_from(Transfer)) == 1


def test_case_25_two_phones_stored_the_same_person_one_attendance_both_scans_on_record(
    session: Session, phone: Phone, app: Flask, clock: Clock, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    token = "dev_second"
    session.add(
        Device(
            kind="scanner",
            name="Second",
            organisation_id=door.organisation.id,
            token_hash=token_hash(token),
            is_limited=False,
            created_at=NOON,
            paired_at=NOON - MINUTE,
        )
    )
    session.commit()
    other = Phone(app.test_client(), Door(**{**door.__dict__, "token": token}))
    clock.advance(timedelta(hours=3))

    later = phone.codes(phone.scan("a", code_of(mina, NOON + 9 * MINUTE), NOON + 9 * MINUTE))
    earlier = other.codes(other.scan("b", code_of(mina, NOON + MINUTE), NOON + MINUTE))

    assert (later, earlier) == (["credited"], ["already_checked_in"])
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Attendance)) == 1
    assert session.scalar(select(func.count()).select_from(Scan)) == 2


def test_case_26_the_answer_was_lost_and_the_phone_stored_the_scan_one_attendance(
    session: Session, phone: Phone, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    event = phone.scan("a", code_of(mina), NOON)
    online = {name: event[name] for name in ("nonce", "occurrence_id", "code", "scanned_at")}
    headers = {"Authorization": f"Bearer {door.token}"}
    lost = phone.client.post("/api/v1/check-ins", json=online, headers=headers)

    result = phone.upload(event)[0]

    assert lost.status_code == 201
    assert (result["code"], result["replayed"], result["id"]) == (
        "credited",
        True,
        lost.get_json()["id"],
    )


def test_case_17_a_clock_that_is_wrong_is_corrected_by_what_this_contact_measures(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina, omar = make_citizen(session, "Mina", door), make_citizen(session, "Omar", door)
    session.commit()
    fast = timedelta(minutes=10)
    clock.advance(timedelta(minutes=30))
    true = NOON + 5 * MINUTE
    stored = phone.scan("a", code_of(mina, true), true + fast)

    assert phone.codes(stored, sent_at=(clock.now + fast).isoformat()) == ["credited"]
    one = kept(session, mina)
    assert one is not None
    assert one.checked_in_at == true
    assert reasons(session, mina) == []
    ahead = phone.scan("b", code_of(omar, clock.now), clock.now + 2 * fast)
    phone.codes(ahead, sent_at=clock.now.isoformat())
    other = kept(session, omar)
    assert other is not None
    assert other.checked_in_at == clock.now
    assert reasons(session, omar) == ["clock"]


def test_case_17_an_online_scan_is_corrected_by_the_time_it_was_sent(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    slow = clock.now - timedelta(minutes=7)
    body = phone.scan("a", code_of(mina), slow, sent_at=(slow + timedelta(seconds=1)).isoformat())
    headers = {"Authorization": f"Bearer {door.token}"}

    reply = phone.client.post("/api/v1/check-ins", json={**body, "offline": False}, headers=headers)

    assert reply.get_json()["checked_in_at"] == "2030-05-04T11:59:59Z"


@pytest.mark.parametrize(
    ("steps", "code", "why"),
    [
        (0, "credited", []),
        (-1, "credited", []),
        (1, "credited", []),
        (-2, "credited", ["clock"]),
        (40, "credited", ["clock"]),
        (-40, "credited", ["clock"]),
        (41, "code_unknown", []),
        (-41, "code_unknown", []),
    ],
)
def test_case_18_a_stored_code_is_looked_for_40_steps_around_its_scan(
    session: Session, phone: Phone, clock: Clock, steps: int, code: str, why: list[str]
) -> None:
    mina = make_citizen(session, "Mina", phone.door)
    session.commit()
    at = NOON + 30 * MINUTE
    clock.advance(timedelta(hours=2))

    assert phone.codes(phone.scan("a", code_of(mina, at, steps), at)) == [code]
    assert reasons(session, mina) == why


def test_case_20_a_code_that_fits_nowhere_is_shown_to_the_organiser_by_name_not_to_the_door(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    make_citizen(session, "Mina", door)
    session.commit()
    clock.advance(timedelta(hours=1))
    forged = f"P{number('Mina')}0123456789AB"
    nobody = "PXXXXXXXX0123456789AB"

    results = phone.upload(phone.scan("a", forged, NOON), phone.scan("b", nobody, NOON))

    assert [one["code"] for one in results] == ["code_unknown"] * 2
    assert not any("display_name" in one for one in results)
    session.rollback()
    refusals = queries.list_refusals(session, door.occurrence.id)
    assert sorted(one.display_name for one in refusals) == ["", "Mina"]
    assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_case_20_a_card_revoked_after_the_scan_is_recorded_and_looked_at(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    lost = session.scalars(select(Pass)).one()
    lost.revoked_at = NOON + 20 * MINUTE
    session.commit()
    clock.advance(timedelta(hours=1))

    before = phone.scan("a", code_of(mina, NOON), NOON)
    assert phone.codes(before) == ["credited"]
    assert reasons(session, mina) == ["clock"]


def test_what_a_phone_refused_by_itself_is_judged_anew_and_kept_with_the_answer(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    omar = make_citizen(session, "Omar", door)
    lena = make_citizen(session, "Lena")
    door.occurrence.walk_ins = False
    session.commit()
    clock.advance(timedelta(hours=1))

    told = phone.codes(
        phone.scan("a", code_of(omar), NOON, refused="not_registered"),
        phone.scan("b", code_of(lena), NOON, refused="not_registered"),
    )

    assert told == ["credited", "not_registered"]
    session.rollback()
    facts = session.scalars(select(Scan.facts).order_by(Scan.id)).all()
    assert [one["refused_offline"] for one in facts] == ["not_registered"] * 2


def test_an_item_that_cannot_be_carried_out_holds_up_no_other(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina, omar = make_citizen(session, "Mina", door), make_citizen(session, "Omar", door)
    broken = session.scalars(select(Pass).where(Pass.person_id == mina.id)).one()
    broken.secret = "gone:key"
    session.commit()
    clock.advance(timedelta(minutes=5))

    told = phone.codes(
        phone.scan("a", code_of(mina), NOON),
        {"type": "annul", "nonce": nonce("x")},
        {"type": "dance", "nonce": nonce("y")},
        phone.scan("b", code_of(omar), NOON),
    )

    assert told == ["code_unknown", "invalid_input", "invalid_input", "credited"]


def test_each_contact_says_how_the_clock_runs_and_what_the_phone_still_holds(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    headers = {"Authorization": f"Bearer {door.token}"}
    clock.advance(timedelta(minutes=3))
    said = (clock.now - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")

    reply = phone.client.get(f"/api/v1/device?sent_at={said}&unsent=4", headers=headers)

    assert reply.get_json()["server_time"] == "2030-05-04T12:03:00Z"
    session.expire_all()
    device = session.get(Device, door.device.id)
    assert device is not None
    assert (device.unsent, device.offset_milliseconds) == (4, 120_000)
    assert device.last_seen_at == clock.now
    devices.revoke(device, now=clock.now)
    session.commit()
    reply = phone.client.get("/api/v1/device?unsent=2", headers=headers)
    assert reply.get_json()["code"] == "device_revoked"
    assert reply.get_json()["uploads_until_at"] == "2030-05-07T12:03:00Z"
    session.expire_all()
    assert device.unsent == 2
    bad = phone.client.get("/api/v1/device?sent_at=yesterday", headers=headers)
    assert bad.status_code == 422


def fill(session: Session, door: Door, count: int) -> list[str]:
    """So many registered people with a phone; their public numbers."""
    secret = keys_of(session).encrypt(SECRET)
    people = [
        {"id": new_id(), "display_name": f"Person {one:04d}", "created_at": NOON, "is_adult": True}
        for one in range(count)
    ]
    serials = [f"{one:08d}" for one in range(count)]
    session.execute(insert(Person), people)
    session.execute(
        insert(Account),
        [
            {"id": new_id(), "kind": "citizen", "person_id": one["id"], "balance": 0}
            for one in people
        ],
    )
    session.execute(
        insert(Pass),
        [
            {"id": new_id(), "person_id": one["id"], "kind": "P", "number": serial,
             "secret": secret, "created_at": NOON}
            for one, serial in zip(people, serials, strict=True)
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
    door.occurrence.taken = door.occurrence.capacity = count
    session.commit()
    return serials


@pytest.mark.slow
def test_case_24_500_stored_scans_cost_this_process_less_than_2_seconds(
    session: Session, app: Flask, clock: Clock, database_url: str
) -> None:
    """Counted is our own time, whatever else runs here; the database takes as much again."""
    door = make_door(session)
    serials = fill(session, door, 500)
    phone = Phone(app.test_client(), door)
    clock.advance(timedelta(hours=2))
    events = []
    for index, serial in enumerate(serials):
        at = NOON + timedelta(seconds=index * 5)
        code = codes.pass_code(SECRET, serial, codes.step_of(at)).text
        events.append(phone.scan(f"n{index:04d}", code, at))

    began = time.process_time()
    told = phone.codes(*events)
    took = time.process_time() - began

    assert told == ["credited"] * 500
    assert took < (2 if database_url.startswith("postgresql") else 4)
