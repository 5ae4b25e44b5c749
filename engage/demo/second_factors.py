"""The second factor of the demo's roles: fixed secrets, so that anybody can try every part."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.core.errors import NotFound
from engage.demo.content import SIGN_INS
from engage.storage.keys import keys_of


def secret_of(name: str) -> str:
    """160 bits in base 32, known to everybody who reads this: for the demo city alone."""
    return base64.b32encode(
        hashlib.sha1(f"demo {name}".encode(), usedforsecurity=False).digest()
    ).decode()


def give(session: Session, person: Person, name: str, now: datetime) -> None:
    person.totp_secret = keys_of(session).encrypt(secret_of(name).encode())
    person.totp_confirmed_at = now


def code_of(name: str, now: datetime) -> str:
    """The six digits of this half minute. Raises NotFound for somebody who is no role."""
    if name not in {key for key, _name, _part in SIGN_INS}:
        raise NotFound()
    return pyotp.TOTP(secret_of(name)).at(now)
