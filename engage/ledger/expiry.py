"""How old a citizen's points are, and taking those that are too old. Rules PTS-13 to PTS-15."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from engage.core.expiry import WARNINGS, Expiring, Movement, due_for_expiry, expiring
from engage.core.periods import day_of, day_start
from engage.core.points import TransferKind
from engage.ledger import queries, service
from engage.ledger.models import Account, ExpiryNotice, Transfer

#: Accounts looked at in one go, so that a large city needs no more memory than a small one.
PORTION = 500

#: What comes back to the age it had: all three name the redemption they belong to.
_BY_REDEMPTION = {TransferKind.RESERVE, TransferKind.RELEASE, TransferKind.REFUND}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that may hold points past an age."""

    account_id: uuid.UUID
    person_id: uuid.UUID


def list_candidates(session: Session, before: datetime) -> Iterator[Candidate]:
    """Accounts that hold points and got some before an instant, by id, in portions.

    Between two portions other work may commit on the same session.
    """
    last = uuid.UUID(int=0)
    while portion := _candidates_after(session, last, before):  # read whole: no cursor stays open
        yield from portion
        last = portion[-1].account_id


def _candidates_after(session: Session, last: uuid.UUID, before: datetime) -> list[Candidate]:
    joined = aliased(Account)
    is_old = (
        select(Transfer.id)
        .join(joined, joined.id == Transfer.credit_id)
        .where(
            or_(joined.id == Account.id, joined.merged_into_id == Account.id),
            Transfer.posted_at < before,
        )
        .exists()
    )
    rows = session.execute(
        select(Account.id, Account.person_id)
        .where(Account.id > last, Account.balance > 0, is_old)
        .order_by(Account.id)
        .limit(PORTION)
    ).all()
    return [Candidate(account_id, person_id) for account_id, person_id in rows if person_id]


def list_aged(session: Session, account_id: uuid.UUID) -> list[Movement]:
    """All movements of an account, and of those joined into it, as the rules of age read them.

    What moved between the joined accounts is left out: joining makes no points younger.
    """
    mine = list(
        session.scalars(
            select(Account.id).where(
                or_(Account.id == account_id, Account.merged_into_id == account_id)
            )
        )
    )
    rows = session.execute(
        select(
            Transfer.id,
            Transfer.kind,
            Transfer.amount,
            Transfer.posted_at,
            Transfer.source_id,
            Transfer.refers_to_id,
            Transfer.credit_id.in_(mine).label("comes_in"),
            Transfer.debit_id.in_(mine).label("goes_out"),
        )
        .where(or_(Transfer.credit_id.in_(mine), Transfer.debit_id.in_(mine)))
        .order_by(Transfer.id)
    )
    return [_movement(row) for row in rows if not (row.comes_in and row.goes_out)]


def _movement(row: Any) -> Movement:
    kind = TransferKind(row.kind)
    source = row.source_id if kind in _BY_REDEMPTION else row.id
    if kind is TransferKind.REVERSE:
        source = row.refers_to_id
    return Movement(kind, row.amount, row.posted_at, str(source), comes_in=bool(row.comes_in))


def expire_account(
    session: Session, account_id: uuid.UUID, cutoff: date, tz: tzinfo, *, now: datetime
) -> int:
    """Take what is too old from one account, under its lock; returns the points, often 0.

    cutoff: points booked before this day of the city are too old. A day that has been booked
            already gives 0, however often it is asked for.

    Source: PTS-13, PTS-14.
    """
    service.lock(session, account_id)
    key = service.expiry_key(account_id, cutoff)
    if session.scalar(select(Transfer.id).where(Transfer.key == key)) is not None:
        return 0
    points = due_for_expiry(list_aged(session, account_id), day_start(cutoff, tz), now)
    if points:
        service.expire(session, account_id, points, cutoff, now=now)
    return points


def list_expiring(
    session: Session, person_id: uuid.UUID, tz: tzinfo, months: int
) -> list[Expiring]:
    """A citizen's points by the day they will expire, the next first. Raises NotFound."""
    account = queries.get_account(session, person_id)
    return expiring(list_aged(session, account.id), tz, months) if account.balance else []


def next_expiry(
    session: Session, person_id: uuid.UUID, now: datetime, tz: tzinfo, months: int
) -> Expiring | None:
    """What to tell a citizen on their page: the next points to go within the first warning.

    Returns None if nothing expires that soon. Raises NotFound.
    """
    soon = day_of(now + max(WARNINGS), tz)
    dates = list_expiring(session, person_id, tz, months)
    return dates[0] if dates and dates[0].on <= soon else None


def list_news(
    session: Session, account_id: uuid.UUID, dates: Iterable[Expiring], today: date
) -> list[Expiring]:
    """Those of the dates whose first or second warning is due and was not given (PTS-15)."""
    told = _list_told(session, account_id, today)
    return [one for one in dates if _warnings(one, today) - told]


def note_told(
    session: Session, account_id: uuid.UUID, news: Iterable[Expiring], today: date, *, now: datetime
) -> None:
    """Remember that the citizen was told of these dates. The caller holds the account's lock."""
    told = _list_told(session, account_id, today)
    for one in news:
        for on, days in sorted(_warnings(one, today) - told):
            session.add(
                ExpiryNotice(account_id=account_id, expires_on=on, days_before=days, told_at=now)
            )


def _warnings(one: Expiring, today: date) -> set[tuple[date, int]]:
    """What must have been told by today: nothing, the first warning, or both."""
    return {(one.on, warning.days) for warning in WARNINGS if today < one.on <= today + warning}


def _list_told(session: Session, account_id: uuid.UUID, today: date) -> set[tuple[date, int]]:
    rows = session.execute(
        select(ExpiryNotice.expires_on, ExpiryNotice.days_before).where(
            ExpiryNotice.account_id == account_id, ExpiryNotice.expires_on >= today
        )
    )
    return {(on, days) for on, days in rows}


def sum_by_age(session: Session, starts: Sequence[datetime]) -> list[int]:
    """What all citizens still hold, by the period in which it was earned, in one statement.

    starts: of the periods, rising; what is older than the first counts to it.

    Spending takes the oldest, so what is left of an account is its youngest income.
    """
    income = (
        select(
            Account.id.label("account"),
            Account.balance,
            Transfer.amount,
            Transfer.posted_at,
            func.sum(Transfer.amount)
            .over(
                partition_by=Account.id,
                order_by=(Transfer.posted_at.desc(), Transfer.id.desc()),
                rows=(None, 0),
            )
            .label("down_to_here"),
        )
        .join(Account, Account.id == Transfer.credit_id)
        .where(Account.balance > 0, Transfer.kind.in_(("earn", "adjust", "merge")))
        .subquery()
    )
    younger = income.c.down_to_here - income.c.amount
    left = case(
        (income.c.balance <= younger, 0),
        (income.c.balance >= income.c.down_to_here, income.c.amount),
        else_=income.c.balance - younger,
    )
    numbered = reversed(list(enumerate(starts)))
    which = case(
        *((income.c.posted_at >= start, literal(number)) for number, start in numbered),
        else_=literal(0),
    )
    rows = session.execute(select(which, func.sum(left)).group_by(which))
    found = {int(number): int(points) for number, points in rows}
    return [found.get(number, 0) for number in range(len(starts))]
