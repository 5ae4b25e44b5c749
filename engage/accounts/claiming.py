"""Taking over an account made at the door or the office: with a card and claim code, or a slip."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.attempts import Guess, ensure_not_paused, mark_right, note_try
from engage.accounts.joining import request_email
from engage.accounts.models import Pass, Person
from engage.accounts.passes import find_slip
from engage.accounts.passwords import PasswordHash
from engage.accounts.service import claim_text, tidy_name
from engage.accounts.signing import Entered, enter
from engage.core.codes import is_from_alphabet, read_code, read_serial
from engage.core.errors import (
    AlreadyClaimed,
    CardClaimed,
    ClaimCodeUsed,
    ClaimCodeWrong,
    DomainError,
    Outcome,
)
from engage.storage.keys import keys_of


@dataclass(frozen=True, slots=True)
class Owner:
    """Who takes the account over, as they want to be known.

    display_name: empty to keep the one it has.
    email:        empty for none; it counts once it is confirmed.
    """

    password: PasswordHash
    display_name: str = ""
    email: str = ""
    language: str = "de"


def claim_card(
    session: Session, card: str, claim_code: str, owner: Owner, *, network: str, now: datetime
) -> Entered | Outcome:
    """Set a password with a printed card and the one-time code that staff handed out.

    A wrong code is written down, so its refusal is returned. The card itself signs nobody in.

    Raises SignInPaused.
    """
    serial = _serial(card)
    attempts = _begin(session, serial, network, now)
    row = session.scalars(
        select(Pass)
        .where(Pass.number == serial, Pass.kind == "K", Pass.revoked_at.is_(None))
        .with_for_update()
    ).one_or_none()
    refusal = _refusal_of_card(session, row, claim_code, now)
    if row is None or refusal is not None:
        return Outcome.of(refusal or ClaimCodeWrong())
    row.claim_hash = None
    row.claimed_at = now
    return _take_over(session, row.person_id, owner, attempts, now)


def _refusal_of_card(
    session: Session, row: Pass | None, claim_code: str, now: datetime
) -> DomainError | None:
    if row is not None and row.claim_hash is None and row.claimed_at is not None:
        return ClaimCodeUsed()
    given = claim_text(row.number, _tidy_code(claim_code)) if row is not None else ""
    if row is None or not keys_of(session).matches(row.claim_hash or "", given):
        return ClaimCodeWrong()
    if row.claim_expires_at is None or row.claim_expires_at <= now:
        return ClaimCodeUsed()
    person = queries.find_person(session, row.person_id)
    return CardClaimed() if person is None or person.password_hash is not None else None


def claim_slip(
    session: Session, slip: str, owner: Owner, *, network: str, now: datetime
) -> Entered | Outcome:
    """Take over the account that was made at the door, with the slip that was handed out there.

    slip: the whole code ``C…``, scanned or typed.

    A wrong code is written down, so its refusal is returned. Raises SignInPaused.
    """
    attempts = _begin(session, _serial(slip), network, now)
    row = find_slip(session, slip)
    refusal = refusal_of_slip(session, row)
    if row is None or refusal is not None:
        return Outcome.of(refusal or ClaimCodeWrong())
    queries.lock_pass(session, row.id)
    row.claimed_at = now
    return _take_over(session, row.person_id, owner, attempts, now)


def refusal_of_slip(session: Session, row: Pass | None) -> DomainError | None:
    """Why a slip opens nothing; None if it still does."""
    if row is None:
        return ClaimCodeWrong()
    if row.revoked_at is not None or row.claimed_at is not None:
        return ClaimCodeUsed()
    person = queries.find_person(session, row.person_id)
    return AlreadyClaimed() if person is None or person.password_hash is not None else None


def find_slip_owner(session: Session, slip: str) -> Person | None:
    """Whose account a slip opens; None if it opens nothing any more."""
    row = find_slip(session, slip)
    if row is None or refusal_of_slip(session, row) is not None:
        return None
    return queries.find_person(session, row.person_id)


def _begin(session: Session, serial: str, network: str, now: datetime) -> tuple[uuid.UUID, ...]:
    ensure_not_paused(session, Guess.CLAIM, serial, now=now)
    ensure_not_paused(session, Guess.CLAIM, f"network:{network}", now=now, free=20)
    return (
        note_try(session, Guess.CLAIM, serial, now=now, succeeded=False),
        note_try(session, Guess.CLAIM, f"network:{network}", now=now, succeeded=False),
    )


def _take_over(
    session: Session,
    person_id: uuid.UUID,
    owner: Owner,
    attempts: tuple[uuid.UUID, ...],
    now: datetime,
) -> Entered:
    for attempt in attempts:
        mark_right(session, attempt)
    person = queries.get_person(session, person_id)
    if owner.display_name.strip():
        person.display_name = tidy_name(owner.display_name)
    person.password_hash = str(owner.password)
    person.language = owner.language
    person.claimed_at = now
    person.session_epoch += 1
    if owner.email.strip():
        request_email(session, person.id, owner.email, now=now)
    return enter(person, now=now)


def _serial(typed: str) -> str:
    code = read_code(typed)
    return code.number if code is not None else read_serial(typed) or ""


def _tidy_code(typed: str) -> str:
    tidy = "".join(typed.upper().split()).replace("-", "").replace("O", "0").replace("I", "1")
    return tidy if is_from_alphabet(tidy) else ""
