"""The HTTP API of check-in: shapes, statuses and problem documents as promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from engage.attendance.models import Attendance
from engage.devices.models import Device
from tests.attendance.door import Door, code_of, make_citizen, nonce
from tests.clock import NOON

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse


@dataclass
class Scanner:
    """A paired device that speaks the API."""

    client: FlaskClient
    door: Door

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        given = {"Authorization": f"Bearer {self.door.token}", "Accept-Language": "en", **headers}
        return self.client.post(f"/api/v1{path}", json=body, headers=given)

    def check_in(self, **body: Any) -> TestResponse:
        given = {"occurrence_id": str(self.door.occurrence.id), "nonce": nonce(), **body}
        return self.post("/check-ins", given)


@pytest.fixture
def scanner(app: Flask, door: Door, session: Session) -> Scanner:
    session.commit()
    return Scanner(app.test_client(), door)


def test_case_1_a_device_checks_in_and_learns_no_balance(
    scanner: Scanner, session: Session, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()

    reply = scanner.check_in(code=code_of(mina))

    answer = reply.get_json()
    assert reply.status_code == 201
    assert answer.pop("id")
    assert answer == {
        "code": "credited",
        "points": 30,
        "display_name": "Mina",
        "checked_in_at": "2030-05-04T12:00:00Z",
        "replayed": False,
    }


def test_case_17_a_clock_that_is_wrong_is_corrected_by_the_very_scan_that_tells_it(
    scanner: Scanner, session: Session, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    wrong = NOON - timedelta(minutes=10)
    scanned, sent = wrong - timedelta(seconds=3), wrong

    reply = scanner.check_in(
        code=code_of(mina), scanned_at=scanned.isoformat(), sent_at=sent.isoformat()
    )

    attendance = session.scalars(select(Attendance)).one()
    assert reply.get_json()["code"] == "credited"
    assert attendance.checked_in_at == NOON - timedelta(seconds=3)


def test_case_9_a_refusal_is_a_problem_document_with_its_facts(
    scanner: Scanner, session: Session, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    scanner.check_in(code=code_of(mina))

    reply = scanner.check_in(code=code_of(mina))

    assert reply.status_code == 409
    assert reply.mimetype == "application/problem+json"
    assert reply.json is not None
    assert reply.json["code"] == "already_checked_in"
    assert reply.json["first_checked_in_at"] == "2030-05-04T12:00:00Z"
    assert reply.json["message"].startswith("Already in since")


def test_case_13_the_same_nonce_is_answered_200_and_replayed(
    scanner: Scanner, session: Session, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    body = {"code": code_of(mina), "nonce": nonce("n")}

    first, again = scanner.check_in(**body), scanner.check_in(**body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json is not None
    assert again.json["replayed"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nonce": "short", "code": "x"}, "nonce"),
        ({"code": "x" * 401}, "code"),
        ({"code": "x", "occurrence_id": "not-an-id"}, "occurrence_id"),
        ({"walk_in": {"display_name": "Renate", "mail": "x"}}, "walk_in.mail"),
        ({"walk_in": {"display_name": "   "}}, "walk_in.display_name"),
        ({"code": "x", "scanned_at": "yesterday"}, "scanned_at"),
        ({"code": 5}, "code"),
    ],
)
def test_case_23_bad_fields_are_named(scanner: Scanner, body: dict[str, Any], field: str) -> None:
    reply = scanner.check_in(**body)

    assert reply.status_code == 422
    assert reply.mimetype == "application/problem+json"
    assert reply.json is not None
    assert field in [one["field"] for one in reply.json["errors"]]
    assert all(one["message"] for one in reply.json["errors"])


@pytest.mark.parametrize("body", [[], "text", None, 5, {"nonce": None}])
def test_case_23_anything_else_than_an_object_is_refused(scanner: Scanner, body: Any) -> None:
    reply = scanner.post("/check-ins", body)

    assert reply.status_code in {400, 422}
    assert reply.mimetype == "application/problem+json"


def test_unknown_fields_of_old_scanners_are_passed_over(
    scanner: Scanner, session: Session, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()

    reply = scanner.check_in(code=code_of(mina), firmware="1.0")

    assert reply.status_code == 201


def test_without_credentials_nothing_is_answered_but_401(
    app: Flask, door: Door, session: Session
) -> None:
    session.commit()
    client = app.test_client()
    body = {"occurrence_id": str(door.occurrence.id), "nonce": nonce(), "code": "x"}

    reply = client.post("/api/v1/check-ins", json=body, headers={"Authorization": "Bearer dev_x"})

    assert reply.status_code == 401
    assert reply.json is not None
    assert reply.json["code"] == "not_signed_in"


def test_case_22_thirty_wrong_codes_a_minute_pause_guessing_and_a_good_one_still_works(
    scanner: Scanner, session: Session, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    wrong = [f"P{number:08}ABCDEFGHJKLM" for number in range(31)]

    answers = [scanner.check_in(code=code) for code in wrong]
    foreign = scanner.check_in(code="https://example.org/menu")
    good = scanner.check_in(code=code_of(mina))

    assert [one.status_code for one in answers] == [404] * 30 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert foreign.status_code == 404
    assert good.status_code == 201


def test_an_upload_answers_each_event_in_order_and_a_bad_one_holds_up_no_other(
    scanner: Scanner, session: Session, door: Door
) -> None:
    mina, omar = make_citizen(session, "Mina", door), make_citizen(session, "Omar", door)
    session.commit()
    here = str(door.occurrence.id)
    scan = {"type": "check_in", "occurrence_id": here, "offline": True}
    scanned = NOON.isoformat()
    events = [
        {**scan, "nonce": nonce("a"), "code": code_of(mina), "scanned_at": scanned},
        {**scan, "nonce": "bad", "code": code_of(omar)},
        {**scan, "nonce": nonce("b"), "code": code_of(omar), "scanned_at": scanned},
        {"type": "annul", "nonce": nonce("c"), "of_nonce": nonce("b"), "reason": "Falsche Person"},
        {"type": "check_out", "nonce": nonce("d"), "of_nonce": nonce("a")},
        {"type": "annul", "nonce": nonce("e"), "of_nonce": nonce("nobody"), "reason": "x"},
    ]
    upload = {"events": events, "sent_at": NOON.isoformat(), "unsent": 6}

    first = scanner.post("/scans", upload)
    again = scanner.post("/scans", upload)

    assert first.json is not None
    assert again.json is not None
    told = [(one["status"], one["code"]) for one in first.json["results"]]
    assert told == [
        (201, "credited"),
        (422, "invalid_input"),
        (201, "credited"),
        (200, "annulled"),
        (409, "not_checked_in"),
        (425, "scan_unknown"),
    ]
    assert [one["code"] for one in again.json["results"]] == [code for _, code in told]
    session.expire_all()
    assert session.get(Device, door.device.id).unsent == 6  # type: ignore[union-attr]


def test_a_revoked_device_is_told_so(scanner: Scanner, session: Session, door: Door) -> None:
    mina = make_citizen(session, "Mina", door)
    door.device.revoked_at = NOON
    session.commit()

    reply = scanner.check_in(code=code_of(mina))

    assert reply.status_code == 403
    assert reply.json is not None
    assert reply.json["code"] == "device_revoked"


def test_the_interface_describes_itself(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json

    assert document is not None
    assert document["openapi"].startswith("3.1")
    assert {"/api/v1/check-ins", "/api/v1/scans", "/api/v1/me"} <= set(document["paths"])
