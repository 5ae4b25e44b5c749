"""Pairing scanners and tills, and switching them off."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engage.core.codes import CodeType, make_typed, read_typed
from engage.core.errors import (
    DeviceRevoked,
    NotSignedIn,
    PairingCodeExpired,
    PairingCodeUnknown,
)
from engage.devices import queries
from engage.devices.models import Device, DeviceOccurrence
from engage.devices.queries import DEVICE_BY_TOKEN, KnownDevice
from engage.storage.base import new_id
from engage.storage.keys import keys_of, token_hash

__all__ = [
    "DEVICE_BY_TOKEN",
    "UPLOAD_TIME",
    "Invited",
    "KnownDevice",
    "Owner",
    "Paired",
    "Rights",
    "authenticate",
    "ensure_not_revoked",
    "invite",
    "limit_to",
    "may_scan",
    "note_contact",
    "pair",
    "pair_here",
    "renew_code",
    "revoke",
    "revoke_own",
    "set_rights",
]

#: A pairing code works once and for this long.
PAIRING = timedelta(minutes=15)

#: How long after its revocation a device may still upload what it had stored.
UPLOAD_TIME = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose device it is: an organisation's scanner, or a partner's till in a branch."""

    organisation_id: uuid.UUID | None = None
    partner_id: uuid.UUID | None = None
    branch_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """A device that waits to be paired. ``code`` is shown now and never again."""

    device_id: uuid.UUID
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Rights:
    """What a device is called and may do. ``occurrence_ids`` None: at all dates.

    is_kiosk: it shows the code of a date and checks nobody in; decided when it is invited.
    """

    name: str
    may_search: bool
    occurrence_ids: Iterable[uuid.UUID] | None = None
    is_kiosk: bool = False


@dataclass(frozen=True, slots=True)
class Paired:
    """A paired device. ``token`` is given out once; only its hash is kept."""

    device: KnownDevice
    token: str


def invite(
    session: Session,
    owner: Owner,
    name: str,
    *,
    actor_id: uuid.UUID | None,
    now: datetime,
    rights: Rights | None = None,
) -> Invited:
    """Let a phone, tablet or till join with a code that works once, for 15 minutes.

    rights: of an organisation's scanner; a partner's device is a till and only redeems.
    """
    code = make_typed(CodeType.PAIRING, secrets.token_bytes(5)).text
    device = Device(
        id=new_id(),
        kind=_kind(owner, rights),
        name=name,
        organisation_id=owner.organisation_id,
        partner_id=owner.partner_id,
        branch_id=owner.branch_id,
        pairing_hash=keys_of(session).hash(code),
        pairing_expires_at=now + PAIRING,
        may_search=rights.may_search and not rights.is_kiosk if rights else False,
        is_limited=False,
        created_at=now,
        created_by=actor_id,
    )
    session.add(device)
    session.flush()  # its dates need the id
    limit_to(session, device, rights.occurrence_ids if rights else None)
    return Invited(device.id, code, now + PAIRING)


def _kind(owner: Owner, rights: Rights | None) -> str:
    if owner.partner_id:
        return "till"
    return "kiosk" if rights is not None and rights.is_kiosk else "scanner"


def renew_code(session: Session, device: Device, *, now: datetime) -> Invited:
    """A new pairing code: for one that ran out, or for a device that lost its token.

    The old token works until the new code is used. Raises DeviceRevoked.
    """
    if device.revoked_at is not None:
        raise DeviceRevoked(revoked_at=device.revoked_at)
    code = make_typed(CodeType.PAIRING, secrets.token_bytes(5)).text
    device.pairing_hash = keys_of(session).hash(code)
    device.pairing_expires_at = now + PAIRING
    return Invited(device.id, code, now + PAIRING)


def pair(session: Session, code_text: str, name: str, *, now: datetime) -> Paired:
    """Give a device its token, for the pairing code that somebody showed it.

    name: what the device calls itself; empty keeps the name it was invited with.

    Raises PairingCodeUnknown, PairingCodeExpired.
    """
    code = read_typed(code_text)
    if code is None or code.type is not CodeType.PAIRING:
        raise PairingCodeUnknown()
    device = session.scalars(
        select(Device).where(Device.pairing_hash.in_(keys_of(session).hashes(code.text)))
    ).one_or_none()
    if device is None or device.revoked_at is not None:
        raise PairingCodeUnknown()
    if device.pairing_expires_at is None or now >= device.pairing_expires_at:
        raise PairingCodeExpired()
    token = f"dev_{secrets.token_urlsafe(32)}"
    changed = session.execute(
        update(Device)
        .where(Device.id == device.id, Device.pairing_hash == device.pairing_hash)
        .values(
            pairing_hash=None,
            pairing_expires_at=None,
            token_hash=token_hash(token),
            name=name.strip()[:80] or device.name,
            paired_at=now,
            last_seen_at=now,
        )
        .returning(Device.id)
    ).first()
    if changed is None:  # another device was faster with the same code
        raise PairingCodeExpired()
    return Paired(authenticate(session, token, now), token)


