"""Counts for the office: budgets, the yearly value, partners to look at. Never a name."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Integer, case, cast, func, literal, select
from sqlalchemy.orm import Session

from engage.core.errors import DomainError
from engage.core.hours import Hours, read_hours
from engage.core.outlook import LEAST_PEOPLE, REGULAR_FROM, BudgetState, Seen, Sign, signs_of
from engage.core.outlook import budget_state as state_of_budget
from engage.core.reserving import WARN_PERCENT
from engage.partners.models import Branch, Partner
from engage.policies.queries import policy_at
from engage.rewards.models import Redemption
from engage.rewards.queries import COUNTED, year_of

#: How far back the page of the signs looks.
SIGNS_OF = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class PartnerBudget:
    """The budget of a partner in the city's year, in points."""

    partner_id: uuid.UUID
    name: str
    slug: str
    budget: int | None
    redeemed: int
    reserved: int

    @property
    def taken(self) -> int:
        return self.redeemed + self.reserved

    @property
    def left(self) -> int | None:
        return None if self.budget is None else max(0, self.budget - self.taken)

    @property
    def state(self) -> BudgetState:
        return state_of_budget(self.taken, self.budget)


def list_budgets(
    session: Session, now: datetime, tz: tzinfo, partner_id: uuid.UUID | None = None
) -> list[PartnerBudget]:
    """Verified partners with what is used of their budget, nearest to its end first."""
    start, end = year_of(now, tz)
    used = (
        select(
            Redemption.partner_id,
            func.sum(case((Redemption.state == "redeemed", Redemption.cost), else_=0)).label("r"),
            func.sum(case((Redemption.state == "reserved", Redemption.cost), else_=0)).label("o"),
        )
        .where(
            Redemption.state.in_(COUNTED),
            Redemption.reserved_at >= start,
            Redemption.reserved_at < end,
        )
        .group_by(Redemption.partner_id)
        .subquery()
    )
    asked = (
        select(
            Partner.id,
            Partner.name,
            Partner.slug,
            Partner.budget_points,
            func.coalesce(used.c.r, 0),
            func.coalesce(used.c.o, 0),
        )
        .outerjoin(used, used.c.partner_id == Partner.id)
        .where(Partner.status == "verified")
    )
    if partner_id is not None:
        asked = asked.where(Partner.id == partner_id)
    found = [
        PartnerBudget(one, name, slug, budget, int(redeemed), int(reserved))
        for one, name, slug, budget, redeemed, reserved in session.execute(asked)
    ]
    return sorted(found, key=_nearness)


def _nearness(one: PartnerBudget) -> tuple[bool, float, str]:
    share = one.taken / one.budget if one.budget else 0.0
    return one.budget is None, -share, one.name


@dataclass(frozen=True, slots=True)
class ValueGuard:
    """How many people have used how much of what rewards may be worth in a year.

    bands: people by share of the limit: under 20 %, 40, 60, 80, 100, and at the limit.
    """

    year: int
    cap_cents: int
    people: int
    cents: int
    bands: tuple[int, ...]

    @property
    def near(self) -> int:
        """From the warning on, the limit not reached."""
        return self.bands[4]

    @property
    def full(self) -> int:
        return self.bands[5]


def get_value_guard(session: Session, now: datetime, tz: tzinfo, year: int) -> ValueGuard:
    """Counts of people by what their rewards of a year are worth. One statement."""
    start, end = year_of(now.replace(year=year, month=6, day=15), tz)
    cap = policy_at(session, min(now, end - timedelta(seconds=1))).value_cap_cents
    each = (
        select(func.sum(Redemption.face_value_cents).label("cents"))
        .where(
            Redemption.state.in_(COUNTED),
            Redemption.reserved_at >= start,
            Redemption.reserved_at < end,
        )
        .group_by(Redemption.person_id)
        .having(func.sum(Redemption.face_value_cents) > 0)
        .subquery()
    )
    edges = (20, 40, 60, WARN_PERCENT, 100)
    band = case(
        *((each.c.cents * 100 < cap * edge, literal(n)) for n, edge in enumerate(edges)),
        else_=literal(len(edges)),
    )
    rows = session.execute(
        select(cast(band, Integer).label("band"), func.count(), func.sum(each.c.cents)).group_by(
            band
        )
    ).all()
    counts = {int(row[0]): int(row[1]) for row in rows}
    return ValueGuard(
        year,
        cap,
        sum(counts.values()),
        sum(int(row[2]) for row in rows),
        tuple(counts.get(n, 0) for n in range(len(edges) + 1)),
    )


