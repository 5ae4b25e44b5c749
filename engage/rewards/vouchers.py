"""A partner's own voucher codes: read in as a list, handed out one by one, shown once (RED-18).

The stock of such a reward is the number of its free codes less the reservations that are open: so
a code is there for everybody who holds a reservation, and none is bound before it is redeemed.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from engage.core.errors import NotFound, VoucherCodeKnown, VoucherCodesGone
from engage.rewards.models import Redemption, Reward, StockChange, VoucherCode
from engage.storage.base import new_id
from engage.storage.conflicts import refuse_duplicate
from engage.storage.keys import Keyring, keys_of

#: Most codes in one list, and the longest of them.
MOST_CODES, LONGEST_CODE = 5_000, 80
ONCE = "uq_voucher_codes_partner_id_code_hash"

_table = cast(Table, VoucherCode.__table__)
_codes = _table.c
_free = (_codes.redemption_id.is_(None), _codes.withdrawn_at.is_(None))

# Tills at the same moment pass each other by; on SQLite there is one writer anyway.
_NEXT_FREE = (
    select(_codes.id)
    .where(_codes.reward_id == bindparam("reward"), *_free)
    .order_by(_codes.id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_HAND_OUT = (
    update(_table)
    .where(_codes.id == _NEXT_FREE, *_free)
    .values(redemption_id=bindparam("redemption"), handed_at=bindparam("at"))
    .returning(_codes.id)
)
_SPEND = (
    update(_table)
    .where(_codes.redemption_id == bindparam("redemption"), _codes.spent_at.is_(None))
    .values(spent_at=bindparam("at"))
    .returning(_codes.id)
)


def with_codes(reward: Reward) -> Reward:
    """Raises NotFound for a reward without own codes: it has no list."""
    if reward.own_codes == "none":
        raise NotFound()
    return reward


def hand_out(
    session: Session, reward_id: uuid.UUID, redemption_id: uuid.UUID, now: datetime
) -> None:
    """Bind the next free code to a redemption: one statement decides and writes.

    Raises VoucherCodesGone.
    """
    named = {"reward": reward_id, "redemption": redemption_id, "at": now}
    if session.connection().execute(_HAND_OUT, named).first() is None:
        raise VoucherCodesGone()


def spend(session: Session, redemption_id: uuid.UUID, now: datetime) -> bool:
    """An undone redemption's code was seen: it goes to nobody else. False if there was none."""
    named = {"redemption": redemption_id, "at": now}
    return session.connection().execute(_SPEND, named).first() is not None


def code_of(session: Session, redemption_id: uuid.UUID) -> str | None:
    """The code that a redeemed redemption has, for who redeemed it; None if it has none."""
    sealed = session.scalar(
        select(VoucherCode.code_sealed)
        .join(Redemption, Redemption.id == VoucherCode.redemption_id)
        .where(VoucherCode.redemption_id == redemption_id, Redemption.state == "redeemed")
    )
    return keys_of(session).decrypt(sealed).decode() if sealed else None


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A code as the person has it who got it."""

    redemption_id: uuid.UUID | None
    reward_id: uuid.UUID
    code: str
    handed_at: datetime | None


def _of_person(person_id: uuid.UUID) -> Any:
    return select(Redemption.id).where(
        Redemption.person_id == person_id, Redemption.state == "redeemed"
    )


def list_own(session: Session, person_id: uuid.UUID) -> list[OwnCode]:
    """The codes of a person's redeemed rewards, in the order in which they were got."""
    rows = session.execute(
        select(
            VoucherCode.redemption_id,
            VoucherCode.reward_id,
            VoucherCode.code_sealed,
            VoucherCode.handed_at,
        )
        .where(VoucherCode.redemption_id.in_(_of_person(person_id)), VoucherCode.code_sealed != "")
        .order_by(VoucherCode.handed_at, VoucherCode.id)
    )
    keys = keys_of(session)
    return [
        OwnCode(of, reward, keys.decrypt(sealed).decode(), at) for of, reward, sealed, at in rows
    ]


def forget_own(session: Session, person_id: uuid.UUID) -> None:
    """Nobody reads the codes of an erased person again; that they were given stays known."""
    mine = select(Redemption.id).where(Redemption.person_id == person_id)
    session.execute(
        update(VoucherCode).where(VoucherCode.redemption_id.in_(mine)).values(code_sealed="")
    )


@dataclass(slots=True)
class CodeList:
    """A list of codes as it was read: what is new, and which lines are refused and why.

    doubled: line → the line that has the same code · known: lines of codes that are there already
    unusable: lines too long or with signs that no code has.
    """

    fresh: list[str] = field(default_factory=list)
    doubled: dict[int, int] = field(default_factory=dict)
    known: list[int] = field(default_factory=list)
    unusable: list[int] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        return bool(self.fresh) and not (self.doubled or self.known or self.unusable)


