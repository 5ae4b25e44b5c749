"""Signing in: by address or card number, with a password, and slower with every wrong one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.attempts import Guess, ensure_not_paused, mark_right, note_try
from engage.accounts.models import Pass, Person
from engage.accounts.service import tidy_email
from engage.core.accounts import FREE_TRIES_OF_A_NETWORK
from engage.core.codes import read_serial
from engage.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in whose password is still to be compared, outside of any unit of work."""

    attempts: tuple[uuid.UUID, ...]
    person_id: uuid.UUID | None
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody whom the browser may be from now on."""

    id: uuid.UUID
    session_epoch: int
    language: str


def begin(session: Session, typed: str, network: str, *, now: datetime) -> Started:
    """Count a try as wrong before it is compared, so that parallel guesses are counted too.

    typed:   address or card number, as typed.
    network: the caller's network address; kept as a keyed hash only.

    Raises SignInPaused (FAI-7, ACC-4), for unknown addresses as for known ones.
    """
    name = _tidy(typed)
    ensure_not_paused(session, Guess.PASSWORD, name, now=now)
    ensure_not_paused(session, Guess.NETWORK, network, now=now, free=FREE_TRIES_OF_A_NETWORK)
    attempts = (
        note_try(session, Guess.PASSWORD, name, now=now, succeeded=False),
        note_try(session, Guess.NETWORK, network, now=now, succeeded=False),
    )
    person = find_by_name(session, typed)
    if person is None:
        return Started(attempts, None, None)
    return Started(attempts, person.id, person.password_hash)


def finish(session: Session, started: Started, *, is_right: bool, now: datetime) -> Entered | None:
    """Let the person in, if the password was right; None if not."""
    if not is_right or started.person_id is None:
        return None
    person = queries.get_person(session, started.person_id)
    if person.password_hash != started.password_hash:
        return None
    for attempt in started.attempts:
        mark_right(session, attempt)
    return enter(person, now=now)


def enter(person: Person, *, now: datetime) -> Entered:
    """Note the use of the account; whoever calls this has proven who they are."""
    person.last_seen_at = now
    person.warnings = 0
    return Entered(person.id, person.session_epoch, person.language)


def find_by_name(session: Session, typed: str) -> Person | None:
    """The account behind an address, or the number of a valid card or used claim slip."""
    if "@" in typed:
        try:
            return queries.find_by_email(session, tidy_email(typed))
        except InvalidInput:
            return None
    is_sign_in_number = or_(Pass.kind == "K", and_(Pass.kind == "C", Pass.claimed_at.is_not(None)))
    owner = session.scalar(
        select(Pass.person_id).where(
            Pass.number == (read_serial(typed) or ""), Pass.revoked_at.is_(None), is_sign_in_number
        )
    )
    return queries.find_person(session, owner) if owner is not None else None


def _tidy(typed: str) -> str:
    return read_serial(typed) or " ".join(typed.lower().split())[:254]
