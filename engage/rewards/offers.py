"""The partner's side: a reward is drafted, described, priced, and given its terms."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from engage.core.errors import (
    CodesMakeTheStock,
    EventIncomplete,
    FrozenReward,
    NotFound,
    OutOfStock,
    ReasonNeeded,
)
from engage.core.geography import code_from_name
from engage.core.hours import ANYTIME, Hours
from engage.core.periods import Limit
from engage.core.redemption import ensure_event, ensure_face_value, ensure_life
from engage.rewards import vouchers
from engage.rewards.models import Reward, RewardBranch, StockChange
from engage.storage.base import new_id


@dataclass(frozen=True, slots=True)
class Words:
    """What a reward is, for citizens and for the till."""

    kind: str
    category: str
    title: str
    description: str
    hand_over: str
    for_families: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """What it costs and is worth. Points and money never share a field.

    cost:             points; 0 for a welcome reward.
    face_value_cents: for the yearly value guard; 0 needs a reason.
    stock:            pieces, None for as many as wanted; only before the first publication.
    daily_stock:      most pieces for each day of the city; None without such a limit.
    own_codes:        ``none``, or who sees the partner's own code: ``citizen``, ``till``. Then the
                      codes are the stock.
    """

    cost: int
    face_value_cents: int
    no_value_reason: str = ""
    stock: int | None = None
    daily_stock: int | None = None
    own_codes: str = "none"


#: How long after its start a ticket is good, if nobody says when the event ends.
LONG_EVENT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Event:
    """What a ticket is for. ``ends_at`` may be left open."""

    starts_at: datetime
    ends_at: datetime | None
    place: str


@dataclass(frozen=True, slots=True)
class Terms:
    """When, where, how often and for whom.

    life:           how long a code is good, a minute to 30 days.
    redeemable_…:   when the till gives it, and ``hours`` of the week in it.
    event:          of a ticket; its end also ends reserving and redeeming if nothing else does.
    """

    limit: Limit | None
    minimum_age: int
    shown_from: datetime | None
    reservable_from: datetime | None
    reservable_until: datetime | None
    life: timedelta
    branch_ids: tuple[uuid.UUID, ...] = ()
    shown_until: datetime | None = None
    redeemable_from: datetime | None = None
    redeemable_until: datetime | None = None
    hours: Hours = ANYTIME
    event: Event | None = None


def get_of(session: Session, reward_id: uuid.UUID, partner_id: uuid.UUID) -> Reward:
    """A partner's own reward. Raises NotFound, also for somebody else's."""
    reward = session.get(Reward, reward_id)
    if reward is None or reward.partner_id != partner_id:
        raise NotFound()
    return reward


def list_of(session: Session, partner_id: uuid.UUID) -> list[Reward]:
    """A partner's rewards: on offer first, ended ones last."""
    order = {"published": 0, "submitted": 1, "paused": 2, "draft": 3, "ended": 4}
    rows = session.scalars(
        select(Reward).where(Reward.partner_id == partner_id).order_by(Reward.created_at.desc())
    )
    return sorted(rows, key=lambda one: order[one.status])


def branches_of(session: Session, reward_id: uuid.UUID) -> set[uuid.UUID]:
    """The branches a reward is limited to; empty for all."""
    named = select(RewardBranch.branch_id).where(RewardBranch.reward_id == reward_id)
    return set(session.scalars(named))


def draft(
    session: Session,
    partner_id: uuid.UUID,
    words: Words,
    *,
    actor_id: uuid.UUID | None,
    now: datetime,
) -> Reward:
    """Begin a reward. Nobody sees it before it is published."""
    reward = Reward(
        id=new_id(),
        partner_id=partner_id,
        series_id=new_id(),
        cost=0,
        face_value_cents=0,
        status="draft",
        created_at=now,
        created_by=actor_id,
        **asdict(words),
    )
    session.add(reward)
    _name_cause(reward)
    return reward


def describe(reward: Reward, words: Words) -> None:
    """Change the words. What kind of reward it is stays once it was published."""
    kind = words.kind if reward.published_at is None else reward.kind
    for name, value in (asdict(words) | {"kind": kind}).items():
        setattr(reward, name, value)
    if kind == "welcome":
        reward.cost = 0
    _name_cause(reward)


def _name_cause(reward: Reward) -> None:
    if reward.kind == "good_cause":
        reward.good_cause = reward.good_cause or code_from_name(reward.title)[:60]


