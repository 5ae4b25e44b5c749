"""What partners and the office read of a month, open or closed. Never a person (SET-5)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from engage.core.errors import NotFound
from engage.core.periods import add_months
from engage.core.settlement import (
    last_due,
    month_bounds,
    month_of,
    settled_in,
)
from engage.ledger.queries import ACCOUNTS, TRANSFERS
from engage.partners.models import Branch, Partner
from engage.rewards.models import Redemption, Reward
from engage.settlement.models import Reimbursement, Statement, StatementLine
from engage.settlement.months import Line, Month, sorted_out


@dataclass(frozen=True, slots=True)
class Open:
    """What a partner's statements do not hold yet, by the month that will settle it."""

    partner_id: uuid.UUID
    month: date
    points: int
    count: int
    undone: int
    oldest: datetime


def moves(partner_id: uuid.UUID | None = None) -> Subquery:
    """Every transfer on an account of a partner, points signed as the partner sees them."""
    sides = []
    for mine, sign in ((TRANSFERS.c.credit_id, 1), (TRANSFERS.c.debit_id, -1)):
        side = select(
            TRANSFERS.c.id,
            TRANSFERS.c.posted_at,
            TRANSFERS.c.source_id,
            (TRANSFERS.c.amount * sign).label("points"),
            ACCOUNTS.c.partner_id,
        ).join(ACCOUNTS, ACCOUNTS.c.id == mine)
        owner = ACCOUNTS.c.partner_id
        sides.append(side.where(owner.is_not(None) if partner_id is None else owner == partner_id))
    return union_all(*sides).subquery("moves")


def _lines(moved: Subquery) -> Select[Any]:
    """Transfers with their reward and branch; a later condition says which."""
    return (
        select(
            moved.c.id,
            moved.c.posted_at,
            Redemption.redeemed_at,
            Redemption.reward_id,
            func.coalesce(StatementLine.title, Reward.title).label("title"),
            func.coalesce(Branch.name, "").label("branch"),
            moved.c.points,
            StatementLine.rate,
            moved.c.source_id,
        )
        .select_from(moved)
        .join(Redemption, Redemption.id == moved.c.source_id)
        .join(Reward, Reward.id == Redemption.reward_id)
        .outerjoin(Branch, Branch.id == Redemption.branch_id)
        .order_by(moved.c.posted_at, moved.c.id)
    )


def list_closed_lines(session: Session, statement: Statement) -> list[Line]:
    """The transfers that a statement holds."""
    moved = moves(statement.partner_id)
    rows = session.execute(
        _lines(moved)
        .join(StatementLine, StatementLine.transfer_id == moved.c.id)
        .where(StatementLine.statement_id == statement.id)
    )
    return [_line(row, row.rate) for row in rows]


def list_open_lines(
    session: Session, partner_id: uuid.UUID, before: datetime, rate: int
) -> list[Line]:
    """Transfers booked before an instant that no statement holds, at the rate they will have.

    rate: of the month; what takes back a settled line has the rate of that line (SET-4).
    """
    moved = moves(partner_id)
    rows = list(
        session.execute(
            _lines(moved)
            .outerjoin(StatementLine, StatementLine.transfer_id == moved.c.id)
            .where(StatementLine.id.is_(None), moved.c.posted_at < before)
        )
    )
    settled = _settled_rates(session, partner_id, [row.source_id for row in rows if row.points < 0])
    return [_line(row, settled.get(row.source_id, rate)) for row in rows]


def _line(row: Any, rate: int) -> Line:
    return Line(
        row.id,
        row.posted_at,
        row.redeemed_at,
        row.reward_id,
        row.title,
        row.branch,
        row.points,
        rate,
    )


def _settled_rates(
    session: Session, partner_id: uuid.UUID, sources: list[uuid.UUID]
) -> dict[uuid.UUID, int]:
    if not sources:
        return {}
    moved = moves(partner_id)
    rows = session.execute(
        select(moved.c.source_id, StatementLine.rate)
        .join(StatementLine, StatementLine.transfer_id == moved.c.id)
        .where(moved.c.source_id.in_(sources), moved.c.points > 0)
    )
    return {row.source_id: row.rate for row in rows}


def find_statement(session: Session, partner_id: uuid.UUID, month: date) -> Statement | None:
    return session.scalars(
        select(Statement).where(Statement.partner_id == partner_id, Statement.month == month)
    ).one_or_none()


def get_statement(session: Session, partner_id: uuid.UUID, month: date) -> Statement:
    """A closed month. Raises NotFound."""
    found = find_statement(session, partner_id, month)
    if found is None:
        raise NotFound()
    return found


def list_statements(session: Session, partner_id: uuid.UUID) -> list[Statement]:
    """A partner's closed months, the newest first."""
    return list(
        session.scalars(
            select(Statement)
            .where(Statement.partner_id == partner_id)
            .order_by(Statement.month.desc())
        )
    )


def newest_closed(session: Session, partner_id: uuid.UUID) -> date | None:
    return session.scalar(
        select(func.max(Statement.month)).where(Statement.partner_id == partner_id)
    )


def oldest_open(session: Session, partner_id: uuid.UUID) -> datetime | None:
    """When the oldest transfer was booked that no statement of this partner holds."""
    moved = moves(partner_id)
    found: datetime | None = session.scalar(
        select(func.min(moved.c.posted_at))
        .select_from(moved)
        .outerjoin(StatementLine, StatementLine.transfer_id == moved.c.id)
        .where(StatementLine.id.is_(None))
    )
    return found


def rate_of(session: Session, partner: Partner, month: date) -> int:
    """Cents per 100 points agreed with a partner for a month."""
    agreed = session.scalar(
        select(Reimbursement.rate)
        .where(Reimbursement.partner_id == partner.id, Reimbursement.month <= month)
        .order_by(Reimbursement.month.desc())
        .limit(1)
    )
    return partner.cents_per_100_points if agreed is None else agreed


