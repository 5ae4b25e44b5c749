"""Who asks for a check-in and what they sent, sorted out before any rule is asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.checkin import Scan as ScanTime
from engage.core.codes import Code
from engage.core.errors import DeviceRevoked, DomainError, NotFound, NotPermitted, NotSignedIn
from engage.core.scantime import correct_scan_time, offset_between
from engage.devices.models import Device
from engage.devices.queries import KnownDevice
from engage.devices.service import UPLOAD_TIME
from engage.storage.keys import token_hash

#: All facts of a check-in by their names in ``facts.py``.
Row = Mapping[str, Any]

#: Before every instant of the programme.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DeviceCaller:
    """A paired scanner, known by its bearer token."""

    token: str


@dataclass(frozen=True, slots=True)
class OrganiserCaller:
    """A signed-in member of the organisation."""

    person_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class CitizenCaller:
    """A signed-in citizen with a ticket from an occurrence's code."""

    person_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Ticket:
    """What opening an occurrence's code gave: one browser, once, 15 minutes.

    opened_at: server time when the code was opened; the time of check-in.
    poster:    the printed code, the weaker proof.
    """

    id: str
    occurrence_id: uuid.UUID
    opened_at: datetime
    poster: bool = False


@dataclass(frozen=True, slots=True)
class WalkIn:
    """A person without an account, made at the door."""

    display_name: str
    age_ok: bool | None = None


@dataclass(frozen=True, slots=True)
class CheckInRequest:
    """One person at one occurrence. Exactly one of code, person_id, walk_in and ticket is given.

    nonce:              26 characters of the alphabet, made by the client before sending.
    scanned_at:         the device's own clock; taken from devices only.
    sent_at:            the same clock when this was sent: how wrong it is now.
    refused:            what the device answered by itself, without a network; judged anew here.
    overridden_because: an organiser's reason to let the person in although it is full.
    """

    occurrence_id: uuid.UUID
    nonce: str
    code: str | None = None
    person_id: uuid.UUID | None = None
    walk_in: WalkIn | None = None
    ticket: Ticket | None = None
    scanned_at: datetime | None = None
    sent_at: datetime | None = None
    offline: bool = False
    overridden_because: str = ""
    age_ok: bool | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A paired device, as the database knows it.

    permitted: it belongs to the organisation and is not limited to other occurrences.
    """

    id: uuid.UUID
    paired_at: datetime | None = None
    revoked_at: datetime | None = None
    offset_milliseconds: int = 0
    permitted: bool = False


@dataclass(frozen=True, slots=True)
class Acting:
    """Who asks."""

    id: uuid.UUID
    device: Scanner | None = None
    person_id: uuid.UUID | None = None
    is_citizen: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of the request before any rule: subject, code, instants."""

    request: CheckInRequest
    acting: Acting
    now: datetime
    kind: str
    subject: str
    code: Code | None = None
    time: ScanTime = field(default_factory=lambda: ScanTime(LONG_AGO, LONG_AGO))
    refusal: DomainError | None = None
    #: Facts that go with the answer, e.g. the sealed code of a claim slip.
    extra: dict[str, object] = field(default_factory=dict)


def token_of(caller: DeviceCaller | OrganiserCaller | CitizenCaller) -> str | None:
    """What a device is found by, in the same statement as all other facts."""
    return token_hash(caller.token) if isinstance(caller, DeviceCaller) else None


def acting_in(caller: DeviceCaller | OrganiserCaller | CitizenCaller, row: Row) -> Acting:
    """Who asks, at the occurrence of the facts. Raises NotSignedIn."""
    if not isinstance(caller, DeviceCaller):
        citizen = isinstance(caller, CitizenCaller)
        return Acting(caller.person_id, person_id=caller.person_id, is_citizen=citizen)
    if row["device_id"] is None:
        raise NotSignedIn()
    scans = row["device_kind"] == "scanner"  # a kiosk stands alone and only shows a code
    same = scans and row["device_organisation_id"] == row["organisation_id"]
    return Acting(
        row["device_id"],
        device=Scanner(
            row["device_id"],
            row["device_paired_at"],
            row["device_revoked_at"],
            row["device_offset"],
            permitted=same and (row["device_listed"] or not row["device_is_limited"]),
        ),
    )


def acting_nowhere(
    session: Session, caller: DeviceCaller | OrganiserCaller | CitizenCaller
) -> Acting:
    """Who asks for an occurrence that does not exist. Raises NotSignedIn, NotFound."""
    if not isinstance(caller, DeviceCaller):
        raise NotFound()
    found = session.scalar(select(Device.id).where(Device.token_hash == token_of(caller)))
    if found is None:
        raise NotSignedIn()
    return Acting(found, device=Scanner(found))


def read(acting: Acting, request: CheckInRequest, code: Code | None, now: datetime) -> Reading:
    """Sort out what was sent: what identifies the person, and when it was.

    Raises DeviceRevoked.
    """
    if request.ticket is not None:
        kind, subject = "ticket", request.ticket.id
    elif request.code is not None:
        kind, subject = ("code", code.text) if code else ("foreign", request.code[:400])
    elif request.walk_in is not None:
        kind, subject = "walk_in", request.walk_in.display_name
    else:
        kind, subject = "person", str(request.person_id)
    extra: dict[str, object] = {"refused_offline": request.refused} if request.refused else {}
    reading = Reading(request, acting, now, kind, f"{kind}:{subject}", code, extra=extra)
    try:
        return replace(reading, time=_time(reading))
    except NotPermitted as refusal:
        return replace(reading, time=ScanTime(now, now), refusal=refusal)


def _time(reading: Reading) -> ScanTime:
    """The instant that decides; raises DeviceRevoked, NotPermitted (CHK-16 to CHK-18)."""
    request, device, now = reading.request, reading.acting.device, reading.now
    if request.ticket is not None:
        return ScanTime(request.ticket.opened_at, now)
    if device is None:
        return ScanTime(now, now)
    return time_at(
        device, request.scanned_at, now, offline=request.offline, sent_at=request.sent_at
    )


def time_at(
    device: Scanner | KnownDevice,
    said: datetime | None,
    now: datetime,
    *,
    offline: bool,
    sent_at: datetime | None = None,
) -> ScanTime:
    """When something happened on a device, whatever its clock says.

    said:     by the device's own clock.
    sent_at:  the same clock when it was sent, as exact as this very moment; else as last measured.

    Raises NotPermitted, and DeviceRevoked unless it was stored before the device was revoked and
    comes within 72 hours of that.
    """
    revoked = device.revoked_at
    if revoked is not None and not (offline and now - revoked <= UPLOAD_TIME):
        raise DeviceRevoked()
    known = timedelta(milliseconds=device.offset_milliseconds)
    return correct_scan_time(
        now,
        said,
        offset_between(sent_at, now) if sent_at else known,
        paired_at=device.paired_at,
        revoked_at=revoked,
        offline=offline,
    )
