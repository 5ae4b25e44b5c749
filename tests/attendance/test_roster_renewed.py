"""A scanner's roster after somebody's account has ended: nothing of it stays on the device."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from engage.core.approvals import Proof
from engage.privacy import erasing
from engage.privacy.joining import join
from engage.storage.unit_of_work import run_work
from tests.attendance.door import (
    Door,
    code_of,
    make_citizen,
    make_organiser,
    nonce,
    number,
)
from tests.attendance.rosters import read, search_too, state_of

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    from tests.clock import Clock


def test_case_46_a_device_starts_anew_when_a_pass_of_its_roster_was_erased(
    session: Session, browser: FlaskClient, door: Door, clock: Clock
) -> None:
    """The number behind the hash is not kept, so no row could name the pass that is gone."""
    people = {name: make_citizen(session, name, door) for name in ("Mina", "Omar", "Theo")}
    ids = {name: one.id for name, one in people.items()}
    search_too(session, door, make_organiser(session, "Juno", door))
    headers = {"Authorization": f"Bearer {door.token}"}
    body = {
        "occurrence_id": str(door.occurrence.id),
        "nonce": nonce(),
        "code": code_of(people["Mina"]),
    }
    browser.post("/api/v1/check-ins", json=body, headers=headers)
    clock.advance(timedelta(minutes=5))
    before = read(browser, door)
    clock.advance(timedelta(minutes=5))
    assert read(browser, door, before["counter"])["passes"] == []

    for name in ("Mina", "Omar"):  # in already, and with a place
        run_work(session, partial(erasing.erase, person_id=ids[name], now=clock.now))
    after = read(browser, door, before["counter"])
    clock.advance(timedelta(minutes=5))
    later = read(browser, door, after["counter"])

    assert (before["whole"], after["whole"], later["whole"]) == (True, True, False)
    assert before["salt"] != after["salt"] == later["salt"]
    assert {name: state_of(after, number(name)) for name in ids} == {
        "Mina": "",
        "Omar": "",
        "Theo": "registered",
    }
    assert [row[:3] for row in after["people"]] == [[str(ids["Theo"]), "Theo", "registered"]]
    assert [row[1:3] for row in later["passes"]] == [["", "gone"]]  # once more, without a name


def test_case_51_a_device_starts_anew_when_a_phone_ends_with_a_joined_account(
    session: Session, browser: FlaskClient, door: Door, clock: Clock
) -> None:
    mina, twin = (make_citizen(session, name, door).id for name in ("Mina", "Twin"))
    session.commit()
    before = read(browser, door)
    clock.advance(timedelta(minutes=5))

    run_work(session, partial(join, kept_id=mina, joined_id=twin, proof=Proof.CARD, now=clock.now))
    after = read(browser, door, before["counter"])

    assert after["whole"]
    assert (state_of(after, number("Mina")), state_of(after, number("Twin"))) == ("registered", "")