def get_month(session: Session, partner: Partner, month: date, tz: tzinfo) -> Month:
    """A month of a partner: as it was closed, or as it would be closed now."""
    start, end = month_bounds(month, tz)
    statement = find_statement(session, partner.id, month)
    if statement is not None:
        rate, lines = statement.rate, list_closed_lines(session, statement)
    else:
        rate = rate_of(session, partner, month)
        lines = _previewed(session, partner, month, rate, tz)
    rows, corrections = sorted_out(lines, start)
    return Month(
        partner_id=partner.id,
        partner_name=(statement.partner_name if statement else "") or partner.name,
        partner_slug=partner.slug,
        month=month,
        rate=rate,
        rows=rows,
        corrections=corrections,
        lines=lines,
        free=_given_free(session, partner.id, start, end),
        statement=statement,
    )


def _previewed(
    session: Session, partner: Partner, month: date, rate: int, tz: tzinfo
) -> list[Line]:
    """What this open month would hold; months before it keep their own."""
    closed = newest_closed(session, partner.id)
    if closed is not None and month <= closed:
        return []
    found = list_open_lines(session, partner.id, month_bounds(month, tz)[1], rate)
    return [line for line in found if settled_in(line.posted_at, closed, tz) == month]


def _given_free(
    session: Session, partner_id: uuid.UUID, start: datetime, end: datetime
) -> list[tuple[str, int]]:
    """Welcome rewards of a month by title; those taken back are left out."""
    rows = session.execute(
        select(Reward.title, func.count())
        .join(Redemption, Redemption.reward_id == Reward.id)
        .where(
            Redemption.partner_id == partner_id,
            Redemption.cost == 0,
            Redemption.state == "redeemed",
            Redemption.redeemed_at >= start,
            Redemption.redeemed_at < end,
        )
        .group_by(Reward.title)
        .order_by(Reward.title)
    )
    return [(title, int(count)) for title, count in rows]


def list_open(
    session: Session, now: datetime, tz: tzinfo, partner_id: uuid.UUID | None = None
) -> list[Open]:
    """Everything that no statement holds, by partner and month, the oldest first.

    Two statements, however many partners and months there are.
    """
    newest = _newest_by_partner(session)
    sums: dict[tuple[uuid.UUID, date], list[Any]] = {}
    for row in _open_sums(session, moves(partner_id), now, tz):
        month = settled_in(row.oldest, newest.get(row.partner_id), tz)
        found = sums.setdefault((row.partner_id, month), [0, 0, 0, row.oldest])
        for place, value in enumerate((row.points, row.count, row.undone)):
            found[place] += int(value)
    made = [Open(partner, month, *values) for (partner, month), values in sums.items()]
    return sorted(made, key=lambda one: (one.month, str(one.partner_id)))


def _newest_by_partner(session: Session) -> dict[uuid.UUID, date]:
    rows = session.execute(
        select(Statement.partner_id, func.max(Statement.month).label("newest")).group_by(
            Statement.partner_id
        )
    )
    return {row.partner_id: row.newest for row in rows}


def _open_sums(session: Session, moved: Subquery, now: datetime, tz: tzinfo) -> Iterator[Any]:
    """Sums by partner and calendar month. All that is older than three years is one month."""
    this = month_of(now, tz)
    starts = [month_bounds(add_months(this, -back), tz)[0] for back in range(36)]
    which = case(
        *((moved.c.posted_at >= start, literal(number)) for number, start in enumerate(starts)),
        else_=literal(len(starts)),
    ).label("which")
    rows = session.execute(
        select(
            moved.c.partner_id,
            which,
            func.sum(moved.c.points).label("points"),
            func.sum(case((moved.c.points > 0, 1), else_=0)).label("count"),
            func.sum(case((moved.c.points < 0, 1), else_=0)).label("undone"),
            func.min(moved.c.posted_at).label("oldest"),
        )
        .outerjoin(StatementLine, StatementLine.transfer_id == moved.c.id)
        .where(StatementLine.id.is_(None))
        .group_by(moved.c.partner_id, which)
        .order_by(which.desc())
    )
    yield from rows


def list_due(session: Session, now: datetime, tz: tzinfo) -> list[Open]:
    """Months that may be closed now, in the order in which they must be (SET-1, SET-2)."""
    newest = last_due(now, tz)
    return [one for one in list_open(session, now, tz) if one.month <= newest]


def list_of_month(session: Session, month: date) -> list[Statement]:
    """The closed statements of a month."""
    return list(session.scalars(select(Statement).where(Statement.month == month)))


def list_months(session: Session) -> list[date]:
    """Months with a statement, the newest first."""
    return list(
        session.scalars(select(Statement.month).distinct().order_by(Statement.month.desc()))
    )


def list_partners(session: Session) -> list[Partner]:
    """Every partner that has an account, by name."""
    return list(
        session.scalars(
            select(Partner)
            .join(ACCOUNTS, and_(ACCOUNTS.c.partner_id == Partner.id))
            .order_by(Partner.name, Partner.id)
        )
    )


def list_rates(session: Session) -> dict[uuid.UUID, list[tuple[date, int]]]:
    """What was agreed with whom from which month on, the newest first."""
    rows = session.execute(
        select(Reimbursement.partner_id, Reimbursement.month, Reimbursement.rate).order_by(
            Reimbursement.month.desc()
        )
    )
    found: dict[uuid.UUID, list[tuple[date, int]]] = defaultdict(list)
    for partner_id, month, rate in rows:
        found[partner_id].append((month, rate))
    return found
