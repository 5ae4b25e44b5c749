"""Every try to reserve, redeem or undo is kept once; its repeat gets the same answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engage.core.errors import REDEMPTION, Guessing, NonceDiffers, Outcome
from engage.rewards import queries
from engage.rewards.models import RedemptionAttempt
from engage.storage.base import new_id
from engage.storage.prepared import Prepared

#: Wrong, distinct, well-formed codes of one caller, and in which time.
MOST_GUESSES, GUESSING = 10, timedelta(minutes=1)

_table = cast(Table, RedemptionAttempt.__table__)
_attempts = _table.c

# Built once for each database: the nonce is the first row that a redemption writes.
_NOTE = Prepared(
    postgresql.insert(_table)
    .values({column.name: bindparam(column.name, type_=column.type) for column in _attempts})
    .on_conflict_do_nothing()
    .returning(_attempts.id),
    on_sqlite=sqlite.insert(_table).on_conflict_do_nothing().returning(_attempts.id),
)
_FIRST = select(_attempts.verb, _attempts.subject, _attempts.code, _attempts.facts).where(
    _attempts.caller_id == bindparam("caller"), _attempts.nonce == bindparam("number")
)
_ANSWER = (
    update(_table)
    .where(_attempts.id == bindparam("attempt"))
    .values(
        code=bindparam("new_code"),
        facts=bindparam("new_facts"),
        redemption_id=bindparam("of_redemption"),
    )
)

_FORGET = delete(_table).where(_attempts.id == bindparam("attempt"))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried.

    caller_id: the device or person; nonces of another caller reveal nothing.
    subject:   keyed hash of the code as read, or the id of the reward or redemption.
    """

    caller_id: uuid.UUID
    nonce: str
    verb: str
    subject: str


def note(
    session: Session,
    attempt: Attempt,
    outcome: Outcome,
    now: datetime,
    redemption_id: uuid.UUID | None = None,
) -> tuple[uuid.UUID, Outcome | None]:
    """Write the attempt with its answer; returns its id and, for a repeat, the first answer.

    A second request with the same nonce waits here until the first has committed.

    Raises NonceDiffers when the nonce was used for something else.
    """
    row: dict[str, Any] = {
        "id": new_id(),
        "caller_id": attempt.caller_id,
        "nonce": attempt.nonce,
        "verb": attempt.verb,
        "subject": attempt.subject,
        "redemption_id": redemption_id,
        "code": outcome.code,
        "facts": outcome.to_json(),
        "at": now,
    }
    if _NOTE.first(session, row) is not None:
        return row["id"], None
    return row["id"], _first_answer(session, attempt)


def answer(
    session: Session,
    attempt_id: uuid.UUID,
    outcome: Outcome,
    redemption_id: uuid.UUID | None = None,
) -> Outcome:
    """Correct the answer of an attempt that has come out otherwise than it began."""
    session.connection().execute(
        _ANSWER,
        {
            "attempt": attempt_id,
            "new_code": outcome.code,
            "new_facts": outcome.to_json(),
            "of_redemption": redemption_id,
        },
    )
    return outcome


def forget(session: Session, attempt_id: uuid.UUID) -> None:
    """“Too often” is no answer: the same attempt may be sent again later (NON-3)."""
    session.connection().execute(_FORGET, {"attempt": attempt_id})


def _first_answer(session: Session, attempt: Attempt) -> Outcome:
    named = {"caller": attempt.caller_id, "number": attempt.nonce}
    first = session.connection().execute(_FIRST, named).one()
    for name in ("verb", "subject"):
        if getattr(first, name) != getattr(attempt, name):
            raise NonceDiffers(field=_field_of(name, attempt.verb))
    return Outcome.from_json(first.facts).as_replay()


def _field_of(name: str, verb: str) -> str:
    """The field of the request that differs from the first time."""
    if name == "verb":
        return "nonce"
    return {"redeem": "code", "reserve": "reward_id", "card": "reward_id"}.get(verb, "id")


def ensure_not_guessing(session: Session, attempt: Attempt, now: datetime) -> None:
    """Slow a caller down who tries codes. Asked only for a code that nobody knows.

    Raises Guessing with ``retry_after`` in seconds.
    """
    count, first = queries.count_guesses(session, attempt.caller_id, now - GUESSING)
    if count >= MOST_GUESSES and first is not None and not _is_known(session, attempt):
        left = first + GUESSING - now
        raise Guessing(retry_after=max(1, -(-left // timedelta(seconds=1))))


def _is_known(session: Session, attempt: Attempt) -> bool:
    """A repeat of an attempt is no new guess."""
    named = {"caller": attempt.caller_id, "number": attempt.nonce}
    return session.connection().execute(_FIRST, named).first() is not None


def unknown() -> Outcome:
    """The answer for a code that is not one of ours."""
    return Outcome("code_unknown", {}, area=REDEMPTION)
