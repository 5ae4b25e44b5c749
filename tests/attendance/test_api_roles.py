"""Who may do what through the API of check-in, and what each of them is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import DataRead, Person
from engage.activities.models import Activity, Occurrence
from engage.attendance.codes import screen_of
from engage.attendance.models import Attendance
from engage.devices.models import Device
from engage.ledger import queries as ledger
from engage.organisations.models import Organisation
from tests.application import Browser
from tests.attendance.door import nonce
from tests.clock import NOON, Clock
from tests.factories import devices, people
from tests.factories.organisations import organisation as make_organisation
from tests.pages import CheckingClient

API = "/api/v1"


def look_again(session: Session) -> None:
    session.rollback()
    session.expire_all()


@pytest.fixture
def token(session: Session, organisation: Organisation, occurrence: Occurrence) -> str:
    """Of a scanner that may act at the occurrence."""
    _device, token = devices.scanner(session, organisation, occurrences=[occurrence])
    return token


def send(browser: CheckingClient, token: str, path: str, body: Any, status: int = 200) -> Any:
    return browser.json("POST", API + path, body, status=status, Authorization=f"Bearer {token}")


def scan(occurrence: Occurrence, code: str, number: str = "A", **more: Any) -> dict[str, Any]:
    return {"occurrence_id": str(occurrence.id), "nonce": nonce(number), "code": code, **more}


def test_case_1_a_scanner_checks_somebody_in_and_a_repeat_is_replayed(
    client: Browser, session: Session, mina: Person, occurrence: Occurrence, token: str
) -> None:
    code = people.shown_by(session, people.phone(session, mina))
    body = scan(occurrence, code, firmware="3.1")  # old scanners send what they like

    first = send(client(), token, "/check-ins", body, status=201)
    again = send(client(), token, "/check-ins", body, status=200)

    assert (first["code"], first["points"], first["display_name"]) == ("credited", 30, "Mina")
    assert first["replayed"] is False
    assert "balance" not in first
    assert again == {**first, "replayed": True}


def test_case_1_the_citizen_with_a_ticket_is_told_the_balance(
    client: Browser, session: Session, mina: Person, occurrence: Occurrence
) -> None:
    browser = client(mina)
    browser.get(f"/Q/{screen_of(session, occurrence, NOON).code.text}", status=303)
    session.rollback()

    found = citizen(browser, "/check-ins", {"ticket": True, "nonce": nonce()}, 201)

    assert (found["code"], found["balance"]) == ("credited", 30)


def citizen(browser: CheckingClient, path: str, body: Any, status: int) -> Any:
    token = browser.csrf_token()
    return browser.json("POST", API + path, body, status=status, X_CSRFToken=token)


def test_case_7_a_family_checks_in_with_one_ticket_one_answer_each(
    client: Browser, session: Session, mina: Person, omar: Person, occurrence: Occurrence
) -> None:
    _card, card = people.card(session, omar)
    browser = client(mina)
    browser.get(f"/Q/{screen_of(session, occurrence, NOON).code.text}", status=303)
    session.rollback()
    family = [
        {"code": "K" + "0" * 20, "nonce": nonce("F1RST")},
        {"code": card, "nonce": nonce("SECOND")},
    ]

    found = citizen(
        browser, "/check-ins", {"ticket": True, "nonce": nonce(), "people": family}, 201
    )

    assert [one["code"] for one in found["people"]] == ["code_unknown", "credited"]
    assert "balance" not in found["people"][1]
    assert len(session.scalars(select(Attendance)).all()) == 2


def test_case_21_a_device_of_another_organisation_may_do_nothing_here(
    client: Browser, session: Session, mina: Person, occurrence: Occurrence
) -> None:
    other = make_organisation(session, "Elsewhere")
    _device, stranger = devices.scanner(session, other, may_search=True)
    code = people.shown_by(session, people.phone(session, mina))

    refused = send(client(), stranger, "/check-ins", scan(occurrence, code), status=403)

    assert refused["code"] == "not_permitted"
    address = f"{API}/occurrences/{occurrence.id}/people?q=mina"
    client().json("GET", address, status=403, Authorization=f"Bearer {stranger}")


def test_case_21_a_revoked_device_hears_it_and_its_queue_is_not_answered_for_good(
    client: Browser, session: Session, mina: Person, occurrence: Occurrence, token: str
) -> None:
    device = session.scalars(select(Device)).one()
    device.revoked_at = NOON - timedelta(days=4)
    session.commit()
    event = {"type": "check_in", **scan(occurrence, "P" + "0" * 20)}

    refused = send(client(), token, "/check-ins", scan(occurrence, "P" + "0" * 20), status=403)
    queue = send(client(), token, "/scans", {"events": [event]})

    assert refused["code"] == "device_revoked"
    assert queue["results"][0]["code"] == "device_revoked"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"nonce": "short"}, "nonce"),
        ({"code": "x" * 401}, "code"),
        ({"occurrence_id": "nonsense"}, "occurrence_id"),
        ({"scanned_at": "yesterday"}, "scanned_at"),
        ({"walk_in": {"display_name": ""}}, "walk_in"),
    ],
)
def test_case_23_wrong_fields_are_named(
    client: Browser, occurrence: Occurrence, token: str, change: dict[str, Any], field: str
) -> None:
    body = {**scan(occurrence, "P" + "0" * 20), **change}

    problem = send(client(), token, "/check-ins", body, status=422)

    assert problem["code"] == "invalid_input"
    assert any(field in str(error["field"]) for error in problem["errors"]), problem


def test_case_23_one_of_code_person_and_walk_in_is_needed(
    client: Browser, mina: Person, occurrence: Occurrence, token: str
) -> None:
    nothing = {"occurrence_id": str(occurrence.id), "nonce": nonce()}
    both = scan(occurrence, "P" + "0" * 20, person=str(mina.id))

    for body in (nothing, both):
        assert send(client(), token, "/check-ins", body, status=422)["code"] == "invalid_input"
    client().json("POST", f"{API}/check-ins", nothing, status=400)  # no token, no CSRF


def test_scans_are_answered_in_order_and_a_bad_one_holds_up_no_other(
    client: Browser,
    session: Session,
    mina: Person,
    omar: Person,
    occurrence: Occurrence,
    token: str,
) -> None:
    codes = [people.shown_by(session, people.phone(session, one)) for one in (mina, omar)]
    events = [
        {"type": "check_in", **scan(occurrence, codes[0], "A")},
        {"type": "dance", "nonce": nonce("B")},
        {"type": "check_in", **scan(occurrence, codes[0], "C")},
        {"type": "annul", "nonce": nonce("D"), "of_nonce": nonce("A"), "reason": "wrong"},
        {"type": "check_in", **scan(occurrence, codes[1], "E")},
        {"type": "annul", "nonce": nonce("F"), "of_nonce": nonce("X"), "reason": "wrong"},
        "nonsense",
    ]

    found = send(client(), token, "/scans", {"events": events[:-1], "unsent": 2})

    answers = [(one["nonce"], one["status"], one["code"]) for one in found["results"]]
    assert answers == [
        (nonce("A"), 201, "credited"),
        (nonce("B"), 422, "invalid_input"),
        (nonce("C"), 409, "already_checked_in"),
        (nonce("D"), 200, "annulled"),
        (nonce("E"), 201, "credited"),
        (nonce("F"), 425, "scan_unknown"),
    ]
    assert ledger.balance_of(session, mina.id) == 0
    assert session.scalars(select(Device.unsent)).one() == 2
    send(client(), token, "/scans", {"events": events}, status=422)


def test_case_6_a_check_out_pays_the_time_present_in_quarter_hours(  # noqa: PLR0913  # the cast
    client: Browser,
    session: Session,
    clock: Clock,
    mina: Person,
    activity: Activity,
    occurrence: Occurrence,
    token: str,
) -> None:
    row = session.get_one(Activity, activity.id)
    row.uses_check_out, row.points_rule = True, {"kind": "per_hour", "points": 10}
    session.commit()
    code = people.shown_by(session, people.phone(session, mina))
    came = send(client(), token, "/check-ins", scan(occurrence, code), status=201)
    clock.advance(timedelta(minutes=98))
    leaves = {"type": "check_out", "nonce": nonce("OUT"), "of_nonce": nonce("A")}

    first = send(client(), token, "/scans", {"events": [leaves]})["results"][0]
    again = send(client(), token, "/scans", {"events": [leaves]})["results"][0]

    assert came["code"] == "checked_in"
    assert (first["code"], first["minutes"], first["points"]) == ("checked_out", 105, 18)
    assert (again["code"], again["replayed"]) == ("checked_out", True)
    assert ledger.balance_of(session, mina.id) == 18


def test_case_29_the_same_device_annuls_for_15_minutes_and_another_is_refused(  # noqa: PLR0913  # the cast
    client: Browser,
    session: Session,
    clock: Clock,
    mina: Person,
    organisation: Organisation,
    occurrence: Occurrence,
    token: str,
) -> None:
    code = people.shown_by(session, people.phone(session, mina))
    made = send(client(), token, "/check-ins", scan(occurrence, code), status=201)
    _other, second = devices.scanner(session, organisation)
    path = f"/check-ins/{made['id']}/annul"

    refused = send(client(), second, path, {"reason": "x", "nonce": nonce("B")}, status=403)
    clock.advance(timedelta(minutes=16))
    late = send(client(), token, path, {"reason": "x", "nonce": nonce("C")}, status=409)
    again = send(client(), token, path, {"reason": "x", "nonce": nonce("C")}, status=409)

    assert (refused["code"], late["code"]) == ("not_permitted", "annul_too_late")
    assert again["until_at"] == late["until_at"]
    assert ledger.balance_of(session, mina.id) == 30


def test_organisers_and_the_office_annul_and_nobody_else_does(  # noqa: PLR0913  # the cast
    client: Browser,
    session: Session,
    clock: Clock,
    juno: Person,
    ada: Person,
    omar: Person,
    mina: Person,
    occurrence: Occurrence,
) -> None:
    client(juno).post(f"/organise/occurrences/{occurrence.id}/people/{mina.id}/check-in")
    made = session.scalars(select(Attendance.id)).one()
    session.rollback()
    path = f"/check-ins/{made}/annul"
    clock.advance(timedelta(days=20))

    citizen(client(omar), path, {"reason": "x", "nonce": nonce("A")}, 404)
    late = citizen(client(juno), path, {"reason": "x", "nonce": nonce("B")}, 409)
    done = citizen(client(ada), path, {"reason": "fraud", "nonce": nonce("C")}, 200)

    assert late["code"] == "annul_too_late"
    assert done["code"] == "annulled"
    look_again(session)
    assert ledger.balance_of(session, mina.id) == 0


def test_case_48_names_are_found_by_three_letters_with_the_right_to_search(
    client: Browser,
    session: Session,
    organisation: Organisation,
    occurrence: Occurrence,
    mina: Person,
    juno: Person,
) -> None:
    _device, blind = devices.scanner(session, organisation)
    _device, seeing = devices.scanner(session, organisation, may_search=True, created_by=juno.id)
    address = f"{API}/occurrences/{occurrence.id}/people?q="

    client().json("GET", address + "mina", status=403, Authorization=f"Bearer {blind}")
    client().json("GET", address + "mi", status=422, Authorization=f"Bearer {seeing}")
    found = client().json("GET", address + "MIN", Authorization=f"Bearer {seeing}")
    mine = client(juno).json("GET", address + "mina")

    expected = [{"person": str(mina.id), "display_name": "Mina", "state": "registered"}]
    assert found["items"] == mine["items"] == expected
    assert len(session.scalars(select(DataRead).where(DataRead.what == "search")).all()) == 2


def test_a_citizen_reads_everything_of_their_own(
    client: Browser,
    session: Session,
    juno: Person,
    mina: Person,
    occurrence: Occurrence,
    activity: Activity,
) -> None:
    client(juno).post(f"/organise/occurrences/{occurrence.id}/people/{mina.id}/check-in")
    browser = client(mina)

    assert browser.json("GET", f"{API}/me")["display_name"] == "Mina"
    assert browser.json("GET", f"{API}/me/balance") == {"balance": 30}
    [moved] = browser.json("GET", f"{API}/me/transfers")["items"]
    [attended] = browser.json("GET", f"{API}/me/attendances?limit=1")["items"]
    [place] = browser.json("GET", f"{API}/me/registrations")["items"]
    assert (moved["kind"], moved["points"]) == ("earn", 30)
    assert (attended["title"], attended["credited"]) == (activity.title, 30)
    assert place["state"] == "registered"
    client().json("GET", f"{API}/me/balance", status=401)


def test_case_45_hours_are_reported_and_confirmed_by_somebody_else(
    client: Browser, session: Session, juno: Person, omar: Person, organisation: Organisation
) -> None:
    body = {
        "organisation_id": str(organisation.id),
        "starts_at": "2030-05-03T12:00:00Z",
        "ends_at": "2030-05-03T15:00:00Z",
        "what": "Sorted books",
    }
    claim = citizen(client(omar), "/hours-claims", body, 201)
    own = citizen(client(juno), "/hours-claims", body, 201)

    citizen(client(juno), f"/hours-claims/{own['id']}/confirm", None, 403)
    citizen(client(juno), f"/hours-claims/{claim['id']}/confirm", None, 200)
    citizen(client(juno), f"/hours-claims/{claim['id']}/refuse", {"reason": "no"}, 409)
    wrong = citizen(client(omar), "/hours-claims", {**body, "points": 500}, 422)

    assert ledger.balance_of(session, omar.id) == 30
    assert wrong["errors"][0]["code"] == "unknown_field"