def read_list(
    session: Session, partner_id: uuid.UUID, lines: Iterable[tuple[int, str]]
) -> CodeList:
    """Look through numbered lines, one code each; empty ones are passed over."""
    keys, found = keys_of(session), CodeList()
    seen: dict[str, int] = {}
    for number, line in lines:
        code = " ".join(line.split())
        if not code:
            continue
        if len(code) > LONGEST_CODE or not re.fullmatch(r"[\w .:/+#*@=&?%-]+", code):
            found.unusable.append(number)
        elif code in seen:
            found.doubled[number] = seen[code]
        else:
            seen[code] = number
    known = _known(session, partner_id, keys, seen)
    found.known = sorted(seen[code] for code in known)
    found.fresh = [code for code in seen if code not in known]
    return found


def _known(
    session: Session, partner_id: uuid.UUID, keys: Keyring, seen: dict[str, int]
) -> set[str]:
    """Codes that this partner has brought before, for whichever reward, under any key."""
    hashed = {one: code for code in seen for one in keys.hashes(code)}
    known: set[str] = set()
    hashes = sorted(hashed)
    for start in range(0, len(hashes), 500):
        rows = session.scalars(
            select(VoucherCode.code_hash).where(
                VoucherCode.partner_id == partner_id,
                VoucherCode.code_hash.in_(hashes[start : start + 500]),
            )
        )
        known |= {hashed[one] for one in rows}
    return known


def add(
    session: Session, reward: Reward, codes: list[str], *, actor_id: uuid.UUID | None, now: datetime
) -> int:
    """Put codes on the list; each is a piece of the stock. Returns how many there are now.

    Raises VoucherCodeKnown, also when another list with one of them came at the same moment.
    """
    keys = keys_of(session)
    rows = [
        {
            "id": new_id(),
            "partner_id": reward.partner_id,
            "reward_id": reward.id,
            "code_hash": keys.hash(code),
            "code_sealed": keys.encrypt(code.encode()),
            "imported_at": now,
            "imported_by": actor_id,
        }
        for code in codes
    ]
    with refuse_duplicate(session, ONCE, VoucherCodeKnown()):
        session.connection().execute(_table.insert(), rows)
    return _change_stock(session, reward, len(rows), actor_id, now)


def withdraw(session: Session, reward: Reward, *, actor_id: uuid.UUID | None, now: datetime) -> int:
    """Take every code off the list that no open reservation counts on; returns how many."""
    session.refresh(reward, ["stock"], with_for_update=True)
    pieces = reward.stock or 0
    chosen = (
        select(_codes.id)
        .where(_codes.reward_id == reward.id, *_free)
        .order_by(_codes.id.desc())
        .limit(pieces)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(chosen))
    session.connection().execute(update(_table).where(_codes.id.in_(ids)).values(withdrawn_at=now))
    if ids:
        _change_stock(session, reward, -len(ids), actor_id, now)
    return len(ids)


def _change_stock(
    session: Session, reward: Reward, by: int, actor_id: uuid.UUID | None, now: datetime
) -> int:
    """With its trace, and the stock itself last, as everywhere."""
    change = StockChange(reward_id=reward.id, by=by, reason="", actor_id=actor_id, at=now)
    session.add(change)
    stock = session.scalar(
        update(Reward)
        .where(Reward.id == reward.id)
        .values(stock=func.coalesce(Reward.stock, 0) + by)
        .returning(Reward.stock)
    )
    session.refresh(reward, ["stock"])
    change.stock_after = stock
    return int(stock or 0)


def move(session: Session, older: Reward, newer: Reward) -> None:
    """A new version takes over the codes that nobody counts on any more."""
    session.refresh(older, ["stock"], with_for_update=True)
    pieces = older.stock or 0
    chosen = (
        select(_codes.id)
        .where(_codes.reward_id == older.id, *_free)
        .order_by(_codes.id.desc())
        .limit(pieces)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(chosen))
    session.connection().execute(
        update(_table).where(_codes.id.in_(ids)).values(reward_id=newer.id)
    )
    older.stock = pieces - len(ids)
    newer.stock = (newer.stock or 0) + len(ids)


@dataclass(frozen=True, slots=True)
class Counts:
    """How the list stands, without a single code."""

    free: int
    handed: int
    spent: int
    withdrawn: int


def count(session: Session, reward_id: uuid.UUID) -> Counts:
    row: Any = session.execute(
        select(
            func.count().filter(*_free),
            func.count().filter(_codes.redemption_id.is_not(None), _codes.spent_at.is_(None)),
            func.count().filter(_codes.spent_at.is_not(None)),
            func.count().filter(_codes.withdrawn_at.is_not(None)),
        ).where(_codes.reward_id == reward_id)
    ).one()
    return Counts(*row)
