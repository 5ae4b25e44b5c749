"""The same scan sent twice is one scan. Rules NON-1 to NON-3."""

from __future__ import annotations

from dataclasses import dataclass, fields

from engage.core.codes import is_nonce, read_code
from engage.core.errors import NonceDiffers, Outcome

#: Answers that are none: they are not kept, and a client asks again (NON-3).
NOT_KEPT = frozenset({"device_revoked"})


@dataclass(frozen=True, slots=True)
class Intent:
    """What a nonce stands for. Spelling, time and ``offline`` do not belong to it.

    occurrence, person: ids as text, None if not named.
    code:               as read, so that another spelling is the same.
    """

    occurrence: str | None = None
    person: str | None = None
    code: str | None = None


def intent_of(occurrence: str | None, person: str | None, code: str | None) -> Intent:
    """The intent of a request; a code that cannot be read stands for itself."""
    read = read_code(code) if code else None
    return Intent(occurrence, person, read.text if read else code)


def ensure_same_intent(first: Intent, again: Intent) -> None:
    """A nonce means one thing for its caller, for ever (NON-1).

    Raises NonceDiffers with the ``field`` that differs.
    """
    for one in fields(Intent):
        if getattr(first, one.name) != getattr(again, one.name):
            raise NonceDiffers(field=one.name)


def is_kept(outcome: Outcome) -> bool:
    """Whether an answer is remembered under its nonce (NON-3): no 401, 429 or 5xx."""
    no_answer = outcome.status in (401, 429) or outcome.status >= 500
    return not no_answer and outcome.code not in NOT_KEPT


__all__ = ["NOT_KEPT", "Intent", "ensure_same_intent", "intent_of", "is_kept", "is_nonce"]
