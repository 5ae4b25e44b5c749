"""All partners in one month, and what is due: for the office."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.core.errors import DomainError
from engage.core.settlement import Closing, amount_cents, ensure_can_close, last_due, month_of
from engage.partners.models import Partner
from engage.settlement import queries
from engage.settlement.models import Statement
from engage.settlement.months import Month
from engage.settlement.queries import Open

#: Months that the page offers at once.
MOST_MONTHS = 13


@dataclass(frozen=True, slots=True)
class PartnerMonth:
    """One partner in one month.

    state: ``paid``, ``closed``, ``due`` (may be closed now) or ``open``.
    cents: of an open month as the rates are agreed now.
    """

    partner_id: uuid.UUID
    name: str
    slug: str
    month: date
    state: str
    count: int
    undone: int
    points: int
    cents: int


@dataclass(frozen=True, slots=True)
class Sum:
    """All partners of a month together."""

    count: int
    points: int
    cents: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What every line needs: the partners, what is open, and what was agreed with whom."""

    partners: list[Partner]
    open: list[Open]
    rates: dict[uuid.UUID, list[tuple[date, int]]]

    def rate(self, partner: Partner, month: date) -> int:
        agreed = (rate for first, rate in self.rates.get(partner.id, []) if first <= month)
        return next(agreed, partner.cents_per_100_points)


def get_overview(
    session: Session, now: datetime, tz: tzinfo, wanted: date | None
) -> dict[str, Any]:
    """What the office's page of the month-end shows.

    wanted: the month to look at; else the oldest that is due, else the newest that may be.
    """
    known, newest = _look(session, now, tz), last_due(now, tz)
    due = [_open_line(known, one, newest) for one in known.open if one.month <= newest]
    closed = _closed_sums(session)
    chosen = wanted or (due[0].month if due else newest)
    months = {month_of(now, tz), chosen, *closed, *(one.month for one in known.open)}
    rows = _rows(session, known, chosen, newest)
    return {
        "due": due,
        "months": sorted(months, reverse=True)[:MOST_MONTHS],
        "chosen": chosen,
        "rows": rows,
        "total": sum_of(rows),
        "closed": sorted(closed.items())[-MOST_MONTHS:],
    }


def list_rows(session: Session, now: datetime, tz: tzinfo, month: date) -> list[PartnerMonth]:
    """Every partner with something in a month, by name."""
    return _rows(session, _look(session, now, tz), month, last_due(now, tz))


def sum_of(rows: Iterable[PartnerMonth]) -> Sum:
    lines = list(rows)
    return Sum(
        sum(one.count for one in lines),
        sum(one.points for one in lines),
        sum(one.cents for one in lines),
    )


def can_close(session: Session, month: Month, now: datetime, tz: tzinfo) -> bool:
    """Whether this month of a partner may be closed at this moment."""
    if month.statement is not None:
        return False
    closing = Closing(
        month.month,
        queries.newest_closed(session, month.partner_id),
        queries.oldest_open(session, month.partner_id),
    )
    try:
        ensure_can_close(closing, now, tz)
    except DomainError:
        return False
    return True


def _look(session: Session, now: datetime, tz: tzinfo) -> _Known:
    return _Known(
        queries.list_partners(session),
        queries.list_open(session, now, tz),
        queries.list_rates(session),
    )


def _open_line(known: _Known, one: Open, newest: date) -> PartnerMonth:
    partner = next(partner for partner in known.partners if partner.id == one.partner_id)
    return PartnerMonth(
        partner.id,
        partner.name,
        partner.slug,
        one.month,
        "due" if one.month <= newest else "open",
        one.count,
        one.undone,
        one.points,
        amount_cents([(one.points, known.rate(partner, one.month))]),
    )


def _rows(session: Session, known: _Known, month: date, newest: date) -> list[PartnerMonth]:
    by_id = {partner.id: partner for partner in known.partners}
    closed = [
        PartnerMonth(
            one.partner_id,
            one.partner_name or by_id[one.partner_id].name,
            by_id[one.partner_id].slug,
            month,
            "paid" if one.paid_at else "closed",
            one.count,
            one.undone,
            one.points,
            one.cents,
        )
        for one in queries.list_of_month(session, month)
    ]
    still = [_open_line(known, one, newest) for one in known.open if one.month == month]
    return sorted([*closed, *still], key=lambda one: (one.name, one.slug))


def _closed_sums(session: Session) -> dict[date, Sum]:
    """What was settled, by month."""
    rows = session.execute(
        select(
            Statement.month,
            func.sum(Statement.count),
            func.sum(Statement.points),
            func.sum(Statement.cents),
        ).group_by(Statement.month)
    )
    return {month: Sum(*(int(value) for value in rest)) for month, *rest in rows}
