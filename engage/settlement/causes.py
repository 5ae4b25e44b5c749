"""Good causes: the office's list, and what people gave to each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from engage.acts.service import By, note
from engage.core.errors import CauseExists, NotFound
from engage.core.periods import add_months
from engage.core.points import good_cause
from engage.core.settlement import amount_cents, month_bounds, month_of
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.ledger.queries import ACCOUNTS, TRANSFERS
from engage.rewards.models import GoodCause
from engage.storage.base import new_id

#: Months of a cause's statement.
MONTHS = 24

PREFIX = good_cause("")


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause with the points on its account; one that nobody described has its slug as name.

    rate: what the city pays the cause, in cents per 100 points.
    """

    slug: str
    name: str
    words: str
    rate: int
    ended_at: datetime | None
    points: int

    @property
    def cents(self) -> int:
        return amount_cents([(self.points, self.rate)])


@dataclass(frozen=True, slots=True)
class GivenMonth:
    """A month of a cause: how often something was given, how many points, less what came back."""

    month: date
    count: int
    points: int


def list_causes(session: Session) -> list[Cause]:
    """Every account of a good cause with its sum, by name. Two statements."""
    sums = _sums(session)
    rows = session.execute(
        select(ACCOUNTS.c.id, ACCOUNTS.c.name, GoodCause)
        .outerjoin(GoodCause, ACCOUNTS.c.name == literal(PREFIX) + GoodCause.slug)
        .where(ACCOUNTS.c.name.startswith(PREFIX))
    )
    found = [
        Cause(
            slug=name.removeprefix(PREFIX),
            name=described.name if described else name.removeprefix(PREFIX).replace("-", " "),
            words=described.words if described else "",
            rate=described.rate if described else 0,
            ended_at=described.ended_at if described else None,
            points=sums.get(account_id, 0),
        )
        for account_id, name, described in rows
    ]
    return sorted(found, key=lambda one: (one.ended_at is not None, one.name.casefold()))


def _sums(session: Session) -> dict[uuid.UUID, int]:
    found: dict[uuid.UUID, int] = {}
    for mine, sign in ((TRANSFERS.c.credit_id, 1), (TRANSFERS.c.debit_id, -1)):
        rows = session.execute(
            select(mine, func.sum(TRANSFERS.c.amount))
            .join(ACCOUNTS, ACCOUNTS.c.id == mine)
            .where(ACCOUNTS.c.name.startswith(PREFIX))
            .group_by(mine)
        )
        for account_id, points in rows:
            found[account_id] = found.get(account_id, 0) + sign * int(points)
    return found


def get_cause(session: Session, slug: str) -> Cause:
    """Raises NotFound."""
    found = next((one for one in list_causes(session) if one.slug == slug), None)
    if found is None:
        raise NotFound()
    return found


def list_given(session: Session, slug: str, now: datetime, tz: tzinfo) -> list[GivenMonth]:
    """What a cause was given in each month, the newest first. Raises NotFound."""
    account = ledger_queries.named_account_id(session, f"{PREFIX}{slug}")
    this = month_of(now, tz)
    months = [add_months(this, -back) for back in range(MONTHS)]
    starts = [month_bounds(month, tz)[0] for month in months]
    sums = [[0, 0] for _ in months]
    for mine, sign in ((TRANSFERS.c.credit_id, 1), (TRANSFERS.c.debit_id, -1)):
        for number, count, points in _by_month(session, mine == account, starts):
            sums[number][0] += sign * count
            sums[number][1] += sign * points
    return [GivenMonth(month, *both) for month, both in zip(months, sums, strict=True) if any(both)]


def _by_month(
    session: Session, is_mine: object, starts: Sequence[datetime]
) -> list[tuple[int, int, int]]:
    which = case(
        *((TRANSFERS.c.posted_at >= start, literal(number)) for number, start in enumerate(starts)),
        else_=literal(len(starts) - 1),
    )
    rows = session.execute(
        select(which, func.count(), func.sum(TRANSFERS.c.amount))
        .where(is_mine)  # type: ignore[arg-type]  # a comparison of two columns
        .group_by(which)
    )
    return [(int(number), int(count), int(points)) for number, count, points in rows]


@dataclass(frozen=True, slots=True)
class Described:
    """What the office says about a cause."""

    name: str
    words: str
    rate: int
    is_open: bool = True


def add(session: Session, slug: str, described: Described, by: By) -> None:
    """Put a cause on the list, with its account. Of two who add it at once one is refused.

    Raises CauseExists.
    """
    if _find(session, slug) is not None:
        raise CauseExists()
    # Not looked up again: a row that came meanwhile is somebody else's, and breaks the insert.
    _write(session, slug, None, described, by)


def describe(session: Session, slug: str, described: Described, by: By) -> None:
    """Say something else about a cause, or the first about one that has only an account."""
    _write(session, slug, _find(session, slug), described, by)


def _write(
    session: Session, slug: str, found: GoodCause | None, described: Described, by: By
) -> None:
    try:
        ledger_queries.named_account_id(session, f"{PREFIX}{slug}")
    except NotFound:
        ledger.open_good_cause(session, slug)
    act = "cause_added" if found is None else "cause_changed"
    if found is None:
        found = GoodCause(id=new_id(), slug=slug, added_at=by.at)
        session.add(found)
    found.name, found.words, found.rate = described.name, described.words, described.rate
    if described.is_open:
        found.ended_at = None
    elif found.ended_at is None:
        found.ended_at = by.at
    facts = {"cause": found.name, "cents_per_100": found.rate, "open": described.is_open}
    note(session, by, act, "good_cause", found.id, facts)


def _find(session: Session, slug: str) -> GoodCause | None:
    return session.scalars(select(GoodCause).where(GoodCause.slug == slug)).one_or_none()
