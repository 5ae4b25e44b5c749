"""A citizen checks in with an occurrence's own code: ticket, one question, done."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from engage.attendance.callers import CheckInRequest, CitizenCaller, Ticket
from engage.attendance.checkin import check_in
from engage.attendance.codes import (
    ensure_ticket_fresh,
    ensure_ticket_unused,
    find_owner,
    note_wrong_short,
    open_short,
)
from engage.attendance.queries import Place
from engage.core.activities import Kind
from engage.core.errors import CodeUnknown, DomainError, NotFound, Outcome
from engage.core.points import PointsRule, minutes_between
from engage.policies.queries import policy_at


def points_of(session: Session, place: Place, *, poster: bool = False) -> int:
    """What being there gives, as the question, the screen and the scanner say it."""
    minutes = minutes_between(place.starts_at, place.ends_at)
    if place.points_rule:
        rule = PointsRule.from_json(place.points_rule)
    else:
        rule = policy_at(session, place.starts_at).rule_for(Kind(place.kind))
    return int(rule.points_for_poster(minutes) if poster else rule.points_for(minutes))


def confirm(
    session: Session,
    person_id: uuid.UUID,
    ticket: Ticket,
    *,
    now: datetime,
    nonce: str | None = None,
) -> Outcome:
    """The citizen's yes: checked in with the time at which the code was opened.

    nonce:  of a client that makes its own; else the ticket's id, so that a second press
            gives the first answer.

    Raises TicketExpired, TicketUsed (by somebody else).
    """
    ensure_ticket_fresh(ticket, now=now)
    ensure_ticket_unused(session, ticket, person_id)
    return _enter(session, person_id, ticket, nonce or ticket.id, now)


def _enter(
    session: Session, person_id: uuid.UUID, ticket: Ticket, nonce: str, now: datetime
) -> Outcome:
    request = CheckInRequest(ticket.occurrence_id, nonce, ticket=ticket)
    return check_in(session, CitizenCaller(person_id), request, now=now)


def confirm_for(
    session: Session,
    code: str,
    ticket: Ticket,
    nonce: str,
    *,
    opened_by: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Somebody of the family who has their pass or card with them but no phone in hand.

    The answer carries no balance: that is the other person's own affair.

    Raises TicketExpired, CodeUnknown, CodeExpired, PassRevoked.
    """
    ensure_ticket_fresh(ticket, now=now)
    person_id = find_owner(session, code, now=now)
    outcome = _enter(session, person_id, ticket, nonce, now)
    hidden = {"balance", "waiting", "review"}
    facts = {name: fact for name, fact in outcome.facts.items() if name not in hidden}
    if person_id == opened_by:
        facts = dict(outcome.facts)
    return Outcome(outcome.code, facts, outcome.replayed)


def take_short(
    session: Session, text: str, person_id: uuid.UUID, *, now: datetime
) -> Ticket | Outcome:
    """A ticket for the six characters from the screen, or a refusal that is remembered."""
    try:
        return open_short(session, text, now=now)
    except CodeUnknown as refusal:
        try:
            note_wrong_short(session, text, person_id, now=now)
        except DomainError as too_many:
            return Outcome.of(too_many)
        return Outcome.of(refusal)


def read_id(text: object) -> uuid.UUID:
    """An id that a browser kept. Raises NotFound for anything else."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        raise NotFound() from None
