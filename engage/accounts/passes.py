"""What identifies a citizen at the door: phones, printed cards, and the PIN of a card."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.models import Pass
from engage.accounts.passwords import PasswordHash, hash_secret, is_password
from engage.core.codes import CodeType, make_number, read_code
from engage.core.errors import (
    CardRevoked,
    CodeUnknown,
    DomainError,
    InvalidInput,
    NoPin,
    NotFound,
    Outcome,
    PhonesFull,
    PinLocked,
    PinWrong,
)
from engage.core.pins import PinTries, ensure_pin_open, is_pin
from engage.storage.base import new_id
from engage.storage.keys import keys_of

#: Phones that show a citizen's pass at the same time.
MOST_PHONES = 3
#: Bytes of a phone's secret (256 bits).
PHONE_SECRET = 32
LONGEST_PHONE_NAME = 40


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone and what its rotating code is made with."""

    pass_id: uuid.UUID
    number: str
    secret: bytes


def find_phone(session: Session, person_id: uuid.UUID, pass_ids: list[uuid.UUID]) -> Phone | None:
    """The phone of this person among those that a browser says it is; None if it is none of them.

    pass_ids: from ``phone_cookie.read_phones``.
    """
    if not pass_ids:
        return None
    row = session.scalars(
        select(Pass)
        .where(
            Pass.id.in_(pass_ids),
            Pass.person_id == person_id,
            Pass.kind == CodeType.PASS.value,
            Pass.revoked_at.is_(None),
        )
        .order_by(Pass.id.desc())
        .limit(1)
    ).one_or_none()
    return _phone(session, row) if row is not None else None


def ensure_phone(
    session: Session,
    person_id: uuid.UUID,
    pass_ids: list[uuid.UUID],
    *,
    name: str,
    now: datetime,
    replace: uuid.UUID | None = None,
) -> Phone:
    """This browser shows the person's pass from now on.

    pass_ids: phones that the browser says it is; one of this person's is used again.
    name:     what the person will know it by, e.g. "Chrome, Android".
    replace:  the phone that ends, when three show the pass already.

    Raises PhonesFull, NotFound (for a phone to replace that is not theirs).
    """
    known = find_phone(session, person_id, pass_ids)
    if known is not None:
        return known
    phones = queries.lock_phones(session, person_id)
    if replace is not None:
        _revoke(phones, replace, now)
    if len([phone for phone in phones if phone.revoked_at is None]) >= MOST_PHONES:
        raise PhonesFull()
    row = Pass(
        id=new_id(),
        person_id=person_id,
        kind=CodeType.PASS.value,
        number=make_number(secrets.token_bytes(5)),
        secret=keys_of(session).encrypt(secrets.token_bytes(PHONE_SECRET)),
        name=" ".join(name.split())[:LONGEST_PHONE_NAME],
        created_at=now,
        last_used_at=now,
    )
    session.add(row)
    session.flush()  # the phone shows its code in the same unit
    return _phone(session, row)


def rename_phone(session: Session, person_id: uuid.UUID, pass_id: uuid.UUID, name: str) -> None:
    """Raises NotFound, InvalidInput."""
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_PHONE_NAME or not words.isprintable():
        raise InvalidInput(fields={"name": "invalid"})
    _own(session, person_id, pass_id).name = words


def revoke(session: Session, person_id: uuid.UUID, pass_id: uuid.UUID, *, now: datetime) -> str:
    """End a phone, a card or a slip, e.g. a lost one; returns its kind. Nothing else changes.

    Raises NotFound.
    """
    row = _own(session, person_id, pass_id)
    row.revoked_at = row.revoked_at or now
    return row.kind


def set_pin(
    session: Session, pass_id: uuid.UUID, pin: PasswordHash, *, person_id: uuid.UUID
) -> None:
    """Give a card a new PIN; wrong tries before count no more.

    pin: made by ``hash_pin`` before the unit of work.

    Raises NotFound.
    """
    card = _own(session, person_id, pass_id)
    if card.kind != CodeType.CARD.value or card.revoked_at is not None:
        raise NotFound()
    card.pin_hash = str(pin)
    card.pin_failures = card.pin_failures_in_row = 0
    card.pin_locked_until = None