def pair_here(
    session: Session, owner: Owner, *, actor_id: uuid.UUID, now: datetime, rights: Rights
) -> Paired:
    """Make the browser of somebody who may invite devices a scanner, without showing a code."""
    invited = invite(session, owner, rights.name, actor_id=actor_id, now=now, rights=rights)
    session.flush()
    return pair(session, invited.code, "", now=now)


def authenticate(
    session: Session, token: str, now: datetime, *, even_revoked: bool = False
) -> KnownDevice:
    """Who is calling, by its token.

    even_revoked: a revoked device may upload its queue; the caller sees ``revoked_at``.

    Raises NotSignedIn for an unknown token, DeviceRevoked.
    """
    device = queries.find_by_token(session, token)
    if device is None:
        raise NotSignedIn()
    if not even_revoked:
        ensure_not_revoked(device, now)
    return device


def ensure_not_revoked(device: KnownDevice, now: datetime) -> None:
    """Raises DeviceRevoked, with the last moment for what it has stored."""
    revoked = device.revoked_at
    if revoked is not None and revoked <= now:
        raise DeviceRevoked(revoked_at=revoked, uploads_until_at=revoked + UPLOAD_TIME)


def may_scan(session: Session, device_id: uuid.UUID, occurrence_id: uuid.UUID) -> bool:
    """Whether a limited device is for this occurrence."""
    found = session.scalar(
        select(DeviceOccurrence.id).where(
            DeviceOccurrence.device_id == device_id,
            DeviceOccurrence.occurrence_id == occurrence_id,
        )
    )
    return found is not None


def note_contact(
    session: Session,
    device_id: uuid.UUID,
    *,
    now: datetime,
    sent_at: datetime | None = None,
    unsent: int | None = None,
) -> None:
    """Remember that a device was in touch, how its clock runs and what it still holds.

    sent_at: the device's own clock when it sent this.
    unsent:  scans that are stored there and not confirmed.
    """
    values: dict[str, object] = {"last_seen_at": now}
    if sent_at is not None:
        values["offset_milliseconds"] = _milliseconds(now - sent_at)
    if unsent is not None:
        values["unsent"] = max(0, unsent)
    session.execute(update(Device).where(Device.id == device_id).values(values))


def _milliseconds(offset: timedelta) -> int:
    """Clamped to ten years: a clock may stand at 1970."""
    most = 10 * 366 * 86_400_000
    return max(-most, min(most, offset // timedelta(milliseconds=1)))


def set_rights(session: Session, device: Device, rights: Rights) -> None:
    """Change what a scanner is called, whether it searches by name, and where it may scan."""
    device.name = rights.name.strip()
    device.may_search = rights.may_search and device.kind == "scanner"
    limit_to(session, device, rights.occurrence_ids)


def limit_to(session: Session, device: Device, occurrence_ids: Iterable[uuid.UUID] | None) -> None:
    """Limit a scanner to named occurrences; None lifts the limit.

    occurrence_ids: of the device's own organisation, which the caller has checked.
    """
    session.execute(delete(DeviceOccurrence).where(DeviceOccurrence.device_id == device.id))
    device.is_limited = occurrence_ids is not None
    for occurrence_id in sorted(set(occurrence_ids or ())):
        session.add(DeviceOccurrence(device_id=device.id, occurrence_id=occurrence_id))


def revoke(device: Device, *, now: datetime) -> None:
    """Switch a device off for good. Its token is known, so that it can be told why."""
    if device.revoked_at is None:
        device.revoked_at = now
        device.pairing_hash = None
        device.pairing_expires_at = None


def revoke_own(session: Session, device_id: uuid.UUID, *, now: datetime) -> None:
    """Switch off the scanner that somebody's own browser was until they signed out."""
    device = session.get(Device, device_id)
    if device is not None:
        revoke(device, now=now)