def price(session: Session, reward: Reward, given: Price) -> None:
    """Say what it costs. The cost stays once somebody has reserved it (RED-8).

    Raises FrozenReward, FaceValueReasonNeeded.
    """
    ensure_face_value(given.face_value_cents, given.no_value_reason)
    cost = 0 if reward.kind == "welcome" else given.cost
    if cost != reward.cost:
        _change_frozen(session, reward, {"cost": cost}, "cost")
    reward.face_value_cents = given.face_value_cents
    reward.no_value_reason = given.no_value_reason
    reward.daily_stock = given.daily_stock
    if reward.published_at is None:
        _open_stock(session, reward, given)


def _open_stock(session: Session, reward: Reward, given: Price) -> None:
    """Before the first publication: pieces as told, or as many as there are codes."""
    reward.own_codes = given.own_codes
    if given.own_codes == "none":
        reward.stock = given.stock
    else:
        reward.stock = vouchers.count(session, reward.id).free


def set_terms(session: Session, reward: Reward, terms: Terms) -> None:
    """Say when, where, how often. The start stays once somebody has reserved it (RED-8).

    Raises FrozenReward, EventIncomplete.
    """
    if reward.kind == "event":
        _set_event(session, reward, terms.event)
    if terms.reservable_from != reward.reservable_from:
        start = {"reservable_from": terms.reservable_from}
        _change_frozen(session, reward, start, "starts_at")
    limit = terms.limit
    reward.limit_count = limit.count if limit else None
    reward.limit_period = limit.period.value if limit else None
    reward.minimum_age = terms.minimum_age
    reward.shown_from, reward.shown_until = terms.shown_from, terms.shown_until
    reward.reservable_until = terms.reservable_until or reward.event_starts_at
    reward.redeemable_from = terms.redeemable_from
    reward.redeemable_until = terms.redeemable_until or _event_over(reward)
    reward.redeem_hours = terms.hours.text()
    reward.reserve_minutes = int(ensure_life(terms.life).total_seconds() // 60)
    limit_branches(session, reward.id, terms.branch_ids)


def _set_event(session: Session, reward: Reward, event: Event | None) -> None:
    if event is None:
        raise EventIncomplete()
    ensure_event(event.starts_at, event.ends_at, event.place)
    if event.starts_at != reward.event_starts_at:
        _change_frozen(session, reward, {"event_starts_at": event.starts_at}, "event_starts_at")
    reward.event_ends_at, reward.event_place = event.ends_at, event.place.strip()[:200]


def _event_over(reward: Reward) -> datetime | None:
    starts_at = reward.event_starts_at
    return reward.event_ends_at or (starts_at + LONG_EVENT if starts_at else None)


def _change_frozen(session: Session, reward: Reward, values: dict[str, Any], field: str) -> None:
    """One statement decides: a first reservation at the same moment wins or finds the new cost."""
    changed = session.execute(
        update(Reward)
        .where(Reward.id == reward.id, Reward.first_reserved_at.is_(None))
        .values(**values)
        .returning(Reward.id)
    ).first()
    if changed is None:
        raise FrozenReward(field=field)
    session.refresh(reward, list(values))


def limit_branches(session: Session, reward_id: uuid.UUID, branch_ids: Iterable[uuid.UUID]) -> None:
    session.execute(delete(RewardBranch).where(RewardBranch.reward_id == reward_id))
    for branch_id in sorted(set(branch_ids)):
        session.add(RewardBranch(reward_id=reward_id, branch_id=branch_id))


def correct_stock(
    session: Session,
    reward: Reward,
    by: int | None,
    reason: str,
    *,
    actor_id: uuid.UUID,
    now: datetime,
) -> None:
    """Put pieces on the shelf or take them off, with a reason; None lifts the limit.

    by: pieces more (above 0) or fewer (below 0); reservations of the same moment are not lost.

    Raises ReasonNeeded, OutOfStock when fewer are left than were to be taken off,
    CodesMakeTheStock.
    """
    if not reason.strip():
        raise ReasonNeeded()
    if reward.own_codes != "none":
        raise CodesMakeTheStock()
    stock = func.coalesce(Reward.stock, 0) + by if by is not None else None
    statement = update(Reward).where(Reward.id == reward.id)
    if by is not None:
        statement = statement.where(func.coalesce(Reward.stock, 0) + by >= 0)
    changed = session.execute(statement.values(stock=stock).returning(Reward.stock)).first()
    if changed is None:
        raise OutOfStock()
    session.add(
        StockChange(
            reward_id=reward.id,
            by=by,
            stock_after=changed.stock,
            reason=reason.strip()[:500],
            actor_id=actor_id,
            at=now,
        )
    )
    session.refresh(reward, ["stock"])


def list_stock_changes(session: Session, reward_id: uuid.UUID) -> list[StockChange]:
    """The newest first."""
    return list(
        session.scalars(
            select(StockChange)
            .where(StockChange.reward_id == reward_id)
            .order_by(StockChange.at.desc(), StockChange.id.desc())
            .limit(50)
        )
    )
