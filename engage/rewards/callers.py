"""Who hands rewards over: a paired till, or a member of the partner who is signed in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.core.errors import DeviceRevoked, NotFound, NotPermitted, NotSignedIn
from engage.devices.queries import find_by_token
from engage.rewards.queries import MEMBER


@dataclass(frozen=True, slots=True)
class ByToken:
    """A paired till, proven by its token in the same unit of work."""

    token: str


@dataclass(frozen=True, slots=True)
class ByMember:
    """A signed-in person who works for the partner, in a branch if they chose one."""

    person_id: uuid.UUID
    partner_id: uuid.UUID
    branch_id: uuid.UUID | None = None


Caller = ByToken | ByMember


@dataclass(frozen=True, slots=True)
class Till:
    """Where a reward is handed over. ``id``: the device or person; nonces count per caller."""

    id: uuid.UUID
    partner_id: uuid.UUID
    branch_id: uuid.UUID | None
    device_id: uuid.UUID | None
    person_id: uuid.UUID | None
    name: str = ""


def admit(session: Session, caller: Caller, now: datetime) -> Till:
    """Know the till, in one statement.

    Raises NotSignedIn, DeviceRevoked, NotPermitted (a scanner is no till), NotFound.
    """
    if isinstance(caller, ByMember):
        named = {"person": caller.person_id, "partner": caller.partner_id}
        if session.connection().execute(MEMBER, named).first() is None:
            raise NotFound()
        return Till(caller.person_id, caller.partner_id, caller.branch_id, None, caller.person_id)
    row = find_by_token(session, caller.token)
    if row is None:
        raise NotSignedIn()
    if row.revoked_at is not None and row.revoked_at <= now:
        raise DeviceRevoked(revoked_at=row.revoked_at)
    if row.partner_id is None:
        raise NotPermitted()
    return Till(row.id, row.partner_id, row.branch_id, row.id, None, row.name)
