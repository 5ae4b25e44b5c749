"""What the city owes in points, what rewards are there for it, and how long they last (SET-7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from engage.core.outlook import Flow, Forecast, forecast
from engage.core.periods import add_months
from engage.core.settlement import month_bounds, month_of
from engage.ledger import queries as ledger
from engage.ledger.expiry import sum_by_age
from engage.ledger.queries import TRANSFERS
from engage.partners.models import Partner
from engage.policies.queries import policy_at
from engage.rewards.models import Redemption, Reward
from engage.settlement.models import Statement

#: Months that are shown.
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Stock:
    """A published reward with a limited number: pieces, and the points they are worth."""

    partner: str
    title: str
    pieces: int
    points: int


@dataclass(frozen=True, slots=True)
class Liability:
    """Points that are out against what is there for them.

    balances:   what citizens hold; escrow: what they have reserved.
    unlimited:  published rewards of which as many are given as wanted.
    flows:      the last twelve months, this one last and not complete.
    expiring:   points by the quarter in which they go, by its first day; None for later ones.
    rate:       what 100 points cost the city on average in the closed months, in cents.
    """

    balances: int
    escrow: int
    stock: list[Stock]
    unlimited: int
    flows: list[tuple[date, Flow]]
    expiring: list[tuple[date | None, int]]
    rate: float
    forecast: Forecast

    @property
    def outstanding(self) -> int:
        return self.balances + self.escrow

    @property
    def in_stock(self) -> int:
        return sum(one.points for one in self.stock)

    @property
    def began(self) -> date | None:
        """The first month in which something moved."""
        return next((month for month, flow in self.flows if flow.earned or flow.redeemed), None)

    @property
    def busiest(self) -> int:
        """The most points that came or went in a month: the scale of both charts."""
        return max(max(flow.earned, flow.redeemed) for _, flow in self.flows)

    @property
    def cents(self) -> int:
        """What all of it would cost at the average rate."""
        return round(self.outstanding * self.rate / 100)


def get_liability(session: Session, now: datetime, tz: tzinfo) -> Liability:
    """Everything at this moment. Seven statements, whatever the number of people."""
    balances = ledger.sum_outstanding(session)
    escrow = _escrow(session)
    stock, unlimited = _stock(session)
    flows = list_flows(session, now, tz)
    in_stock = sum(one.points for one in stock)
    return Liability(
        balances=balances,
        escrow=escrow,
        stock=stock,
        unlimited=unlimited,
        flows=flows,
        expiring=_expiring(session, now, tz),
        rate=_average_rate(session),
        forecast=forecast([flow for _, flow in flows[:-1]], balances + escrow, in_stock),
    )


def _escrow(session: Session) -> int:
    """What the open reservations hold; ``ledger verify`` proves that it is the escrow account."""
    held = select(func.coalesce(func.sum(Redemption.cost), 0)).where(Redemption.state == "reserved")
    return int(session.scalar(held) or 0)


def _stock(session: Session) -> tuple[list[Stock], int]:
    rows = session.execute(
        select(Partner.name, Reward.title, Reward.stock, Reward.cost)
        .join(Partner, Partner.id == Reward.partner_id)
        .where(Reward.status == "published", Reward.cost > 0, Partner.status == "verified")
        .order_by((Reward.stock * Reward.cost).desc(), Reward.title)
    ).all()
    limited = [
        Stock(name, title, stock, stock * cost) for name, title, stock, cost in rows if stock
    ]
    return limited, sum(row.stock is None for row in rows)


def list_flows(session: Session, now: datetime, tz: tzinfo) -> list[tuple[date, Flow]]:
    """Points earned, redeemed and expired in each of the last months, the oldest first."""
    this = month_of(now, tz)
    months = [add_months(this, back) for back in range(1 - MONTHS, 1)]
    starts = [month_bounds(month, tz)[0] for month in months]
    posted = TRANSFERS.c.posted_at
    which = _which(posted, starts)
    rows = session.execute(
        select(which, TRANSFERS.c.kind, func.sum(TRANSFERS.c.amount))
        .where(posted >= starts[0], posted < month_bounds(this, tz)[1])
        .group_by(which, TRANSFERS.c.kind)
    )
    sums: dict[tuple[int, str], int] = {(int(n), kind): int(points) for n, kind, points in rows}

    def of(number: int, *kinds: str) -> int:
        return sum(sums.get((number, kind), 0) for kind in kinds)

    return [
        (
            month,
            Flow(
                of(number, "earn") - of(number, "reverse"),
                of(number, "redeem", "donate") - of(number, "refund"),
                of(number, "expire"),
            ),
        )
        for number, month in enumerate(months)
    ]


def _which(instant: Any, starts: Sequence[datetime]) -> Any:
    """The number of the period an instant lies in, the newest asked for first."""
    numbered = list(enumerate(starts))
    return case(
        *((instant >= start, literal(number)) for number, start in reversed(numbered)),
        else_=literal(0),
    )


def _expiring(session: Session, now: datetime, tz: tzinfo) -> list[tuple[date | None, int]]:
    """By the quarter in which points grow too old, if nobody spends them before.

    Points that came back in the last days may stay 14 days longer.
    """
    months = policy_at(session, now).expiry_months
    first = month_of(now, tz)
    first = first.replace(month=(first.month - 1) // 3 * 3 + 1)
    quarters = [add_months(first, 3 * number) for number in range(8)]
    starts = [
        month_bounds(add_months(day, -months), tz)[0] for day in [*quarters, add_months(first, 24)]
    ]
    sums = sum_by_age(session, starts)
    named: list[tuple[date | None, int]] = list(zip(quarters, sums, strict=False))
    return [*named, (None, sums[len(quarters)])]


def _average_rate(session: Session) -> float:
    cents, points = session.execute(
        select(
            func.coalesce(func.sum(Statement.cents), 0),
            func.coalesce(func.sum(Statement.points), 0),
        )
    ).one()
    return 100 * float(cents) / float(points) if points else 0.0
