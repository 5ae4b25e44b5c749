"""The codes of an occurrence (screen and poster), and whose pass a code is."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Pass
from engage.activities.models import Occurrence
from engage.attendance.callers import Ticket
from engage.attendance.models import Scan
from engage.core import codes
from engage.core.codes import Code, CodeType
from engage.core.errors import (
    CodeExpired,
    CodeUnknown,
    PassRevoked,
    TicketExpired,
    TicketUsed,
)
from engage.core.fairness import CHECK_IN_GUESSES, ensure_not_guessing
from engage.storage.base import new_id
from engage.storage.keys import keys_of

#: How long a ticket may be confirmed (domain §4).
TICKET_LASTS = timedelta(minutes=15)

#: Short codes are looked for at dates that begin or end this near.
NEAR = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Screen:
    """What an organiser's screen shows now, and until when."""

    code: Code
    short: str
    until: datetime


def make_nonce() -> str:
    """A scan number: 130 random bits as 26 characters."""
    return codes.encode_bits(secrets.token_bytes(17), codes.NONCE_LENGTH)


def step_ends_at(step: int) -> datetime:
    return datetime.fromtimestamp((step + 1) * codes.STEP_SECONDS, UTC)


def secret_of(session: Session, occurrence: Occurrence) -> bytes:
    """What the codes of a date are made with."""
    return keys_of(session).decrypt(occurrence.secret)


def screen_of(session: Session, occurrence: Occurrence, now: datetime) -> Screen:
    """The rotating code beside its short code, for a screen at the door."""
    secret, step = secret_of(session, occurrence), codes.step_of(now)
    return Screen(
        codes.occurrence_code(secret, occurrence.number, step),
        codes.short_code(secret, occurrence.number, step),
        step_ends_at(step),
    )


def poster_of(session: Session, occurrence: Occurrence) -> Code:
    """The code of the present poster; older versions no longer work."""
    return codes.poster_code(
        secret_of(session, occurrence), occurrence.number, occurrence.poster_version
    )


def open_code(session: Session, code: Code, *, now: datetime) -> Ticket:
    """Judge an occurrence's code when it is opened, and give a ticket for it.

    Raises CodeUnknown, CodeExpired (also for a poster that was switched off or replaced).
    """
    occurrence = session.scalars(
        select(Occurrence).where(Occurrence.number == code.number)
    ).one_or_none()
    if occurrence is None:
        raise CodeUnknown()
    secret = secret_of(session, occurrence)
    if code.type is CodeType.POSTER:
        _judge_poster(occurrence, secret, code)
        return Ticket(make_nonce(), occurrence.id, now, poster=True)
    step = codes.step_of(now)
    if codes.find_step(secret, code, step) is None:
        old = codes.find_step(secret, code, step, codes.OFFLINE_REACH)
        raise CodeUnknown() if old is None else CodeExpired()
    return Ticket(make_nonce(), occurrence.id, now)


def _judge_poster(occurrence: Occurrence, secret: bytes, code: Code) -> None:
    versions = range(occurrence.poster_version, 0, -1)
    made = (
        version
        for version in versions
        if codes.is_same(codes.poster_code(secret, occurrence.number, version).secret, code.secret)
    )
    version = next(made, None)
    if version is None:
        raise CodeUnknown()
    if version != occurrence.poster_version or not occurrence.poster_on:
        raise CodeExpired()


def open_short(session: Session, text: str, *, now: datetime) -> Ticket:
    """A signed-in citizen types the six characters from the screen.

    Raises CodeUnknown.
    """
    short = codes.read_short(text)
    if short is None:
        raise CodeUnknown()
    step = codes.step_of(now)
    running = session.scalars(
        select(Occurrence).where(
            Occurrence.status == "scheduled",
            Occurrence.starts_at < now + NEAR,
            Occurrence.ends_at > now - NEAR,
        )
    )
    for occurrence in running:
        secret = secret_of(session, occurrence)
        if codes.find_short_step(secret, occurrence.number, short, step) is not None:
            return Ticket(make_nonce(), occurrence.id, now)
    raise CodeUnknown()


