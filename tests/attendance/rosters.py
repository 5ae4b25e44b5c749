"""How a scanner reads its roster: by the salted hash of what it has scanned."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.attendance.door import Door

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

    from engage.accounts.models import Person


def ask(browser: FlaskClient, door: Door, since: int = 0, **headers: str) -> TestResponse:
    given = {"Authorization": f"Bearer {door.token}", **headers}
    address = f"/api/v1/occurrences/{door.occurrence.id}/roster?since={since}"
    return browser.get(address, headers=given)


def read(browser: FlaskClient, door: Door, since: int = 0) -> dict[str, Any]:
    reply = ask(browser, door, since)
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.get_json()
    return body


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def mac(roster: dict[str, Any], text: str) -> bytes:
    return hmac.digest(decode(roster["salt"]), text.encode(), "sha256")


def row_of(roster: dict[str, Any], serial: str) -> list[Any] | None:
    """As a device finds a pass: by the salted hash of the number it has scanned."""
    wanted = mac(roster, f"id:{serial}")[:12]
    return next((row for row in roster["passes"] if decode(row[0]) == wanted), None)


def name_in(roster: dict[str, Any], serial: str) -> str:
    row = row_of(roster, serial)
    assert row is not None
    sealed = decode(row[1])
    key = AESGCM(mac(roster, f"name:{serial}"))
    return key.decrypt(sealed[:12], sealed[12:], None).decode()


def state_of(roster: dict[str, Any], serial: str) -> str:
    row = row_of(roster, serial)
    return row[2] if row else ""


def search_too(session: Session, door: Door, owner: Person) -> None:
    door.device.may_search = True
    door.device.created_by = owner.id
    session.commit()
