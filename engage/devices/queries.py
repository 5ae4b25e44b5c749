"""Questions about devices. ``DEVICE_BY_TOKEN`` is the first statement of both hot paths."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, exists, select, true
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence
from engage.core.errors import NotFound
from engage.devices.models import Device, DeviceOccurrence
from engage.storage.keys import token_hash
from engage.storage.prepared import Prepared

_devices = Device.__table__.c

#: What a device may do, by the hash of its token (``token``). Built once, for the hot paths.
DEVICE_BY_TOKEN = select(
    _devices.id,
    _devices.kind,
    _devices.name,
    _devices.organisation_id,
    _devices.partner_id,
    _devices.branch_id,
    _devices.may_search,
    _devices.is_limited,
    _devices.paired_at,
    _devices.revoked_at,
    _devices.offset_milliseconds,
).where(_devices.token_hash == bindparam("token"))
_BY_TOKEN = Prepared(DEVICE_BY_TOKEN)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A paired device, as its token proves it. A revoked one is known too: callers decide.

    is_limited: only for the occurrences of ``device_occurrences``.
    """

    id: uuid.UUID
    kind: str
    name: str
    organisation_id: uuid.UUID | None
    partner_id: uuid.UUID | None
    branch_id: uuid.UUID | None
    may_search: bool
    is_limited: bool
    paired_at: datetime | None
    revoked_at: datetime | None
    offset_milliseconds: int

    @property
    def rights(self) -> list[str]:
        """What the device may do, in the words of the interface."""
        if self.kind == "till":
            return ["redeem"]
        if self.kind == "kiosk":
            return ["show"]
        return ["scan", "search"] if self.may_search else ["scan"]


def find_by_token(session: Session, token: str) -> KnownDevice | None:
    """The device whose token this is, revoked or not."""
    row = _BY_TOKEN.first(session, {"token": token_hash(token)})
    return KnownDevice(**row) if row is not None else None


def get_of_organisation(
    session: Session, device_id: uuid.UUID, organisation_id: uuid.UUID
) -> Device:
    """Raises NotFound, also for a device of somebody else."""
    return _get(session, device_id, Device.organisation_id == organisation_id)


def get_of_partner(session: Session, device_id: uuid.UUID, partner_id: uuid.UUID) -> Device:
    """Raises NotFound, also for a device of somebody else."""
    return _get(session, device_id, Device.partner_id == partner_id)


def _get(session: Session, device_id: uuid.UUID, mine: object) -> Device:
    device = session.scalars(select(Device).where(Device.id == device_id, mine)).one_or_none()  # type: ignore[arg-type]  # a comparison of columns
    if device is None:
        raise NotFound()
    return device


def list_of_organisation(session: Session, organisation_id: uuid.UUID) -> list[Device]:
    """Its devices, working ones first, then by name."""
    return _list(session, Device.organisation_id == organisation_id)


def list_of_partner(session: Session, partner_id: uuid.UUID) -> list[Device]:
    """Its tills, working ones first, then by name."""
    return _list(session, Device.partner_id == partner_id)


def _list(session: Session, mine: object) -> list[Device]:
    order = (Device.revoked_at.is_not(None), Device.name, Device.id)
    return list(session.scalars(select(Device).where(mine).order_by(*order)))  # type: ignore[arg-type]  # a comparison of columns


def list_occurrence_ids(session: Session, device_id: uuid.UUID) -> list[uuid.UUID]:
    """The occurrences a limited device may scan for."""
    return list(
        session.scalars(
            select(DeviceOccurrence.occurrence_id)
            .where(DeviceOccurrence.device_id == device_id)
            .order_by(DeviceOccurrence.occurrence_id)
        )
    )


def may_scan_for(session: Session, device: KnownDevice, occurrence_id: uuid.UUID) -> bool:
    """Whether a device's limits let it scan here; whose occurrence it is, the caller checks."""
    if not device.is_limited:
        return True
    named = exists().where(
        DeviceOccurrence.device_id == device.id, DeviceOccurrence.occurrence_id == occurrence_id
    )
    return bool(session.scalar(select(named)))


@dataclass(frozen=True, slots=True)
class Date:
    """A date that a scanner may check people in for."""

    id: uuid.UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    place: str


def list_dates(session: Session, device: KnownDevice, now: datetime) -> list[Date]:
    """The dates of a scanner from yesterday to a week ahead, the next first."""
    if device.organisation_id is None:
        return []
    named = select(DeviceOccurrence.occurrence_id).where(DeviceOccurrence.device_id == device.id)
    return _dates(
        session,
        device.organisation_id,
        now,
        Occurrence.id.in_(named) if device.is_limited else true(),
    )


def list_own_dates(session: Session, organisation_id: uuid.UUID, now: datetime) -> list[Date]:
    """All dates of an organisation from yesterday to a week ahead, the next first."""
    return _dates(session, organisation_id, now, true())


def _dates(
    session: Session, organisation_id: uuid.UUID, now: datetime, which: ColumnElement[bool]
) -> list[Date]:
    rows = session.execute(
        select(
            Occurrence.id,
            Activity.title,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.timezone,
            Occurrence.place,
        )
        .join(Activity, Activity.id == Occurrence.activity_id)
        .where(
            Occurrence.organisation_id == organisation_id,
            Occurrence.status != "cancelled",
            Activity.status == "published",
            Occurrence.ends_at > now - timedelta(days=1),
            Occurrence.starts_at < now + timedelta(days=7),
            which,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(200)
    )
    return [Date(*row) for row in rows]
