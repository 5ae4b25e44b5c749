"""The scanner page calls the API with the cookie of its paired browser, and no other page can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from engage.attendance.models import Attendance
from tests.attendance.door import Door, code_of, make_citizen, make_door, make_organiser, nonce

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse


@pytest.fixture
def door(session: Session) -> Door:
    return make_door(session)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_browser_that_is_the_scanner_reads_it_with_its_cookie_and_no_other_page_does(
    session: Session, browser: FlaskClient, door: Door
) -> None:
    session.commit()
    browser.set_cookie("device", door.token)
    address = f"/api/v1/occurrences/{door.occurrence.id}/roster"
    ours = {"X-Engage-Client": "scanner"}

    assert browser.get(address, headers=ours).status_code == 200
    here = {**ours, "Origin": "http://localhost"}
    assert browser.get(address, headers=here).status_code == 200
    assert browser.get(address).status_code == 401
    assert browser.get(address, headers={"X-Engage-Client": "other"}).status_code == 401
    abroad = {**ours, "Origin": "https://evil.example"}
    assert browser.get(address, headers=abroad).status_code == 401


def test_the_scanners_cookie_checks_in_without_a_forms_token_but_not_for_another_site(
    session: Session, app: Flask, door: Door, client: Any
) -> None:
    mina = make_citizen(session, "Mina", door)
    juno = make_organiser(session, "Juno", door)
    session.commit()
    signed_in = client(juno).plain
    signed_in.set_cookie("device", door.token)
    body = {"occurrence_id": str(door.occurrence.id), "nonce": nonce("a"), "code": code_of(mina)}

    def send(**headers: str) -> TestResponse:
        reply: TestResponse = signed_in.post("/api/v1/check-ins", json=body, headers=headers)
        return reply

    scanner = {"X-Engage-Client": "scanner"}
    assert send().get_json()["code"] == "csrf"
    assert send(**scanner, Origin="https://evil.example").get_json()["code"] == "csrf"
    assert session.scalar(select(Attendance.id)) is None
    session.rollback()  # leave the snapshot
    assert send(**scanner).status_code == 201
    kept = session.scalars(select(Attendance)).one()
    assert kept.device_id == door.device.id
