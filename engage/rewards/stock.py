"""Pieces of a reward, taken and put back by one conditional statement: always the last one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, or_, update
from sqlalchemy.orm import Session

from engage.core.errors import OutOfStock
from engage.rewards.models import Reward
from engage.storage.unit_of_work import TryAgain

_table = cast(Table, Reward.__table__)
_rewards = _table.c

_TAKE = (
    update(_table)
    .where(
        _rewards.id == bindparam("reward"),
        or_(_rewards.stock.is_(None), _rewards.stock > 0),
        _rewards.status == "published",
        _rewards.cost == bindparam("seen_cost"),
    )
    .values(
        stock=_rewards.stock - 1,  # NULL stays NULL: no limit
        first_reserved_at=func.coalesce(_rewards.first_reserved_at, bindparam("at")),
    )
    .returning(_rewards.id)
)
_PUT_BACK = (
    update(_table)
    .where(_rewards.id == bindparam("reward"), _rewards.stock.is_not(None))
    .values(stock=_rewards.stock + bindparam("pieces"))
)


def take(session: Session, reward: Any, now: datetime) -> None:
    """Take one piece. A reward without a limit that was reserved before needs no statement.

    Raises OutOfStock, TryAgain when the reward itself has changed since it was read.
    """
    if reward.stock is None and reward.first_reserved_at is not None:
        return
    named = {"reward": reward.id, "seen_cost": reward.cost, "at": now}
    if session.connection().execute(_TAKE, named).first() is not None:
        return
    now_there = session.get(Reward, reward.id, populate_existing=True)
    if now_there is not None and now_there.stock == 0:
        raise OutOfStock()
    raise TryAgain()


def put_back(session: Session, pieces: Mapping[uuid.UUID, int]) -> None:
    """Return pieces, rewards in the order of their ids."""
    for reward_id in sorted(pieces):
        session.connection().execute(_PUT_BACK, {"reward": reward_id, "pieces": pieces[reward_id]})


def changed_meanwhile() -> TryAgain:
    """The row was changed between reading and writing: the unit of work runs again."""
    return TryAgain()
