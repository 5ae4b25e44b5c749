"""Guesses, counted in the database so that all server processes slow them down alike."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Attempt
from engage.core.accounts import TRIES_COUNT_FOR, counted_tries
from engage.core.fairness import FREE_TRIES, ensure_sign_in_open
from engage.storage.base import new_id
from engage.storage.keys import keys_of


class Guess(StrEnum):
    """What is being guessed, or sent too often."""

    PASSWORD = "password"  # noqa: S105  # a kind, not a password
    NETWORK = "network"
    SECOND_FACTOR = "second_factor"
    CLAIM = "claim"
    MAIL = "mail"


def count_tries(
    session: Session, kind: Guess, who: str, *, now: datetime
) -> tuple[int, datetime | None]:
    """How many wrong tries since the last right one, within 24 hours, and when the last was.

    who: an address, a card number, a person's id, a network address; kept only as a keyed hash.
    """
    names = keys_of(session).hashes(f"attempt:{kind}:{who}")
    mine = (Attempt.kind == kind.value, Attempt.who.in_(names), Attempt.at > now - TRIES_COUNT_FOR)
    last_right = select(func.max(Attempt.at)).where(*mine, Attempt.succeeded).scalar_subquery()
    row = session.execute(
        select(func.count(), func.max(Attempt.at)).where(
            *mine, ~Attempt.succeeded, (last_right.is_(None)) | (Attempt.at > last_right)
        )
    ).one()
    return row[0], row[1]


def ensure_not_paused(
    session: Session, kind: Guess, who: str, *, now: datetime, free: int = FREE_TRIES
) -> None:
    """Raises SignInPaused with the seconds to wait (FAI-7, ACC-4).

    free: wrong tries that cost no pause.
    """
    wrong, last_at = count_tries(session, kind, who, now=now)
    ensure_sign_in_open(counted_tries(wrong, free), last_at, now)


def note_try(
    session: Session, kind: Guess, who: str, *, now: datetime, succeeded: bool
) -> uuid.UUID:
    """Write a try down. A slow check is noted as wrong first, and put right afterwards."""
    attempt = Attempt(
        id=new_id(),
        kind=kind.value,
        who=keys_of(session).hash(f"attempt:{kind}:{who}"),
        at=now,
        succeeded=succeeded,
    )
    session.add(attempt)
    return attempt.id


def mark_right(session: Session, attempt_id: uuid.UUID) -> None:
    """The try was right after all: the row of wrong ones before it ends."""
    attempt = session.get(Attempt, attempt_id)
    if attempt is not None:
        attempt.succeeded = True
