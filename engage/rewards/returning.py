"""Reservations that end without the reward: points and stock come back together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from engage.core.errors import Outcome
from engage.core.redemption import HONOURED, RedemptionState, ensure_can_cancel
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.rewards import queries, stock
from engage.rewards.models import Redemption

_table = cast(Table, Redemption.__table__)
_redemptions = _table.c

# The redeeming till runs the same kind of statement: exactly one of them finds the row.
_END = (
    update(_table)
    .where(_redemptions.id == bindparam("redemption"), _redemptions.state == "reserved")
    .values(
        state=bindparam("new_state"), ended_at=bindparam("at"), ended_because=bindparam("because")
    )
    .returning(_redemptions.id)
)
_EXPIRE = _END.where(_redemptions.expires_at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Returned:
    """A reservation that ended: whom to tell, and how many points are back."""

    redemption_id: uuid.UUID
    person_id: uuid.UUID
    reward_id: uuid.UUID
    points: int


@dataclass(frozen=True, slots=True)
class _Ending:
    """How reservations end: in which state, why, when and by whom."""

    state: str
    because: str
    at: datetime
    actor_id: uuid.UUID | None = None
    before: datetime | None = None


def cancel(
    session: Session, redemption_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> Outcome:
    """Give a reservation back: the citizen's points return at once.

    Raises NotFound, NotReserved, AlreadyRedeemed.
    """
    redemption = queries.get_own_redemption(session, redemption_id, person_id)
    ensure_can_cancel(RedemptionState(redemption.state))
    ending = _Ending("cancelled", "person", now, person_id)
    if not _end_all(session, [redemption_id], ending):
        raise stock.changed_meanwhile()
    return Outcome("reservation_cancelled", {"id": str(redemption_id), "points": redemption.cost})


def expire_due(session: Session, now: datetime, *, limit: int = 200) -> list[Returned]:
    """End what was not collected; the worker calls this until nothing comes back any more.

    A till that redeems at the same moment wins or loses, never both: see ``_END``.
    """
    before = now - HONOURED
    due = queries.list_due_ids(session, before, limit)
    return _end_all(session, due, _Ending("expired", "expired", now, None, before))


def free_points(session: Session, person_id: uuid.UUID, needed: int, *, now: datetime) -> int:
    """Cancel open reservations, the newest first, as far as a reversal needs.

    needed: points that the balance must hold afterwards, if reservations can give them.

    Returns the points that came back.
    """
    account = ledger_queries.get_account(session, person_id)
    balance = ledger.lock(session, account.id)
    freed = 0
    for redemption_id in queries.list_open_ids(session, person_id):
        if balance >= needed:
            break
        ended = _end_all(session, [redemption_id], _Ending("cancelled", "reversal", now))
        freed += sum(one.points for one in ended)
        balance = ledger.lock(session, account.id)  # what came back may have settled a shortfall
    return freed


def cancel_all_of_person(
    session: Session, person_id: uuid.UUID, *, now: datetime
) -> list[Returned]:
    """Before an account is erased or joined: nothing of it stays set aside."""
    ids = queries.list_open_ids(session, person_id)
    return _end_all(session, ids, _Ending("cancelled", "account", now))


def cancel_all_of_partner(
    session: Session, partner_id: uuid.UUID, *, now: datetime, actor_id: uuid.UUID | None = None
) -> list[Returned]:
    """A suspended partner's open reservations end; the caller tells the people."""
    ids = queries.list_open_of_partner(session, partner_id)
    return _end_all(session, ids, _Ending("cancelled", "partner_suspended", now, actor_id))


def _end_all(session: Session, ids: Sequence[uuid.UUID], ending: _Ending) -> list[Returned]:
    """Accounts by id, then redemptions, then rewards by id: the order that cannot deadlock."""
    returned: list[Returned] = []
    pieces: list[stock.Piece] = []
    for row in queries.list_with_accounts(session, ids):
        ledger.lock(session, row.account_id)
        if not _end(session, row, ending):
            continue
        if row.cost:
            cause = ledger.Cause("redemption", row.id, ending.at, ending.actor_id)
            ledger.release(session, row.account_id, row.cost, cause)
        pieces.append((row.reward_id, row.reserved_at))
        returned.append(Returned(row.id, row.person_id, row.reward_id, row.cost))
    stock.put_back(session, pieces)
    return returned


def _end(session: Session, row: Any, ending: _Ending) -> bool:
    named: dict[str, Any] = {
        "redemption": row.id,
        "new_state": ending.state,
        "at": ending.at,
        "because": ending.because,
    }
    statement = _END
    if ending.before is not None:
        statement, named["before"] = _EXPIRE, ending.before
    return session.connection().execute(statement, named).first() is not None
