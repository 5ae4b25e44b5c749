"""The API of devices: pairing, and what a device may do."""

from __future__ import annotations

from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from engage.core.errors import PAIRED, NotSignedIn, Outcome
from engage.devices import queries, service
from engage.devices.cookie import read_caller
from engage.devices.queries import KnownDevice
from engage.partners import queries as partners
from engage.web.api import Body, Instant, answer, blueprint
from engage.web.context import db, note, now, work
from engage.web.errors import plain

bp = blueprint("devices")


class PairBody(Body):
    """The code that a manager's screen shows, and what the device calls itself."""

    code: Annotated[str, Field(max_length=400)]
    name: Annotated[str, Field(max_length=60)] = ""


@bp.post("/devices/pair")
@bp.input(PairBody)
def pair(json_data: PairBody) -> ResponseReturnValue:
    """Give a device its token, shown once. The code works once, for 15 minutes."""
    paired = work(lambda s: service.pair(s, json_data.code, json_data.name, now=now()))
    device = paired.device
    body = {
        "device_id": device.id,
        "token": paired.token,
        "kind": device.kind,
        "name": device.name,
        "rights": device.rights,
        "server_time": now(),
    }
    return answer(Outcome(PAIRED.code), body)


class ContactQuery(BaseModel):
    """What a device says of itself: its own clock, and how much it still holds."""

    sent_at: Instant | None = None
    unsent: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


@bp.get("/device")
@bp.input(ContactQuery, location="query")
def show_device(query_data: ContactQuery) -> ResponseReturnValue:
    """What this device may do, where, and the server's time.

    With ``sent_at`` (RFC 3339) and ``unsent`` it is also a sign of life: how its clock runs and
    what it still holds is noted, of a revoked device too.
    """
    token = read_caller(request)
    if token is None:
        raise NotSignedIn()
    device = service.authenticate(db(), token, now(), even_revoked=True)
    _note_contact(device, query_data)
    service.ensure_not_revoked(device, now())
    found: dict[str, Any] = plain(_about(device))
    return found


def _about(device: KnownDevice) -> dict[str, object]:
    return {
        "device_id": device.id,
        "kind": device.kind,
        "name": device.name,
        "rights": device.rights,
        "server_time": now(),
        "occurrences": _occurrences(device),
        "branches": _branches(device),
    }


def _note_contact(device: KnownDevice, said: ContactQuery) -> None:
    if said.sent_at is None and said.unsent is None:
        return
    at, sent_at, unsent = now(), said.sent_at, said.unsent
    note(lambda s: service.note_contact(s, device.id, now=at, sent_at=sent_at, unsent=unsent))


def _occurrences(device: KnownDevice) -> list[dict[str, Any]]:
    """What a scanner can check people in for, from yesterday to a week ahead."""
    return [
        {
            "id": one.id,
            "title": one.title,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "timezone": one.timezone,
            "place": one.place,
        }
        for one in queries.list_dates(db(), device, now())
    ]


def _branches(device: KnownDevice) -> list[dict[str, Any]]:
    if device.partner_id is None:
        return []
    return [
        {"id": one.id, "name": one.name}
        for one in partners.list_branches(db(), device.partner_id)
        if device.branch_id in (None, one.id)
    ]