def note_wrong_short(session: Session, text: str, person_id: uuid.UUID, *, now: datetime) -> None:
    """Count a wrong short code as a guess, together with the person's other ones (FAI-5).

    Raises Guessing.
    """
    short = codes.read_short(text)
    if short is None:
        return
    subject = keys_of(session).hash(f"short:{short}")
    wrong = session.execute(
        select(Scan.subject, Scan.received_at).where(
            Scan.caller_id == person_id,
            Scan.received_at > now - CHECK_IN_GUESSES.window,
            Scan.code == "code_unknown",
            Scan.subject_kind == "code",
        )
    )
    others = [(row.subject, row.received_at) for row in wrong if row.subject != subject]
    ensure_not_guessing(CHECK_IN_GUESSES, others, now)
    session.add(
        Scan(
            id=new_id(),
            caller_id=person_id,
            nonce=make_nonce(),
            verb="check_in",
            subject=subject,
            subject_kind="code",
            code="code_unknown",
            facts={},
            scanned_at=now,
            received_at=now,
        )
    )


def ensure_ticket_fresh(ticket: Ticket, *, now: datetime) -> None:
    """A ticket counts for 15 minutes. Raises TicketExpired."""
    if now > ticket.opened_at + TICKET_LASTS:
        raise TicketExpired()


def ensure_ticket_unused(session: Session, ticket: Ticket, person_id: uuid.UUID) -> None:
    """Nobody else confirms with a ticket that was used. Raises TicketUsed."""
    subjects = keys_of(session).hashes(f"ticket:{ticket.id}")
    used_by = session.scalars(
        select(Scan.caller_id).where(
            Scan.occurrence_id == ticket.occurrence_id,
            Scan.received_at >= ticket.opened_at,
            Scan.subject.in_(subjects),
        )
    ).all()
    if used_by and person_id not in used_by:
        raise TicketUsed()


def find_owner(
    session: Session, text: str, *, now: datetime, reach: int = codes.STEP_REACH
) -> uuid.UUID:
    """Whose pass or card this is, if the code is right now.

    reach:  steps around now in which a phone's code is looked for.

    Raises CodeUnknown, CodeExpired, PassRevoked.
    """
    code = codes.read_code(text)
    if code is None or code.type not in (CodeType.PASS, CodeType.CARD):
        raise CodeUnknown()
    row = session.scalars(
        select(Pass).where(Pass.number == code.number, Pass.kind == code.type.value)
    ).one_or_none()
    if row is None:
        raise CodeUnknown()
    keys = keys_of(session)
    if code.type is CodeType.CARD:
        if not keys.matches(row.secret_hash or "", code.text):
            raise CodeUnknown()
    elif codes.find_step(keys.decrypt(row.secret or ""), code, codes.step_of(now), reach) is None:
        raise CodeExpired()
    if row.revoked_at is not None and row.revoked_at <= now:
        raise PassRevoked()
    return row.person_id


def find_by_serial(session: Session, text: str) -> uuid.UUID | None:
    """Whose pass or card carries this printed number. It proves nothing alone."""
    number = codes.read_serial(text)
    if number is None:
        code = codes.read_code(text)
        number = code.number if code is not None else None
    if not number:
        return None
    return session.scalar(
        select(Pass.person_id).where(
            Pass.number == number, Pass.kind.in_(("P", "K")), Pass.revoked_at.is_(None)
        )
    )


__all__ = [
    "TICKET_LASTS",
    "Screen",
    "ensure_ticket_fresh",
    "ensure_ticket_unused",
    "find_by_serial",
    "find_owner",
    "make_nonce",
    "note_wrong_short",
    "open_code",
    "open_short",
    "poster_of",
    "screen_of",
    "step_ends_at",
]
