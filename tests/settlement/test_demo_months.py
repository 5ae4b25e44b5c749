"""In the demo city every month of every partner is what the ledger says, to the point."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import select

from engage.audit.verify import verify
from engage.core.settlement import month_of
from engage.demo.city import build
from engage.ledger.models import Account, Transfer
from engage.partners.models import Partner
from engage.rewards.models import Redemption
from engage.settlement import queries
from engage.settlement.models import Statement, StatementLine
from engage.storage.engine import BERLIN
from tests.clock import NOON

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Sums = dict[tuple[UUID, date], int]


def by_the_ledger(session: Session) -> Sums:
    """Points on each partner's account by month, added up one by one."""
    owner = {one.id: one.partner_id for one in session.scalars(select(Account))}
    sums: Counter[tuple[UUID, date]] = Counter()
    for one in session.scalars(select(Transfer)):
        month = month_of(one.posted_at, BERLIN)
        for account, points in ((one.credit_id, one.amount), (one.debit_id, -one.amount)):
            partner_id = owner[account]
            if partner_id is not None:
                sums[partner_id, month] += points
    return dict(sums)


def by_the_redemptions(session: Session) -> Counter[UUID]:
    """Points of everything that is redeemed, by partner."""
    sums: Counter[UUID] = Counter()
    for one in session.scalars(select(Redemption).where(Redemption.state == "redeemed")):
        sums[one.partner_id] += one.cost
    return sums


def corrections(session: Session) -> list[tuple[date, date, int]]:
    """What closed statements take back: its month, the month it was given in, the points."""
    lines = session.execute(
        select(Statement.month, StatementLine.points, Transfer.source_id)
        .join(StatementLine, StatementLine.statement_id == Statement.id)
        .join(Transfer, Transfer.id == StatementLine.transfer_id)
    ).all()
    given = {source: month for month, points, source in lines if points > 0}
    return [(month, given[source], points) for month, points, source in lines if points < 0]


@pytest.mark.slow
def test_set_2_every_month_of_every_partner_of_the_demo_city_equals_the_ledger(
    session: Session,
) -> None:
    build(session, NOON, quick=True)
    ledger = by_the_ledger(session)

    closed = {(one.partner_id, one.month): one.points for one in session.scalars(select(Statement))}
    still = {
        (one.partner_id, one.month): one.points for one in queries.list_open(session, NOON, BERLIN)
    }
    pages = {
        (partner.id, month): queries.get_month(session, partner, month, BERLIN).points
        for partner in session.scalars(select(Partner))
        for month in sorted({month for _, month in ledger})
    }

    assert closed | still == ledger
    assert closed.keys() & still.keys() == set()
    assert {key: points for key, points in pages.items() if points} == {
        key: points for key, points in ledger.items() if points
    }
    totals: Counter[UUID] = Counter()
    for (partner_id, _), points in ledger.items():
        totals[partner_id] += points
    causes = by_the_redemptions(session)
    assert {one: points for one, points in totals.items() if points} == {
        one: points for one, points in causes.items() if points and one in totals
    }
    assert len({month for _, month in closed}) >= 3
    assert date(2030, 4, 1) in {month for _, month in still}  # the newest due month waits
    corrected = corrections(session)
    assert corrected
    assert all(later > earlier for later, earlier, _ in corrected)
    assert verify(session) == []
