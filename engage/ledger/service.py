"""The only code that moves points. Each verb is one transfer, once per source (PTS-2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Uuid, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engage.core.errors import AlreadyPosted, PointsShort
from engage.core.points import ensure_moves, seal_text
from engage.ledger import queries
from engage.ledger.models import (
    ESCROW,
    EXPIRED,
    ISSUANCE,
    SYSTEM_IDS,
    WRITTEN_OFF,
    Account,
    Shortfall,
    Transfer,
)
from engage.storage.base import new_id, table_of
from engage.storage.keys import keys_of
from engage.storage.prepared import Prepared
from engage.storage.unit_of_work import TryAgain

ISSUANCE_ID, ESCROW_ID = SYSTEM_IDS[ISSUANCE], SYSTEM_IDS[ESCROW]
_expired, _written_off = SYSTEM_IDS[EXPIRED], SYSTEM_IDS[WRITTEN_OFF]

# Built once: on the hot paths building a statement costs more than running it.
ACCOUNTS, TRANSFERS = table_of(Account), table_of(Transfer)
_accounts = ACCOUNTS.c
INSERT = insert(TRANSFERS)
# What has the key already is found by what comes back, so that nothing else of the unit is undone.
_POST = Prepared(
    postgresql.insert(TRANSFERS)
    .values({column.name: bindparam(column.name, type_=column.type) for column in TRANSFERS.c})
    .on_conflict_do_nothing(index_elements=[TRANSFERS.c.key])
    .returning(TRANSFERS.c.id),
    on_sqlite=sqlite.insert(TRANSFERS)
    .on_conflict_do_nothing(index_elements=[TRANSFERS.c.key])
    .returning(TRANSFERS.c.id),
)
_EARN = (
    update(ACCOUNTS)
    .where(
        _accounts.id == bindparam("account", type_=Uuid()),
        _accounts.earnings == bindparam("seen"),
    )
    .values(balance=_accounts.balance + bindparam("points"), earnings=_accounts.earnings + 1)
    .returning(_accounts.balance)
)
_ADD = (
    update(ACCOUNTS)
    .where(_accounts.id == bindparam("account", type_=Uuid()))
    .values(balance=_accounts.balance + bindparam("points"))
    .returning(_accounts.balance)
)
_TAKE = (
    update(ACCOUNTS)
    .where(
        _accounts.id == bindparam("account", type_=Uuid()),
        _accounts.balance >= bindparam("points"),
    )
    .values(balance=_accounts.balance - bindparam("points"))
    .returning(_accounts.balance)
)
_LOCK = (
    update(ACCOUNTS)
    .where(_accounts.id == bindparam("account", type_=Uuid()))
    .values(earnings=_accounts.earnings + 1)
    .returning(_accounts.balance)
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why points move, by whom and when: the same for every transfer of one act.

    kind, id:        the source, e.g. ``attendance`` and its id.
    at:              aware instant, kept as the posting time.
    actor_id:        the person who caused it; None for the system.
    policy_version:  of the points rules that gave the number.
    work_on:         the city's day of the work, for what is earned.
    """

    kind: str
    id: uuid.UUID
    at: datetime
    actor_id: uuid.UUID | None = None
    policy_version: int | None = None
    work_on: date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """From which account to which, what that is called, and what it corrects."""

    kind: str
    debit_id: uuid.UUID
    credit_id: uuid.UUID
    refers_to_id: uuid.UUID | None = None
    key: str = ""


def open_account(session: Session, person_id: uuid.UUID) -> uuid.UUID:
    """A citizen's account, at 0."""
    account = Account(id=new_id(), person_id=person_id, balance=0)
    session.add(account)
    return account.id


def open_partner_account(session: Session, partner_id: uuid.UUID) -> uuid.UUID:
    account = Account(id=new_id(), partner_id=partner_id)
    session.add(account)
    return account.id


def open_good_cause(session: Session, slug: str) -> uuid.UUID:
    account = Account(id=new_id(), name=f"good_cause:{slug}")
    session.add(account)
    return account.id


