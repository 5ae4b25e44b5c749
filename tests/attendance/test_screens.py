"""What hangs at the door: the live board, the kiosk's code, the help."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from engage.attendance.models import Attendance
from engage.devices import service as devices
from engage.devices.models import Device
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


@pytest.fixture
def door(session: Session) -> Door:
    door = make_door(session)
    session.commit()
    return door


def scan(app: Flask, door: Door, **given: Any) -> str:
    headers = {"Authorization": f"Bearer {door.token}"}
    body = {"occurrence_id": str(door.occurrence.id), "nonce": nonce(), **given}
    reply = app.test_client().post("/api/v1/check-ins", json=body, headers=headers)
    code: str = reply.get_json()["code"]
    return code


def test_the_board_shows_figures_devices_and_reasons_and_no_name(
    session: Session, app: Flask, door: Door, client: Browser, clock: Clock
) -> None:
    mina = make_citizen(session, "Mina", door)
    make_citizen(session, "Omar", door)
    juno = make_organiser(session, "Juno", door)
    door.device.last_seen_at, door.device.unsent = NOON - timedelta(minutes=9), 3
    session.commit()
    scan(app, door, code=f"P{'X' * 8}{'0' * 12}")
    scan(app, door, code=code_of(mina, NOON, -2))
    scan(app, door, code=code_of(mina))

    page = client(juno).page(f"/organise/occurrences/{door.occurrence.id}/live")

    figures = [one.text for one in page.with_class("e-stat")]
    assert figures == ["2 erwartet", "1 gekommen", "1 sind da", "0 sind gegangen"]
    board = page.one(id="board").text
    assert "Scanner A 3 Scans" in board
    assert "3 nicht gesendet" in board
    assert "1 davon kam später herein" in board
    assert "Mina" not in page.text


def test_a_device_that_was_switched_off_stays_on_the_board_while_it_holds_scans(
    session: Session, door: Door, client: Browser
) -> None:
    juno = make_organiser(session, "Juno", door)
    door.device.unsent = 2
    devices.revoke(door.device, now=NOON)
    session.commit()
    browser, address = client(juno), f"/organise/occurrences/{door.occurrence.id}/live"

    assert "Scanner A" in browser.page(address).one(id="board").text
    door.device.unsent = 0
    session.commit()
    assert "Scanner A" not in browser.page(address).one(id="board").text


@pytest.fixture
def kiosk(session: Session, door: Door) -> Door:
    """The door's device is a screen that nobody signs in to."""
    door.device.kind = "kiosk"
    session.commit()
    return door


def test_a_kiosk_opens_the_running_date_and_shows_code_short_code_and_count(
    session: Session, kiosk: Door, client: Browser, app: Flask
) -> None:
    browser = client()
    browser.plain.set_cookie("device", kiosk.token)

    reply = browser.get("/kiosk", status=303)
    page = browser.page(reply.location)

    assert reply.location.endswith(f"/kiosk/{kiosk.occurrence.id}")
    assert page.with_class("e-qr__plate")
    [short] = page.with_class("e-read")
    assert len(short.text.replace(" ", "")) == 6
    assert page.one(id="count").text.startswith("0 Personen")


def test_a_kiosk_waits_while_the_door_is_closed_and_says_until_when(
    kiosk: Door, client: Browser, clock: Clock
) -> None:
    browser = client()
    browser.plain.set_cookie("device", kiosk.token)
    address = f"/kiosk/{kiosk.occurrence.id}"
    clock.advance(timedelta(hours=-2))

    early = browser.page(address)
    clock.advance(timedelta(hours=6))
    late = browser.page(address)

    assert "noch nicht offen" in early.one("main").text
    assert "Der Eingang ist geschlossen." in late.one("main").text
    assert not early.with_class("e-read")


def test_a_kiosk_checks_nobody_in_and_gets_no_roster(
    session: Session, app: Flask, kiosk: Door
) -> None:
    mina = make_citizen(session, "Mina", kiosk)
    session.commit()

    assert scan(app, kiosk, code=code_of(mina)) == "not_permitted"
    headers = {"Authorization": f"Bearer {kiosk.token}"}
    client = app.test_client()
    roster = client.get(f"/api/v1/occurrences/{kiosk.occurrence.id}/roster", headers=headers)
    about = client.get("/api/v1/device", headers=headers).get_json()
    assert roster.status_code == 403
    assert (about["kind"], about["rights"]) == ("kiosk", ["show"])
    session.rollback()
    assert session.scalar(select(Attendance.id)) is None


def test_a_kiosk_of_another_organisation_or_switched_off_shows_nothing(
    session: Session, kiosk: Door, client: Browser
) -> None:
    other = make_door(session, "B")
    session.commit()
    browser = client()
    browser.plain.set_cookie("device", other.token)

    browser.get(f"/kiosk/{kiosk.occurrence.id}", status=404)
    devices.revoke(other.device, now=NOON)
    session.commit()

    assert browser.get("/kiosk", status=303).location.endswith("/devices/pair")


def test_an_organiser_pairs_a_kiosk_that_may_not_search(
    session: Session, door: Door, client: Browser
) -> None:
    juno = make_organiser(session, "Juno", door, role="manager")
    session.commit()

    client(juno).post(
        f"/organise/{door.organisation.slug}/devices",
        status=200,
        name="Screen",
        scope="all",
        kind="kiosk",
        may_search="y",
    )

    session.rollback()
    made = session.scalars(select(Device).where(Device.name == "Screen")).one()
    assert (made.kind, made.may_search) == ("kiosk", False)


def test_the_help_says_what_is_checked_without_a_network_and_what_only_later(
    client: Browser,
) -> None:
    page = client().page("/help/check-in")

    heads = [one.text for one in page.all("h3")]
    assert heads[:2] == ["Das prüft das Gerät sofort", "Das prüft erst später der Server"]
    assert len(page.all("table")) == 2
