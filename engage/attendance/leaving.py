"""Who leaves: by the pass that is shown once more, or by name, at a date with check-out.

Where nobody has seen somebody leave, the planned end counts once the organiser confirms it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.attendance import queries
from engage.attendance.codes import find_owner
from engage.attendance.models import Attendance, Scan
from engage.attendance.service import check_out
from engage.attendance.writing import write_down
from engage.core import codes
from engage.core.checkin import Scan as ScanTime
from engage.core.errors import (
    DomainError,
    NonceDiffers,
    NotCheckedIn,
    NotFound,
    NotPermitted,
    Outcome,
    OwnOccurrence,
)
from engage.devices.queries import KnownDevice, may_scan_for
from engage.storage.base import new_id


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody at the door on their way out: exactly one of code and person_id is given."""

    occurrence_id: uuid.UUID
    code: str | None = None
    person_id: uuid.UUID | None = None

    @property
    def subject(self) -> str:
        """Whom it is about: not the code itself, which nobody may find again."""
        code = codes.read_code(self.code) if self.code else None
        return f"{self.occurrence_id}:{code.number if code else self.person_id or 'unreadable'}"

    def ensure_same(self, kept: Scan) -> None:
        """Nobody else leaves under the number of an earlier check-out.

        Raises NonceDiffers, which names the field. Source: NON-1.
        """
        if kept.verb != "check_out":
            raise NonceDiffers(field="type")
        if kept.occurrence_id not in (None, self.occurrence_id):
            raise NonceDiffers(field="occurrence_id")
        if kept.subject != self.subject:
            raise NonceDiffers(field="code" if self.code else "person")


def find_inside(
    session: Session, device: KnownDevice, leaving: Leaving, at: ScanTime
) -> Attendance:
    """The attendance of whoever leaves past this device.

    Raises NotPermitted at other dates, CodeUnknown, CodeExpired, PassRevoked, NotCheckedIn.
    """
    try:
        place = queries.get_place(session, leaving.occurrence_id)
    except NotFound:
        raise NotPermitted() from None
    mine = device.kind == "scanner" and device.organisation_id == place.organisation_id
    if not mine or not may_scan_for(session, device, place.id):
        raise NotPermitted()
    return find_present(session, leaving, at)


def find_present(session: Session, leaving: Leaving, at: ScanTime) -> Attendance:
    """The same for a caller whose rights were checked before.

    Raises CodeUnknown, CodeExpired, PassRevoked, NotCheckedIn.
    """
    person_id = leaving.person_id
    if leaving.code is not None:
        reach = codes.OFFLINE_REACH if at.offline else codes.STEP_REACH
        person_id = find_owner(session, leaving.code, now=at.at, reach=reach)
    if person_id is None:
        raise NotCheckedIn()
    found = queries.find_live(session, leaving.occurrence_id, person_id)
    if found is None:
        raise NotCheckedIn()
    return found


def let_out(
    session: Session, actor_id: uuid.UUID, leaving: Leaving, nonce: str, *, now: datetime
) -> Outcome:
    """An organiser scans the pass of somebody who leaves; a refusal is remembered too.

    Nobody lets themselves out: what follows are points (CHK-8). Raises NonceDiffers.
    """
    again = queries.find_scan(session, actor_id, nonce)
    if again is not None:
        leaving.ensure_same(again)
        return Outcome.from_json({"code": again.code, "facts": again.facts}).as_replay()
    attendance, outcome = None, None
    try:
        attendance = find_present(session, leaving, ScanTime(now, now))
        if attendance.person_id == actor_id:
            raise OwnOccurrence()
        with session.begin_nested():
            outcome = check_out(session, attendance.id, actor_id=actor_id, now=now)
    except DomainError as refusal:
        outcome = Outcome.of(refusal)
    row = Scan(
        id=new_id(),
        caller_id=actor_id,
        nonce=nonce,
        verb="check_out",
        occurrence_id=leaving.occurrence_id,
        subject=leaving.subject,
        subject_kind="pass",
        person_id=attendance.person_id if attendance else None,
        attendance_id=attendance.id if attendance else None,
        code=outcome.code,
        facts=outcome.to_json()["facts"],
        scanned_at=now,
        received_at=now,
    )
    write_down(session, row)
    return outcome


def confirm_left(
    session: Session,
    occurrence_id: uuid.UUID,
    left: Mapping[uuid.UUID, datetime],
    *,
    actor_id: uuid.UUID,
    now: datetime,
) -> int:
    """The organiser says when people left who never checked out; their points are booked.

    left:  by attendance. Those who have left meanwhile, or are no longer here, are passed over,
           and so is the organiser's own attendance: somebody else confirms that.

    Returns how many. Source: PTS-9, CHK-8.
    """
    confirmed = 0
    inside = queries.list_participants(session, occurrence_id)
    for one in inside:
        left_at = left.get(one.attendance_id) if one.attendance_id else None
        waits = one.checked_out_at is None and one.person_id != actor_id
        if one.attendance_id is None or left_at is None or not waits:
            continue
        check_out(session, one.attendance_id, actor_id=actor_id, now=now, left_at=left_at)
        confirmed += 1
    return confirmed
