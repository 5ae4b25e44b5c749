"""The partner's side: a reward is drafted, priced, published, paused, ended, made anew."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from engage.core.errors import (
    FrozenReward,
    NotATransition,
    NotFound,
    OutOfStock,
    PartnerNotVerified,
    ReasonNeeded,
)
from engage.core.geography import code_from_name
from engage.core.periods import Limit
from engage.core.points import good_cause
from engage.core.redemption import ensure_face_value, ensure_life
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.partners.models import Partner
from engage.rewards.models import Reward, RewardBranch, StockChange
from engage.storage.base import new_id

#: From which status a step leads where.
STEPS = {
    "publish": ({"draft", "paused"}, "published"),
    "pause": ({"published"}, "paused"),
    "end": ({"published", "paused"}, "ended"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a reward is, for citizens and for the till."""

    kind: str
    category: str
    title: str
    description: str
    hand_over: str


@dataclass(frozen=True, slots=True)
class Price:
    """What it costs and is worth. Points and money never share a field.

    cost:             points; 0 for a welcome reward.
    face_value_cents: for the yearly value guard; 0 needs a reason.
    stock:            pieces, None for as many as wanted; only before the first publication.
    """

    cost: int
    face_value_cents: int
    no_value_reason: str = ""
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """When, where, how often and for whom.

    life: how long a code is good, a minute to 30 days.
    """

    limit: Limit | None
    minimum_age: int
    shown_from: datetime | None
    reservable_from: datetime | None
    reservable_until: datetime | None
    life: timedelta
    branch_ids: tuple[uuid.UUID, ...] = ()


def get_of(session: Session, reward_id: uuid.UUID, partner_id: uuid.UUID) -> Reward:
    """A partner's own reward. Raises NotFound, also for somebody else's."""
    reward = session.get(Reward, reward_id)
    if reward is None or reward.partner_id != partner_id:
        raise NotFound()
    return reward


def list_of(session: Session, partner_id: uuid.UUID) -> list[Reward]:
    """A partner's rewards: on offer first, ended ones last."""
    order = {"published": 0, "paused": 1, "draft": 2, "ended": 3}
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
    if reward.published_at is None:
        reward.stock = given.stock


def set_terms(session: Session, reward: Reward, terms: Terms) -> None:
    """Say when, where, how often. The start stays once somebody has reserved it (RED-8).

    Raises FrozenReward.
    """
    if terms.reservable_from != reward.reservable_from:
        start = {"reservable_from": terms.reservable_from}
        _change_frozen(session, reward, start, "starts_at")
    limit = terms.limit
    reward.limit_count = limit.count if limit else None
    reward.limit_period = limit.period.value if limit else None
    reward.minimum_age = terms.minimum_age
    reward.shown_from = terms.shown_from
    reward.reservable_until = terms.reservable_until
    reward.reserve_minutes = int(ensure_life(terms.life).total_seconds() // 60)
    _limit_branches(session, reward.id, terms.branch_ids)


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


def _limit_branches(
    session: Session, reward_id: uuid.UUID, branch_ids: Iterable[uuid.UUID]
) -> None:
    session.execute(delete(RewardBranch).where(RewardBranch.reward_id == reward_id))
    for branch_id in sorted(set(branch_ids)):
        session.add(RewardBranch(reward_id=reward_id, branch_id=branch_id))


def step(session: Session, reward: Reward, name: str, *, now: datetime) -> None:
    """Publish, pause or end a reward. Open reservations are honoured in any case.

    name: one of STEPS. A new version that is published ends the one before.

    Raises NotATransition, PartnerNotVerified, FaceValueReasonNeeded.
    """
    before, after = STEPS[name]
    if reward.status not in before:
        raise NotATransition()
    if name == "publish":
        _ensure_complete(session, reward)
        reward.published_at = reward.published_at or now
        _end_older(session, reward)
    reward.status = after


def _ensure_complete(session: Session, reward: Reward) -> None:
    partner = session.get_one(Partner, reward.partner_id)
    if partner.status != "verified":
        raise PartnerNotVerified()
    ensure_face_value(reward.face_value_cents, reward.no_value_reason)
    if reward.kind == "good_cause" and reward.good_cause:
        name = good_cause(reward.good_cause)
        try:
            ledger_queries.named_account_id(session, name)
        except NotFound:
            ledger.open_good_cause(session, reward.good_cause)


def _end_older(session: Session, reward: Reward) -> None:
    session.execute(
        update(Reward)
        .where(
            Reward.series_id == reward.series_id,
            Reward.version < reward.version,
            Reward.status.in_(("published", "paused")),
        )
        .values(status="ended")
    )


def new_version(session: Session, reward: Reward, *, actor_id: uuid.UUID, now: datetime) -> Reward:
    """A draft with the same words and terms; old vouchers keep their cost (RED-8).

    Returns the draft that is there already, if there is one.
    """
    waiting = session.scalars(
        select(Reward).where(Reward.series_id == reward.series_id, Reward.status == "draft")
    ).first()
    if waiting is not None:
        return waiting
    copied = [
        "partner_id",
        "series_id",
        "kind",
        "category",
        "title",
        "description",
        "hand_over",
        "cost",
        "face_value_cents",
        "no_value_reason",
        "stock",
        "limit_count",
        "limit_period",
        "minimum_age",
        "good_cause",
        "shown_from",
        "reservable_from",
        "reservable_until",
        "reserve_minutes",
    ]
    newest = session.scalar(
        select(func.max(Reward.version)).where(Reward.series_id == reward.series_id)
    )
    made = Reward(
        id=new_id(),
        version=int(newest or reward.version) + 1,
        status="draft",
        created_at=now,
        created_by=actor_id,
        **{name: getattr(reward, name) for name in copied},
    )
    session.add(made)
    session.flush()  # its branches need the id
    _limit_branches(session, made.id, branches_of(session, reward.id))
    return made


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

    Raises ReasonNeeded, OutOfStock when fewer are left than were to be taken off.
    """
    if not reason.strip():
        raise ReasonNeeded()
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
