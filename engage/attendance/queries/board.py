"""What a live board shows of a door: figures, devices, refusals by reason. No names."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from engage.attendance.models import Attendance, Scan
from engage.attendance.queries.door import LET_IN
from engage.attendance.queries.places import Place
from engage.devices.models import Device, DeviceOccurrence


@dataclass(frozen=True, slots=True)
class BoardDevice:
    """A device of this door, as the last contact left it."""

    name: str
    kind: str
    last_seen_at: datetime | None
    unsent: int
    is_revoked: bool
    scans: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often something did not work, and for how many of these people it did later."""

    code: str
    count: int
    came_in_later: int


def list_board_devices(session: Session, place: Place) -> list[BoardDevice]:
    """The paired devices of this door; one that was switched off as long as it holds scans."""
    allowed = select(DeviceOccurrence.device_id).where(DeviceOccurrence.occurrence_id == place.id)
    scans = (
        select(func.count())
        .where(Scan.caller_id == Device.id, Scan.occurrence_id == place.id)
        .correlate(Device)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Device.name,
            Device.kind,
            Device.last_seen_at,
            Device.unsent,
            Device.revoked_at.is_not(None),
            scans,
        )
        .where(
            Device.organisation_id == place.organisation_id,
            Device.paired_at.is_not(None),
            or_(Device.revoked_at.is_(None), Device.unsent > 0),
            or_(Device.is_limited.is_(False), Device.id.in_(allowed)),
        )
        .order_by(Device.name, Device.id)
    )
    return [BoardDevice(*row) for row in rows]


def count_refusals(session: Session, occurrence_id: uuid.UUID) -> list[ReasonCount]:
    """Refusals by reason, the most frequent first."""
    came_in = and_(
        Attendance.occurrence_id == Scan.occurrence_id,
        Attendance.person_id == Scan.person_id,
        Attendance.annulled_at.is_(None),
    )
    rows = session.execute(
        select(Scan.code, func.count(), func.count(Attendance.id))
        .outerjoin(Attendance, came_in)
        .where(Scan.occurrence_id == occurrence_id, Scan.code.not_in(LET_IN))
        .group_by(Scan.code)
        .order_by(func.count().desc(), Scan.code)
    )
    return [ReasonCount(*row) for row in rows]
