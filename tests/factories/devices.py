"""Paired scanners and tills."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from engage.activities.models import Occurrence
from engage.devices.models import Device, DeviceOccurrence
from engage.organisations.models import Organisation
from engage.partners.models import Partner
from engage.storage.keys import token_hash
from tests.clock import NOON


def scanner(
    session: Session,
    organisation: Organisation,
    *,
    occurrences: Iterable[Occurrence] = (),
    **given: Any,
) -> tuple[Device, str]:
    """A paired scanner and its token; limited when occurrences are named."""
    named = list(occurrences)
    fields = {"kind": "scanner", "name": "Door", "is_limited": bool(named), **given}
    device, token = _paired(session, organisation_id=organisation.id, **fields)
    for occurrence in named:
        session.add(DeviceOccurrence(device_id=device.id, occurrence_id=occurrence.id))
    session.commit()
    return device, token


def till(session: Session, partner: Partner, **given: Any) -> tuple[Device, str]:
    """A partner's paired till and its token."""
    fields = {"kind": "till", "name": "Till", **given}
    device, token = _paired(session, partner_id=partner.id, **fields)
    session.commit()
    return device, token


def _paired(session: Session, **fields: Any) -> tuple[Device, str]:
    token = f"dev_{secrets.token_urlsafe(24)}"
    when = {"created_at": NOON, "paired_at": NOON}
    device = Device(token_hash=token_hash(token), **{**when, **fields})
    session.add(device)
    session.flush()  # what it may scan needs the id
    return device, token
