"""The scanner's pages without JavaScript, and the one tap that makes a phone a scanner."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.attendance.models import Attendance
from engage.devices.models import Device
from engage.organisations.models import Organisation
from tests.application import Browser
from tests.factories import people
from tests.factories.devices import scanner


def test_a_helper_without_javascript_types_a_code_as_the_device(
    client: Browser,
    session: Session,
    organisation: Organisation,
    occurrence: Occurrence,
    mina: Person,
) -> None:
    _, token = scanner(session, organisation)
    browser = client()
    browser.plain.set_cookie("device", token)
    code = people.shown_by(session, people.phone(session, mina))

    page = browser.get("/scanner")
    assert f"/scanner/{occurrence.id}" in page.text
    assert page.headers["Engage-Offline"] == "yes"
    reply = browser.follow(browser.post(f"/scanner/{occurrence.id}", code=code))

    assert "Mina" in reply.text
    kept = session.scalars(select(Attendance)).one()
    assert (kept.person_id, kept.occurrence_id) == (mina.id, occurrence.id)


def test_an_unpaired_browser_is_told_how_and_nothing_of_it_is_kept(client: Browser) -> None:
    page = client().get("/scanner")

    assert "Engage-Offline" not in page.headers
    assert "/devices/pair" in page.text


def test_case_57_one_tap_makes_a_phone_a_scanner_until_its_owner_signs_out(
    client: Browser,
    session: Session,
    organisation: Organisation,
    occurrence: Occurrence,
    juno: Person,
) -> None:
    browser = client(juno)

    browser.post(f"/organise/occurrences/{occurrence.id}/scanner")
    device = session.scalars(select(Device)).one()
    assert (device.may_search, device.is_limited) == (True, True)
    assert device.created_by == juno.id
    browser.post("/sign-out")

    session.rollback()  # look again
    assert session.scalars(select(Device)).one().revoked_at is not None
