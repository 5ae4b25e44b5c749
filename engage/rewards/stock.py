"""Pieces of a reward, taken and put back by one conditional statement: always the last one.

Pieces for each day are counted beside the stock, on the same row and by the same statement
(RED-16). The counter starts anew with the first piece of a new day and never goes back to an
older one, so that a latecomer at midnight loses nothing for others.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, case, func, or_, update
from sqlalchemy.orm import Session

from engage.core.errors import OutOfStock
from engage.core.periods import day_of
from engage.core.reserving import left_today, tomorrow
from engage.rewards.models import Reward
from engage.storage.engine import zone_of
from engage.storage.unit_of_work import TryAgain

_table = cast(Table, Reward.__table__)
_rewards = _table.c

_today = bindparam("today", type_=_rewards.daily_on.type)
_is_new_day = or_(_rewards.daily_on.is_(None), _rewards.daily_on < _today)

_TAKE = (
    update(_table)
    .where(
        _rewards.id == bindparam("reward"),
        or_(_rewards.stock.is_(None), _rewards.stock > 0),
        _rewards.status == "published",
        _rewards.cost == bindparam("seen_cost"),
        _rewards.daily_stock.is_(None),
    )
    .values(
        stock=_rewards.stock - 1,  # NULL stays NULL: no limit
        first_reserved_at=func.coalesce(_rewards.first_reserved_at, bindparam("at")),
    )
    .returning(_rewards.id)
)
_TAKE_OF_TODAY = (
    update(_table)
    .where(
        _rewards.id == bindparam("reward"),
        or_(_rewards.stock.is_(None), _rewards.stock > 0),
        _rewards.status == "published",
        _rewards.cost == bindparam("seen_cost"),
        or_(_is_new_day, _rewards.daily_taken < _rewards.daily_stock),
    )
    .values(
        stock=_rewards.stock - 1,
        daily_taken=case((_is_new_day, 1), else_=_rewards.daily_taken + 1),
        daily_on=case((_is_new_day, _today), else_=_rewards.daily_on),
        first_reserved_at=func.coalesce(_rewards.first_reserved_at, bindparam("at")),
    )
    .returning(_rewards.id)
)
_is_that_day = and_(
    _rewards.daily_on == bindparam("taken_on", type_=_rewards.daily_on.type),
    _rewards.daily_taken >= bindparam("pieces"),
)
_PUT_BACK = (
    update(_table)
    .where(
        _rewards.id == bindparam("reward"),
        or_(_rewards.stock.is_not(None), _rewards.daily_stock.is_not(None)),
    )
    .values(
        stock=_rewards.stock + bindparam("pieces"),
        daily_taken=case(
            (_is_that_day, _rewards.daily_taken - bindparam("pieces")), else_=_rewards.daily_taken
        ),
    )
)


def take(session: Session, reward: Any, now: datetime) -> None:
    """Take one piece. A reward without a limit that was reserved before needs no statement.

    Raises OutOfStock, TryAgain when the reward itself has changed since it was read.
    """
    named = {"reward": reward.id, "seen_cost": reward.cost, "at": now}
    if reward.daily_stock is not None:
        named["today"] = day_of(now, zone_of(session))
        statement = _TAKE_OF_TODAY
    elif reward.stock is None and reward.first_reserved_at is not None:
        return
    else:
        statement = _TAKE
    if session.connection().execute(statement, named).first() is None:
        _say_why(session, reward.id, now)


def _say_why(session: Session, reward_id: uuid.UUID, now: datetime) -> None:
    there = session.get(Reward, reward_id, populate_existing=True)
    if there is not None and there.stock == 0:
        raise OutOfStock()
    tz = zone_of(session)
    today = day_of(now, tz)
    if there is not None and not _left(there, today):
        raise OutOfStock(free_again_at=tomorrow(there.daily_on or today, tz))
    raise TryAgain()


def _left(reward: Reward, today: date) -> bool:
    return left_today(reward.daily_stock, reward.daily_taken, reward.daily_on, today) != 0


#: A piece that comes back: of which reward, and when it was taken.
Piece = tuple[uuid.UUID, datetime]


def put_back(session: Session, pieces: Iterable[Piece]) -> None:
    """Return pieces, rewards in the order of their ids; a day's piece only on its own day."""
    tz = zone_of(session)
    counted = Counter((reward, day_of(taken_at, tz)) for reward, taken_at in pieces)
    for (reward_id, day), count in sorted(counted.items()):
        named = {"reward": reward_id, "pieces": count, "taken_on": day}
        session.connection().execute(_PUT_BACK, named)


def changed_meanwhile() -> TryAgain:
    """The row was changed between reading and writing: the unit of work runs again."""
    return TryAgain()
