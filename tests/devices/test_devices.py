"""Devices: paired by a code that works once, limited, switched off."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.core.errors import (
    DeviceRevoked,
    NotSignedIn,
    PairingCodeExpired,
    PairingCodeUnknown,
)
from engage.devices import queries, service
from engage.devices.models import Device
from engage.devices.service import Invited, Owner, Rights
from engage.organisations.models import Member, Organisation
from engage.partners.models import Partner
from engage.storage.unit_of_work import run_work
from tests.application import Browser
from tests.clock import NOON, Clock
from tests.factories.devices import scanner, till
from tests.factories.organisations import organisation as make_organisation


def invite(session: Session, organisation: Organisation, **given: Any) -> Invited:
    owner = Owner(organisation_id=organisation.id)
    return run_work(
        session, lambda s: service.invite(s, owner, "Door", actor_id=None, now=NOON, **given)
    )


def pair(session: Session, code: str, *, now: Any = NOON) -> service.Paired:
    return run_work(session, lambda s: service.pair(s, code, "", now=now))


def test_a_pairing_code_works_once(session: Session, organisation: Organisation) -> None:
    invited = invite(session, organisation)

    paired = pair(session, invited.code.lower())

    assert paired.token.startswith("dev_")
    assert (paired.device.name, paired.device.rights) == ("Door", ["scan"])
    with pytest.raises(PairingCodeUnknown):
        pair(session, invited.code)


def test_a_pairing_code_lives_fifteen_minutes(session: Session, organisation: Organisation) -> None:
    invited = invite(session, organisation)

    with pytest.raises(PairingCodeExpired):
        pair(session, invited.code, now=NOON + timedelta(minutes=15))


def test_only_the_hash_of_the_token_is_kept(session: Session, organisation: Organisation) -> None:
    paired = pair(session, invite(session, organisation).code)

    kept = session.get_one(Device, paired.device.id)
    assert paired.token not in str(vars(kept))
    found = service.authenticate(session, paired.token, NOON)
    assert found.id == paired.device.id
    with pytest.raises(NotSignedIn):
        service.authenticate(session, "dev_other", NOON)


def test_a_revoked_device_is_known_and_refused(
    session: Session, organisation: Organisation
) -> None:
    device, token = scanner(session, organisation)
    service.revoke(device, now=NOON)
    session.commit()

    with pytest.raises(DeviceRevoked):
        service.authenticate(session, token, NOON)
    assert service.authenticate(session, token, NOON, even_revoked=True).revoked_at == NOON


def test_a_limited_device_scans_at_its_dates_alone(
    session: Session, organisation: Organisation, occurrence: Occurrence
) -> None:
    rights = Rights("Door", may_search=True, occurrence_ids=[occurrence.id])
    paired = pair(session, invite(session, organisation, rights=rights).code)

    assert paired.device.rights == ["scan", "search"]
    assert queries.may_scan_for(session, paired.device, occurrence.id)
    assert not queries.may_scan_for(session, paired.device, organisation.id)
    assert [one.id for one in queries.list_dates(session, paired.device, NOON)] == [occurrence.id]


def test_contact_measures_the_clock_and_what_is_unsent(
    session: Session, organisation: Organisation
) -> None:
    device, _ = scanner(session, organisation)
    fast = NOON + timedelta(minutes=10)

    run_work(
        session,
        lambda s: service.note_contact(s, device.id, now=NOON, sent_at=fast, unsent=3),
    )

    session.refresh(device)
    assert (device.offset_milliseconds, device.unsent) == (-600_000, 3)
    assert device.last_seen_at == NOON


def test_the_api_pairs_and_tells_what_a_device_may_do(
    session: Session, client: Browser, organisation: Organisation, occurrence: Occurrence
) -> None:
    invited = invite(session, organisation)
    browser = client()
    token: dict[str, Any] = {"X_CSRFToken": browser.csrf_token()}
    body = {"code": invited.code, "name": "Tablet"}

    paired = browser.json("POST", "/api/v1/devices/pair", body, status=201, **token)
    browser.json("POST", "/api/v1/devices/pair", body, status=404, **token)
    bearer: dict[str, Any] = {"Authorization": f"Bearer {paired['token']}"}
    device = browser.json("GET", "/api/v1/device", **bearer)

    assert (device["name"], device["kind"], device["rights"]) == ("Tablet", "scanner", ["scan"])
    assert [one["id"] for one in device["occurrences"]] == [str(occurrence.id)]
    assert device["server_time"] == "2030-05-04T12:00:00Z"
    browser.json("GET", "/api/v1/device", status=401)


def test_a_till_is_told_its_branches(session: Session, client: Browser, partner: Partner) -> None:
    _, token = till(session, partner)

    device = client().json("GET", "/api/v1/device", Authorization=f"Bearer {token}")

    assert device["rights"] == ["redeem"]
    assert [one["name"] for one in device["branches"]] == ["Market square"]


def test_an_organisers_devices_from_code_to_switched_off(
    session: Session,
    client: Browser,
    clock: Clock,
    organisation: Organisation,
    occurrence: Occurrence,
    juno: Person,
) -> None:
    browser, home = client(juno), f"/organise/{organisation.slug}/devices"
    assert "No devices yet" in browser.get(home).text
    browser.post(home, status=422, name="", scope="all")

    page = browser.post(
        home, status=200, name="North door", scope="some", occurrences=str(occurrence.id)
    )
    (code,) = re.findall(r"D\w{3} \w{4} \w{2}", page.text)
    other = client()
    assert other.post("/devices/pair", code=code).headers["Location"] == "/scanner"
    assert "North door" in other.get("/devices/pair").text

    session.rollback()
    device = session.scalars(select(Device)).one()
    assert queries.list_occurrence_ids(session, device.id) == [occurrence.id]
    assert "only some dates" in browser.get(home).text
    browser.get(f"{home}/{device.id}")
    browser.post(f"{home}/{device.id}", name="South door", scope="all", may_search="y")
    assert "South door" in browser.get(home).text
    browser.post(f"{home}/{device.id}/code", status=200)
    browser.post(f"{home}/{device.id}/revoke")
    assert "Switched off" in browser.get(home).text
    browser.post(f"{home}/{device.id}/code", status=403)


def test_foreign_devices_are_not_there(
    session: Session, client: Browser, organisation: Organisation, juno: Person, omar: Person
) -> None:
    foreign, _ = scanner(session, make_organisation(session, "Elsewhere"))
    home = f"/organise/{organisation.slug}/devices"

    client(omar).get(home, status=404)
    client(juno).get(f"{home}/{foreign.id}", status=404)
    client(juno).post(f"{home}/{foreign.id}/revoke", status=404)
    assert session.scalar(select(Member.role).where(Member.person_id == juno.id)) == "organiser"
