"""What a device says besides a check-in: leaving and annulling.

Both name the scan they belong to by its nonce, so that a device needs no answer to it first;
somebody may also leave by their pass. Their own nonce repeats the first answer.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.attendance import queries
from engage.attendance.callers import time_at
from engage.attendance.leaving import Leaving, find_inside, let_out
from engage.attendance.models import Scan
from engage.attendance.service import Annulment, annul, check_out
from engage.attendance.writing import write_down
from engage.core.checkin import Scan as ScanTime
from engage.core.claims import Annuller
from engage.core.errors import (
    DomainError,
    NonceDiffers,
    NotCheckedIn,
    NotPermitted,
    Outcome,
    ScanUnknown,
)
from engage.devices.queries import KnownDevice
from engage.devices.service import authenticate
from engage.storage.base import new_id

#: The scan that an event names may come after it, but not later than this.
SCAN_FOLLOWS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LaterEvent:
    """Something that happened on a device after somebody came in.

    of_nonce:  the scan's; or ``leaving``: somebody's pass, or their id.
    at:        by the device's own clock.
    """

    verb: str
    nonce: str
    of_nonce: str = ""
    leaving: Leaving | None = None
    reason: str = ""
    at: datetime | None = None
    offline: bool = True


def carry_out(session: Session, token: str, event: LaterEvent, *, now: datetime) -> Outcome:
    """Let somebody leave, or take a scan back, as the device that made the scan.

    Judged by the time at which it happened. A revoked device may for 72 hours say what happened
    before it was revoked.

    Raises NotSignedIn, DeviceRevoked, NonceDiffers, and ScanUnknown while the scan has not
    arrived; every other refusal is remembered. Source: CHK-16, CHK-18, CLM-8, PTS-9.
    """
    device = authenticate(session, token, now, even_revoked=True)
    again = queries.find_scan(session, device.id, event.nonce)
    if again is not None:
        return _replay(session, device, again, event)
    try:
        at = time_at(device, event.at, now, offline=event.offline)
    except NotPermitted as refusal:
        return _remember(session, device, event, About(), Outcome.of(refusal), ScanTime(now, now))
    scan = queries.find_scan(session, device.id, event.of_nonce) if event.of_nonce else None
    if event.leaving is None and scan is None and now - at.at < SCAN_FOLLOWS:
        raise ScanUnknown()
    if event.verb == "annul" and scan is not None and scan.attendance_id is not None:
        act = Annulment(
            scan.attendance_id, Annuller.DEVICE, device.id, event.nonce, event.reason, at.at
        )
        return annul(session, act, now=now)
    return _leave(session, device, event, scan, at)


def carry_out_as_member(
    session: Session, actor_id: uuid.UUID, event: LaterEvent, *, now: datetime
) -> Outcome:
    """A signed-in organiser lets somebody out; the server's clock decides (CHK-17).

    They check in and annul one by one, by addresses of their own.

    Raises NotPermitted for those, NotFound for those who are no member, ScanUnknown, NonceDiffers.
    """
    if event.verb != "check_out":
        raise NotPermitted()
    leaving = event.leaving or _scanned_by(session, actor_id, event.of_nonce)
    queries.get_managed_place(session, leaving.occurrence_id, actor_id)
    return let_out(session, actor_id, leaving, event.nonce, now=now)


def _scanned_by(session: Session, actor_id: uuid.UUID, of_nonce: str) -> Leaving:
    """Whoever this organiser checked in under that number. Raises ScanUnknown."""
    scan = queries.find_scan(session, actor_id, of_nonce)
    if scan is None or scan.occurrence_id is None or scan.person_id is None:
        raise ScanUnknown()
    return Leaving(scan.occurrence_id, person_id=scan.person_id)


@dataclass(slots=True)
class About:
    """Whom and what an event turned out to be about; empty where nothing was found."""

    occurrence_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    attendance_id: uuid.UUID | None = None


def _leave(
    session: Session, device: KnownDevice, event: LaterEvent, scan: Scan | None, at: ScanTime
) -> Outcome:
    """A check-out; or an annulment of what let nobody in."""
    about = About()
    try:
        about = _find(session, device, event, scan, at)
        if about.attendance_id is None or event.verb != "check_out":
            raise NotCheckedIn()
        with session.begin_nested():
            outcome = check_out(
                session, about.attendance_id, actor_id=None, now=at.received_at, left_at=at.at
            )
    except DomainError as refusal:
        outcome = Outcome.of(refusal)
    return _remember(session, device, event, about, outcome, at)


def _find(
    session: Session, device: KnownDevice, event: LaterEvent, scan: Scan | None, at: ScanTime
) -> About:
    if event.leaving is not None:
        one = find_inside(session, device, event.leaving, at)
        return About(one.occurrence_id, one.person_id, one.id)
    if scan is None:
        return About()
    return About(scan.occurrence_id, scan.person_id, scan.attendance_id)


def _subject(event: LaterEvent) -> str:
    return event.leaving.subject if event.leaving else event.of_nonce


def _remember(
    session: Session,
    device: KnownDevice,
    event: LaterEvent,
    about: About,
    outcome: Outcome,
    at: ScanTime,
) -> Outcome:
    row = Scan(
        id=new_id(),
        caller_id=device.id,
        nonce=event.nonce,
        verb=event.verb,
        occurrence_id=about.occurrence_id,
        subject=_subject(event),
        subject_kind="nonce" if event.leaving is None else "pass",
        person_id=about.person_id,
        attendance_id=about.attendance_id,
        code=outcome.code,
        facts=outcome.to_json()["facts"],
        scanned_at=at.at,
        received_at=at.received_at,
        offline=event.offline,
    )
    write_down(session, row)
    return outcome


def _replay(session: Session, device: KnownDevice, kept: Scan, event: LaterEvent) -> Outcome:
    if kept.verb != event.verb:
        raise NonceDiffers(field="type")
    if event.leaving is not None:
        event.leaving.ensure_same(kept)
    else:
        named = queries.find_scan(session, device.id, event.of_nonce)
        if kept.attendance_id != (named.attendance_id if named else None):
            raise NonceDiffers(field="of_nonce")
    return Outcome.from_json({"code": kept.code, "facts": kept.facts}).as_replay()
