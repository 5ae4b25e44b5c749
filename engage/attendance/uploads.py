"""What a device says besides a check-in: leaving and annulling, named by the scan's nonce.

They work before the server has answered the scan they name, and their own nonce repeats the
first answer.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.attendance import queries
from engage.attendance.models import Scan
from engage.attendance.service import Annulment, annul, check_out
from engage.core.claims import Annuller
from engage.core.errors import DomainError, NonceDiffers, NotCheckedIn, Outcome
from engage.devices.service import authenticate
from engage.storage.base import new_id


@dataclass(frozen=True, slots=True)
class LaterEvent:
    """Something that happened to an earlier scan of the same device.

    of_nonce:  the scan's.
    """

    verb: str
    nonce: str
    of_nonce: str
    reason: str = ""


def carry_out(session: Session, token: str, event: LaterEvent, *, now: datetime) -> Outcome:
    """Let somebody leave, or take a scan back, as the device that made the scan.

    Raises NotSignedIn, DeviceRevoked, NonceDiffers; every other refusal is remembered.
    """
    device = authenticate(session, token, now)
    again = queries.find_scan(session, device.id, event.nonce)
    if again is not None:
        return _replay(session, device.id, again, event)
    scan = queries.find_scan(session, device.id, event.of_nonce)
    attendance_id = scan.attendance_id if scan else None
    if attendance_id is None:
        return _remember(session, device.id, event, scan, Outcome.of(NotCheckedIn()), now)
    if event.verb == "annul":
        act = Annulment(attendance_id, Annuller.DEVICE, device.id, event.nonce, event.reason)
        return annul(session, act, now=now)
    try:
        with session.begin_nested():
            outcome = check_out(session, attendance_id, actor_id=None, now=now)
    except DomainError as refusal:
        outcome = Outcome.of(refusal)
    return _remember(session, device.id, event, scan, outcome, now)


def _replay(session: Session, device_id: uuid.UUID, kept: Scan, event: LaterEvent) -> Outcome:
    named = queries.find_scan(session, device_id, event.of_nonce)
    if kept.verb != event.verb:
        raise NonceDiffers(field="type")
    if kept.attendance_id != (named.attendance_id if named else None):
        raise NonceDiffers(field="of_nonce")
    return Outcome.from_json({"code": kept.code, "facts": kept.facts}).as_replay()


def _remember(  # one row
    session: Session,
    device_id: uuid.UUID,
    event: LaterEvent,
    scan: Scan | None,
    outcome: Outcome,
    now: datetime,
) -> Outcome:
    session.add(
        Scan(
            id=new_id(),
            caller_id=device_id,
            nonce=event.nonce,
            verb=event.verb,
            occurrence_id=scan.occurrence_id if scan else None,
            subject=event.of_nonce,
            subject_kind="nonce",
            person_id=scan.person_id if scan else None,
            attendance_id=scan.attendance_id if scan else None,
            code=outcome.code,
            facts=outcome.to_json()["facts"],
            scanned_at=now,
            received_at=now,
        )
    )
    return outcome