def hash_pin(session: Session, pin: str, *, quick: bool = False) -> PasswordHash:
    """Slow on purpose: before the unit of work. Raises InvalidInput (PIN-1)."""
    if not is_pin(pin):
        raise InvalidInput(fields={"pin": "invalid"})
    return hash_secret(keys_of(session).hash(f"pin:{pin}"), quick=quick)


def find_card(session: Session, text: str) -> Pass | None:
    """The card whose whole code this is, number and secret part; revoked ones too.

    text: as it was scanned or typed.
    """
    return _find_sheet(session, text, CodeType.CARD)


def find_slip(session: Session, text: str) -> Pass | None:
    """The claim slip whose whole code this is; used and revoked ones too."""
    return _find_sheet(session, text, CodeType.CLAIM)


def _find_sheet(session: Session, text: str, kind: CodeType) -> Pass | None:
    code = read_code(text)
    if code is None or code.type is not kind:
        return None
    row = session.scalars(
        select(Pass).where(Pass.number == code.number, Pass.kind == kind.value)
    ).one_or_none()
    fits = row is not None and keys_of(session).matches(row.secret_hash or "", code.text)
    return row if fits else None


def is_pin_right(session: Session, card: str, pin: str) -> bool:
    """Compare a PIN with its card. Slow on purpose: best before the unit of work."""
    row = find_card(session, card)
    if row is None or row.pin_hash is None or not is_pin(pin):
        return False
    hashed = keys_of(session).hashes(f"pin:{pin}")
    return any(is_password(row.pin_hash, one) for one in hashed)


def verify_pin(
    session: Session, card: str, pin: str, *, now: datetime, is_right: bool | None = None
) -> Outcome | None:
    """Whether somebody may redeem with this card at a counter; None if so, else the refusal.

    A wrong PIN is written down, so the answer is returned and the unit of work commits it. A
    paused PIN is not even compared. Nobody is signed in by it.

    card:     what was scanned, the whole code ``K…``.
    is_right: from ``is_pin_right``, asked before the unit of work; else it is asked here.

    Source: PIN-1 to PIN-3, case 40.
    """
    found = find_card(session, card)
    row = queries.lock_pass(session, found.id) if found is not None else None
    refusal = _refusal_of(row)
    if row is None or refusal is not None:
        return Outcome.of(refusal or CodeUnknown())
    tries = PinTries(row.pin_failures_in_row, row.pin_failures, row.pin_locked_until)
    try:
        ensure_pin_open(tries, now)
    except PinLocked as locked:
        return Outcome.of(locked)
    right = is_pin_right(session, card, pin) if is_right is None else is_right
    after = tries.after_right() if right else tries.after_wrong(now)
    row.pin_failures_in_row, row.pin_failures = after.in_row, after.in_all
    row.pin_locked_until = after.paused_until
    if right:
        row.last_used_at = now
        return None
    return Outcome.of(_after_wrong(after, now))


def _refusal_of(row: Pass | None) -> DomainError | None:
    if row is None:
        return CodeUnknown()
    if row.revoked_at is not None:
        return CardRevoked()
    return NoPin() if row.pin_hash is None else None


def _after_wrong(tries: PinTries, now: datetime) -> DomainError:
    try:
        ensure_pin_open(tries, now)
    except PinLocked as locked:
        return locked
    return PinWrong(tries_left=tries.left)


def _phone(session: Session, row: Pass) -> Phone:
    return Phone(row.id, row.number, keys_of(session).decrypt(row.secret or ""))


def _own(session: Session, person_id: uuid.UUID, pass_id: uuid.UUID) -> Pass:
    row = session.get(Pass, pass_id)
    if row is None or row.person_id != person_id:
        raise NotFound()
    return row


def _revoke(phones: list[Pass], pass_id: uuid.UUID, now: datetime) -> None:
    chosen = [phone for phone in phones if phone.id == pass_id]
    if not chosen:
        raise NotFound()
    chosen[0].revoked_at = now