@dataclass(frozen=True, slots=True)
class PartnerSigns:
    """A partner with what was seen there, and the published reasons to look at it."""

    partner_id: uuid.UUID
    name: str
    seen: Seen
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Signs:
    """partners: those with five people and more; the others are added up (SET-8)."""

    since: datetime
    partners: list[PartnerSigns]
    small: int
    small_redemptions: int


def list_signs(session: Session, now: datetime, tz: tzinfo) -> Signs:
    """What the last 90 days say about partners. Two statements."""
    since = now - SIGNS_OF
    outside = _outside_hours(session, since, tz)
    found = [
        PartnerSigns(partner_id, name, seen, signs_of(seen))
        for partner_id, name, plain in _seen(session, since)
        for seen in [_with_hours(plain, outside.get(partner_id, (0, 0)))]
    ]
    large = [one for one in found if one.seen.people >= LEAST_PEOPLE]
    small = [one for one in found if one.seen.people < LEAST_PEOPLE]
    return Signs(
        since,
        sorted(large, key=lambda one: (-len(one.signs), one.name)),
        len(small),
        sum(one.seen.redemptions for one in small),
    )


def _with_hours(seen: Seen, counted: tuple[int, int]) -> Seen:
    return replace(seen, with_hours=counted[0], outside_hours=counted[1])


def _seen(session: Session, since: datetime) -> Iterable[tuple[uuid.UUID, str, Seen]]:
    each = (
        select(
            Redemption.partner_id,
            func.count().label("times"),
            func.sum(case((Redemption.state == "refunded", 1), else_=0)).label("undone"),
            func.sum(case((Redemption.disputed_at.is_not(None), 1), else_=0)).label("disputed"),
        )
        .where(Redemption.redeemed_at >= since)
        .group_by(Redemption.partner_id, Redemption.person_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Partner.id,
            Partner.name,
            func.count(),
            func.sum(each.c.times),
            func.sum(case((each.c.times >= REGULAR_FROM, each.c.times), else_=0)),
            func.sum(each.c.undone),
            func.sum(each.c.disputed),
        )
        .join(each, each.c.partner_id == Partner.id)
        .group_by(Partner.id, Partner.name)
    )
    for partner_id, name, people, times, regular, undone, disputed in rows:
        seen = Seen(
            int(people), int(times), int(regular), undone=int(undone), disputed=int(disputed)
        )
        yield partner_id, name, seen


def _outside_hours(
    session: Session, since: datetime, tz: tzinfo
) -> dict[uuid.UUID, tuple[int, int]]:
    """Redemptions at branches with known hours, and how many of them outside of these."""
    rows: Iterable[Any] = session.execute(
        select(Redemption.partner_id, Branch.hours, Redemption.redeemed_at)
        .join(Branch, Branch.id == Redemption.branch_id)
        .where(Redemption.redeemed_at >= since, Branch.hours != "")
    )
    counted: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0, 0])
    for partner_id, text, at in rows:
        counted[partner_id][0] += 1
        counted[partner_id][1] += not _hours(text).covers(at, tz)
    return {partner_id: (both[0], both[1]) for partner_id, both in counted.items()}


def _hours(text: str) -> Hours:
    try:
        return read_hours(text)
    except DomainError:
        return Hours()  # says nothing, so that nobody is suspected for a slip of typing
