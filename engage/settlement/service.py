"""Close months and note what happened to them; what was agreed for the months to come."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engage.acts.service import By, note
from engage.core.errors import NotFound, NothingToSettle, StatementClosed
from engage.core.settlement import Closing, amount_cents, ensure_can_close, month_bounds
from engage.partners.models import Partner
from engage.settlement import queries
from engage.settlement.models import Reimbursement, Statement, StatementLine
from engage.storage.base import new_id
from engage.storage.conflicts import refuse_duplicate
from engage.storage.engine import zone_of


def close_month(
    session: Session, partner_id: uuid.UUID, month: date, *, by: uuid.UUID | None, now: datetime
) -> Statement:
    """Settle every transfer of a partner up to the end of a month that no statement holds.

    by: who of the office does it; that is written down.

    Raises NotFound, MonthNotOver, StatementClosed, EarlierMonthOpen, NothingToSettle.
    Source: SET-1 to SET-4.
    """
    partner = _hold(session, partner_id)
    tz = zone_of(session)
    closing = Closing(
        month,
        queries.newest_closed(session, partner.id),
        queries.oldest_open(session, partner.id),
    )
    ensure_can_close(closing, now, tz)
    rate = queries.rate_of(session, partner, month)
    lines = queries.list_open_lines(session, partner.id, month_bounds(month, tz)[1], rate)
    if not lines:
        raise NothingToSettle()
    statement = Statement(
        id=new_id(),
        partner_id=partner.id,
        month=month,
        points=sum(line.points for line in lines),
        cents=amount_cents((line.points, line.rate) for line in lines),
        count=sum(not line.is_undone for line in lines),
        undone=sum(line.is_undone for line in lines),
        rate=rate,
        partner_name=partner.name,
        closed_at=now,
        closed_by=by,
    )
    with refuse_duplicate(session, "uq_statements_partner_id_month", StatementClosed()):
        session.add(statement)
    rows = [
        {
            "id": new_id(),
            "statement_id": statement.id,
            "transfer_id": line.transfer_id,
            "reward_id": line.reward_id,
            "points": line.points,
            "rate": line.rate,
            "title": line.title,
        }
        for line in lines
    ]
    session.execute(insert(StatementLine), rows)
    if by is not None:
        facts = {"month": month.isoformat(), "points": statement.points, "cents": statement.cents}
        note(session, By(by, now), "month_closed", "partner", partner.id, facts)
    return statement


def _hold(session: Session, partner_id: uuid.UUID) -> Partner:
    """Two who close at once come one after the other; reserving goes on meanwhile."""
    partner = session.scalars(
        select(Partner).where(Partner.id == partner_id).with_for_update(key_share=True)
    ).one_or_none()
    if partner is None:
        raise NotFound()
    return partner


@dataclass(frozen=True, slots=True)
class Payment:
    """That a month was paid, or was not after all; the partner reads the note."""

    paid: bool
    note: str
    by: uuid.UUID
    at: datetime


def note_payment(session: Session, partner_id: uuid.UUID, month: date, payment: Payment) -> None:
    """Write a payment down; the first moment of it stays.

    Raises NotFound for a month that is not closed.
    """
    statement = queries.get_statement(session, partner_id, month)
    if payment.paid and statement.paid_at is None:
        statement.paid_at, statement.paid_by = payment.at, payment.by
    if not payment.paid:
        statement.paid_at = statement.paid_by = None
    statement.note = payment.note.strip()
    by = By(payment.by, payment.at, statement.note)
    act = "month_paid" if payment.paid else "month_unpaid"
    facts = {"month": month.isoformat(), "cents": statement.cents}
    note(session, by, act, "partner", partner_id, facts)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cents for 100 points, from a month on."""

    month: date
    rate: int
    by: uuid.UUID | None
    at: datetime


def agree_rate(session: Session, partner_id: uuid.UUID, agreed: Agreement) -> None:
    """From a month on the city pays this for 100 points. A closed month keeps its rate.

    Raises NotFound, StatementClosed.
    """
    partner = _hold(session, partner_id)
    closed = queries.newest_closed(session, partner.id)
    if closed is not None and agreed.month <= closed:
        raise StatementClosed()
    found = session.scalars(
        select(Reimbursement).where(
            Reimbursement.partner_id == partner.id, Reimbursement.month == agreed.month
        )
    ).one_or_none()
    if found is None:
        found = Reimbursement(id=new_id(), partner_id=partner.id, month=agreed.month)
        session.add(found)
    found.rate, found.agreed_at, found.agreed_by = agreed.rate, agreed.at, agreed.by