def earn(
    session: Session, account: queries.CitizenAccount, points: int, cause: Cause
) -> tuple[uuid.UUID, int]:
    """Pay points to a citizen for verified work.

    account:  as it was when the caps were decided; if it has earned since, the
              unit of work is run again.

    Returns the transfer and the new balance. Raises AlreadyPosted, TryAgain.
    Source: PTS-2, PTS-5.
    """
    ensure_moves(points)
    row = (
        session.connection()
        .execute(_EARN, {"account": account.id, "seen": account.earnings, "points": points})
        .first()
    )
    if row is None:
        raise TryAgain()
    transfer = _post(session, Move("earn", ISSUANCE_ID, account.id), points, cause)
    return transfer, int(row.balance)


def reverse(session: Session, person_id: uuid.UUID, earned: list[Transfer], cause: Cause) -> int:
    """Take back what an annulled attendance or claim had earned.

    What is not there any more is covered by ``written_off`` and noted: points that come back
    by release or refund settle it first, new earnings never.

    Returns the shortfall in points, 0 if all was there. Source: PTS-7.
    """
    account = queries.get_account(session, person_id).id
    shortfall = 0
    for earning in earned:
        balance = _lock(session, account)
        missing = max(0, earning.amount - balance)
        once = f"transfer:{earning.id}"
        dated = Cause(
            cause.kind, cause.id, cause.at, cause.actor_id, earning.policy_version, earning.work_on
        )
        if missing:
            cover = Move("write_off", _written_off, account, earning.id, f"write_off:{once}")
            _post(session, cover, missing, dated)
            _add(session, account, missing)
        _take(session, account, earning.amount)
        back = Move("reverse", account, ISSUANCE_ID, earning.id, f"reverse:{once}")
        reversal = _post(session, back, earning.amount, dated)
        if missing:
            session.add(
                Shortfall(
                    account_id=account,
                    reversal_id=reversal,
                    points=missing,
                    open_points=missing,
                    noted_at=cause.at,
                )
            )
            shortfall += missing
    session.flush()  # a later release in the same unit must find the note
    return shortfall


def reserve(session: Session, account_id: uuid.UUID, points: int, cause: Cause) -> int:
    """Set points aside for a reward; returns the new balance.

    Raises PointsShort (with how many are missing) or AlreadyPosted.
    """
    ensure_moves(points)
    balance = _take(session, account_id, points)
    _post(session, Move("reserve", account_id, ESCROW_ID), points, cause)
    return balance


def release(session: Session, account_id: uuid.UUID, points: int, cause: Cause) -> None:
    """Give reserved points back: cancelled or expired. A noted shortfall is settled first."""
    _add(session, account_id, points)
    _post(session, Move("release", ESCROW_ID, account_id), points, cause)
    _settle(session, account_id, points, cause)


def redeem(session: Session, to_account_id: uuid.UUID, points: int, cause: Cause) -> None:
    """Reserved points go to the partner that handed the reward over."""
    _post(session, Move("redeem", ESCROW_ID, to_account_id), points, cause)


def donate(session: Session, cause_account_id: uuid.UUID, points: int, cause: Cause) -> None:
    """Reserved points go to a listed good cause."""
    _post(session, Move("donate", ESCROW_ID, cause_account_id), points, cause)


def refund(
    session: Session, from_account_id: uuid.UUID, account_id: uuid.UUID, points: int, cause: Cause
) -> None:
    """Points of an undone redemption come back. A noted shortfall is settled first."""
    _add(session, account_id, points)
    _post(session, Move("refund", from_account_id, account_id), points, cause)
    _settle(session, account_id, points, cause)


def expire(
    session: Session, account_id: uuid.UUID, points: int, cutoff: date, *, now: datetime
) -> None:
    """Points past their age go, once for each account and cut-off day.

    cutoff: points booked before this day of the city are too old.

    Raises AlreadyPosted.
    """
    _take(session, account_id, points)
    move = Move("expire", account_id, _expired, key=expiry_key(account_id, cutoff))
    _post(session, move, points, Cause("expiry", account_id, now))


def expiry_key(account_id: uuid.UUID, cutoff: date) -> str:
    """The key of an expiry: one for each account and cut-off day (PTS-13)."""
    return f"expire:expiry:{account_id}:{cutoff.isoformat()}"


def adjust(session: Session, account_id: uuid.UUID, points: int, cause: Cause) -> None:
    """Book a manual adjustment that two people stand for.

    points: above zero gives, below zero takes. Raises PointsShort.
    """
    if points > 0:
        _add(session, account_id, points)
        _post(session, Move("adjust", ISSUANCE_ID, account_id), points, cause)
    else:
        _take(session, account_id, -points)
        _post(session, Move("adjust", account_id, ISSUANCE_ID), -points, cause)


