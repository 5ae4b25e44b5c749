"""The second proof of who somebody is: one-time codes of an app (RFC 6238) and recovery codes."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

import pyotp
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.attempts import Guess, ensure_not_paused, mark_right, note_try
from engage.accounts.models import Person
from engage.core.codes import encode_bits, is_same
from engage.core.errors import Conflict, DomainError, Outcome, SecondFactorWrong
from engage.storage.keys import keys_of

#: Characters of a secret: 160 bits in base 32.
SECRET_LENGTH = 32
RECOVERY_CODES, RECOVERY_LENGTH = 8, 10
STEP_SECONDS = 30


def begin_set_up(session: Session, person_id: uuid.UUID) -> None:
    """Make a secret for an app; it counts once a code of it was typed.

    Raises Conflict when the person already has one that counts.
    """
    person = queries.get_person(session, person_id)
    if person.totp_confirmed_at is not None:
        raise Conflict()
    secret = pyotp.random_base32(SECRET_LENGTH)
    person.totp_secret = keys_of(session).encrypt(secret.encode())
    person.totp_last_step = None


def read_secret(session: Session, person: Person) -> str | None:
    """The secret while it is being set up, for its QR code; None before and afterwards."""
    if person.totp_secret is None or person.totp_confirmed_at is not None:
        return None
    return _secret(session, person)


def app_link(secret: str, account: str, issuer: str) -> str:
    """What the QR holds: an app adds the account from it."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def finish_set_up(
    session: Session, person_id: uuid.UUID, code: str, *, now: datetime
) -> list[str] | Outcome:
    """From now on it is asked for. Returns the recovery codes, which are shown once.

    A wrong code is written down, so its refusal is returned. Raises SignInPaused.
    """
    person = queries.get_person(session, person_id)
    if person.totp_secret is None or person.totp_confirmed_at is not None:
        raise Conflict()
    refusal = _try(session, person, code, now, with_recovery=False)
    if refusal is not None:
        return Outcome.of(refusal)
    person.totp_confirmed_at = now
    return _new_recovery_codes(session, person)


def verify(session: Session, person_id: uuid.UUID, code: str, *, now: datetime) -> Outcome | None:
    """Whether a code of the app, or a recovery code, is right; None if so. Each counts once.

    A wrong code is written down, so its refusal is returned. Raises SignInPaused.
    """
    person = queries.get_person(session, person_id)
    refusal = _try(session, person, code, now, with_recovery=True)
    return None if refusal is None else Outcome.of(refusal)


def renew_recovery_codes(session: Session, person_id: uuid.UUID) -> list[str]:
    """New recovery codes; the older ones end."""
    return _new_recovery_codes(session, queries.get_person(session, person_id))


def forget(session: Session, person_id: uuid.UUID) -> int:
    """End the second factor, by its owner or, with a proof of identity, by the office.

    All sessions end; returns the epoch of the next one.
    """
    person = queries.get_person(session, person_id)
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    person.recovery_hashes = None
    person.session_epoch += 1
    return person.session_epoch


def _try(
    session: Session, person: Person, typed: str, now: datetime, *, with_recovery: bool
) -> DomainError | None:
    who = str(person.id)
    ensure_not_paused(session, Guess.SECOND_FACTOR, who, now=now)
    attempt = note_try(session, Guess.SECOND_FACTOR, who, now=now, succeeded=False)
    session.flush()  # the try stands, whatever follows
    code = "".join(typed.split()).replace("-", "").upper()
    is_right = _is_code(session, person, code, now)
    if not is_right and with_recovery:
        is_right = _is_recovery_code(session, person, code)
    if not is_right:
        return SecondFactorWrong()
    mark_right(session, attempt)
    return None


def _is_code(session: Session, person: Person, code: str, now: datetime) -> bool:
    """Right within one step to either side; the conditional update lets a step count once."""
    if not (code.isascii() and code.isdigit() and len(code) == 6) or person.totp_secret is None:
        return False
    app = pyotp.TOTP(_secret(session, person))
    around = int(now.timestamp()) // STEP_SECONDS
    steps = (around, around - 1, around + 1)
    found = next((step for step in steps if is_same(app.generate_otp(step), code)), None)
    if found is None:
        return False
    fresh = or_(Person.totp_last_step.is_(None), Person.totp_last_step < found)
    counted = session.execute(
        update(Person)
        .where(Person.id == person.id, fresh)
        .values(totp_last_step=found)
        .returning(Person.id)
    ).first()
    return counted is not None


def _is_recovery_code(session: Session, person: Person, code: str) -> bool:
    keys = keys_of(session)
    kept = list(person.recovery_hashes or [])
    text = _recovery_text(person.id, code.replace("O", "0").replace("I", "1"))
    used = next((one for one in kept if keys.matches(one, text)), None)
    if used is None:
        return False
    person.recovery_hashes = [one for one in kept if one != used]
    return True


def _new_recovery_codes(session: Session, person: Person) -> list[str]:
    codes = [
        encode_bits(secrets.token_bytes(7), RECOVERY_LENGTH) for _number in range(RECOVERY_CODES)
    ]
    keys = keys_of(session)
    person.recovery_hashes = [keys.hash(_recovery_text(person.id, code)) for code in codes]
    return codes


def _recovery_text(person_id: uuid.UUID, code: str) -> str:
    return f"recovery:{person_id}:{code}"


def _secret(session: Session, person: Person) -> str:
    return keys_of(session).decrypt(person.totp_secret or "").decode()
