"""Questions about points."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, func, or_, select
from sqlalchemy.orm import Session

from engage.core.errors import NotFound
from engage.ledger.models import SYSTEM_IDS, Account, Shortfall, Transfer

#: For joins of the hot paths: which account belongs to a person, a partner or a cause.
ACCOUNTS = cast(Table, Account.__table__)

#: For what is settled: every movement, to be read in one statement with what it is about.
TRANSFERS = cast(Table, Transfer.__table__)


@dataclass(frozen=True, slots=True)
class CitizenAccount:
    """What a decision needs to know of a citizen's account.

    earnings: grows with each earning; booking with an old one means deciding again.
    """

    id: uuid.UUID
    balance: int
    earnings: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a citizen's history; ``points`` above zero came, below zero went."""

    id: uuid.UUID
    kind: str
    points: int
    source_kind: str
    source_id: uuid.UUID
    work_on: date | None
    posted_at: datetime


def get_account(session: Session, person_id: uuid.UUID) -> CitizenAccount:
    """A citizen's account. Raises NotFound."""
    row = session.execute(
        select(Account.id, Account.balance, Account.earnings).where(Account.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return CitizenAccount(row.id, row.balance or 0, row.earnings)


def balance_of(session: Session, person_id: uuid.UUID) -> int:
    """Points the person can spend now."""
    return get_account(session, person_id).balance


def partner_account_id(session: Session, partner_id: uuid.UUID) -> uuid.UUID:
    """Raises NotFound."""
    found = session.scalar(select(Account.id).where(Account.partner_id == partner_id))
    if found is None:
        raise NotFound()
    return found


def named_account_id(session: Session, name: str) -> uuid.UUID:
    """A system account, e.g. ``issuance`` or ``good_cause:<slug>``. Raises NotFound."""
    if name in SYSTEM_IDS:
        return SYSTEM_IDS[name]
    found = session.scalar(select(Account.id).where(Account.name == name))
    if found is None:
        raise NotFound()
    return found


def list_good_causes(session: Session) -> list[str]:
    """Slugs of the good causes that take points, by name."""
    prefix = "good_cause:"
    names = session.scalars(select(Account.name).where(Account.name.startswith(prefix)))
    return sorted(name.removeprefix(prefix) for name in names if name)


def sum_of(session: Session, account_id: uuid.UUID) -> int:
    """Points on an account, computed from its transfers; system accounts may be below zero."""
    came = select(func.coalesce(func.sum(Transfer.amount), 0)).where(
        Transfer.credit_id == account_id
    )
    went = select(func.coalesce(func.sum(Transfer.amount), 0)).where(
        Transfer.debit_id == account_id
    )
    return int(session.scalar(came) or 0) - int(session.scalar(went) or 0)


def list_movements(
    session: Session,
    person_id: uuid.UUID,
    *,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> list[Movement]:
    """What moved on a person's account, newest first.

    before: the id of the last movement of the previous page.
    """
    account = get_account(session, person_id).id
    sides = []
    for mine in (Transfer.credit_id, Transfer.debit_id):
        side = select(Transfer).where(mine == account)
        if before is not None:
            side = side.where(Transfer.id < before)
        sides.append(session.scalars(side.order_by(Transfer.id.desc()).limit(limit)).all())
    newest = sorted((row for side in sides for row in side), key=lambda row: row.id, reverse=True)
    return [_movement(row, account) for row in newest[:limit]]


def _movement(row: Transfer, account: uuid.UUID) -> Movement:
    return Movement(
        id=row.id,
        kind=row.kind,
        points=row.amount if row.credit_id == account else -row.amount,
        source_kind=row.source_kind,
        source_id=row.source_id,
        work_on=row.work_on,
        posted_at=row.posted_at,
    )


def list_all_movements(session: Session, account_id: uuid.UUID) -> list[Movement]:
    """Every movement of an account, oldest first: for expiry, export and verification."""
    rows = session.scalars(
        select(Transfer)
        .where(or_(Transfer.credit_id == account_id, Transfer.debit_id == account_id))
        .order_by(Transfer.id)
    )
    return [_movement(row, account_id) for row in rows]


def list_earned(session: Session, sources: Sequence[uuid.UUID]) -> list[Transfer]:
    """The ``earn`` transfers of attendances, claims or reviews that no reversal has taken back."""
    reversed_ids = select(Transfer.refers_to_id).where(
        Transfer.kind == "reverse", Transfer.refers_to_id.is_not(None)
    )
    return list(
        session.scalars(
            select(Transfer)
            .where(
                Transfer.kind == "earn",
                Transfer.source_id.in_(list(sources)),
                Transfer.id.not_in(reversed_ids),
            )
            .order_by(Transfer.id)
        )
    )


def list_open_shortfalls(session: Session, account_id: uuid.UUID) -> list[Shortfall]:
    """Oldest first."""
    return list(
        session.scalars(
            select(Shortfall)
            .where(Shortfall.account_id == account_id, Shortfall.open_points > 0)
            .order_by(Shortfall.id)
        )
    )


def earned_between(session: Session, account_id: uuid.UUID, start: date, end: date) -> int:
    """Points earned for work on days from ``start`` to before ``end``, reversed ones left out.

    Counts the accounts joined into this one as well: caps count a person once.
    """
    mine = select(Account.id).where(
        or_(Account.id == account_id, Account.merged_into_id == account_id)
    )
    between = (Transfer.work_on >= start, Transfer.work_on < end)
    earned = select(func.coalesce(func.sum(Transfer.amount), 0)).where(
        Transfer.credit_id.in_(mine), Transfer.kind == "earn", *between
    )
    undone = select(func.coalesce(func.sum(Transfer.amount), 0)).where(
        Transfer.debit_id.in_(mine), Transfer.kind == "reverse", *between
    )
    both = select(earned.scalar_subquery() - undone.scalar_subquery())
    return int(session.scalar(both) or 0)


def sums_by_kind(session: Session, start: datetime, end: datetime) -> dict[str, int]:
    """Points moved from ``start`` to before ``end``, by kind of transfer."""
    rows = session.execute(
        select(Transfer.kind, func.sum(Transfer.amount))
        .where(Transfer.posted_at >= start, Transfer.posted_at < end)
        .group_by(Transfer.kind)
    )
    return {kind: int(points) for kind, points in rows}


def sum_outstanding(session: Session) -> int:
    """Points that citizens hold and may still redeem."""
    return int(session.scalar(select(func.coalesce(func.sum(Account.balance), 0))) or 0)