def write_off(session: Session, account_id: uuid.UUID, cause: Cause) -> int:
    """Book the whole balance of an erased account to ``written_off``; returns the points."""
    balance = _lock(session, account_id)
    if balance:
        _take(session, account_id, balance)
        _post(session, Move("write_off", account_id, _written_off), balance, cause)
    return balance


def give_away(
    session: Session, account_id: uuid.UUID, cause_account_id: uuid.UUID, cause: Cause
) -> int:
    """Book the whole balance to a good cause instead, by the person's wish."""
    balance = _lock(session, account_id)
    if balance:
        _take(session, account_id, balance)
        _post(session, Move("donate", account_id, cause_account_id), balance, cause)
    return balance


def merge(session: Session, from_id: uuid.UUID, into_id: uuid.UUID, cause: Cause) -> int:
    """Join two accounts of one person: the balance moves by one transfer; returns the points."""
    for account in sorted((from_id, into_id)):
        _lock(session, account)
    balance = _lock(session, from_id)
    if balance:
        _take(session, from_id, balance)
        _add(session, into_id, balance)
        _post(session, Move("merge", from_id, into_id), balance, cause)
    session.execute(
        update(Account)
        .where((Account.id == from_id) | (Account.merged_into_id == from_id))
        .values(merged_into_id=into_id)
    )
    session.execute(
        update(Shortfall).where(Shortfall.account_id == from_id).values(account_id=into_id)
    )
    return balance


def lock(session: Session, account_id: uuid.UUID) -> int:
    """Hold a citizen's account until the commit; returns its balance."""
    return _lock(session, account_id)


def _lock(session: Session, account_id: uuid.UUID) -> int:
    row = session.connection().execute(_LOCK, {"account": account_id}).one()
    return int(row.balance)


def _add(session: Session, account_id: uuid.UUID, points: int) -> int:
    ensure_moves(points)
    row = session.connection().execute(_ADD, {"account": account_id, "points": points}).one()
    return int(row.balance)


def _take(session: Session, account_id: uuid.UUID, points: int) -> int:
    """One statement decides and writes, so two purchases cannot both see the points."""
    row = session.connection().execute(_TAKE, {"account": account_id, "points": points}).first()
    if row is None:
        balance = _lock(session, account_id)
        raise PointsShort(missing_points=points - balance)
    return int(row.balance)


def _settle(session: Session, account_id: uuid.UUID, points: int, cause: Cause) -> None:
    for note in queries.list_open_shortfalls(session, account_id):
        paid = min(points, note.open_points)
        if not paid:
            return
        _take(session, account_id, paid)
        key = f"write_off:shortfall:{note.id}:{cause.kind}:{cause.id}"
        paying = Move("write_off", account_id, _written_off, note.reversal_id, key)
        _post(session, paying, paid, cause)
        note.open_points -= paid
        points -= paid


def sealed_text(row: Mapping[str, Any]) -> bytes:
    """The bytes under the seal of a transfer: every field of it but the seal."""
    day = row["work_on"]
    fields = {name: value for name, value in row.items() if name != "seal"}
    return seal_text(fields | {"work_on": day.isoformat() if day else None})


def row_of(session: Session, move: Move, points: int, cause: Cause) -> dict[str, Any]:
    ensure_moves(points)
    row: dict[str, Any] = {
        "id": new_id(),
        "key": move.key or f"{move.kind}:{cause.kind}:{cause.id}",
        "kind": move.kind,
        "debit_id": move.debit_id,
        "credit_id": move.credit_id,
        "amount": points,
        "source_kind": cause.kind,
        "source_id": cause.id,
        "actor_id": cause.actor_id,
        "policy_version": cause.policy_version,
        "work_on": cause.work_on,
        "refers_to_id": move.refers_to_id,
        "posted_at": cause.at,
    }
    return row | {"seal": keys_of(session).seal(sealed_text(row))}


def _post(session: Session, move: Move, points: int, cause: Cause) -> uuid.UUID:
    row = row_of(session, move, points, cause)
    if _POST.first(session, row) is None:
        raise AlreadyPosted()
    transfer_id: uuid.UUID = row["id"]
    return transfer_id
