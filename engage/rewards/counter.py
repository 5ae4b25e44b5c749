"""What a till asks: an answer again, what was given last, what may be given for a card."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engage.core.errors import NotFound, Outcome
from engage.core.redemption import UNDO, for_the_till
from engage.devices.models import Device
from engage.partners.models import Branch
from engage.rewards.callers import Till
from engage.rewards.models import Redemption, RedemptionAttempt, Reward, RewardBranch

#: So many redemptions a till shows at once.
MOST_LAST = 6


@dataclass(frozen=True, slots=True)
class Given:
    """A redemption as its partner sees it: never who it was."""

    id: uuid.UUID
    reward: str
    hand_over: str
    state: str
    cost: int
    way: str
    redeemed_at: datetime
    ended_at: datetime | None
    branch_name: str | None
    device_name: str | None

    @property
    def undo_until(self) -> datetime:
        return self.redeemed_at + UNDO

    def can_be_undone(self, now: datetime) -> bool:
        return self.state == "redeemed" and now <= self.undo_until


def get_answer(session: Session, caller_id: uuid.UUID, nonce: str) -> Outcome:
    """The answer that an attempt of this till got. Raises NotFound, also for another's nonce."""
    kept = session.scalar(
        select(RedemptionAttempt.facts).where(
            RedemptionAttempt.caller_id == caller_id, RedemptionAttempt.nonce == nonce
        )
    )
    if kept is None:
        raise NotFound()
    return for_the_till(Outcome.from_json(kept))


def _given() -> Any:
    return (
        select(
            Redemption.id,
            Reward.title.label("reward"),
            Reward.hand_over,
            Redemption.state,
            Redemption.cost,
            Redemption.way,
            Redemption.redeemed_at,
            Redemption.ended_at,
            Branch.name.label("branch_name"),
            Device.name.label("device_name"),
        )
        .join(Reward, Reward.id == Redemption.reward_id)
        .outerjoin(Branch, Branch.id == Redemption.branch_id)
        .outerjoin(Device, Device.id == Redemption.device_id)
        .where(Redemption.redeemed_at.is_not(None))
    )


def _here(till: Till) -> Any:
    return (
        Redemption.device_id == till.device_id
        if till.device_id
        else (Redemption.actor_id == till.person_id)
    )


def list_last(session: Session, till: Till, now: datetime) -> list[Given]:
    """What this till gave last, then what else it can still undo, the newest first."""
    rows = session.execute(
        _given()
        .where(Redemption.partner_id == till.partner_id, _here(till))
        .order_by(Redemption.redeemed_at.desc())
        .limit(MOST_LAST)
    )
    given = [Given(*row) for row in rows]
    return given[:1] + [one for one in given[1:] if one.can_be_undone(now)]


def get_given(session: Session, redemption_id: uuid.UUID, partner_id: uuid.UUID) -> Given:
    """Raises NotFound, also for another partner's."""
    row = session.execute(
        _given().where(Redemption.id == redemption_id, Redemption.partner_id == partner_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return Given(*row)


def count_since(session: Session, till: Till, start: datetime) -> int:
    """How many this till has given since an instant; what was undone is not among them."""
    return int(
        session.scalar(
            select(func.count())
            .select_from(Redemption)
            .where(
                Redemption.partner_id == till.partner_id,
                _here(till),
                Redemption.redeemed_at >= start,
                Redemption.state == "redeemed",
            )
        )
        or 0
    )


def list_given(
    session: Session,
    partner_id: uuid.UUID,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    limit: int = 200,
) -> list[Given]:
    """What a partner has given, the newest first; end is exclusive."""
    statement = _given().where(Redemption.partner_id == partner_id)
    if start is not None:
        statement = statement.where(Redemption.redeemed_at >= start)
    if end is not None:
        statement = statement.where(Redemption.redeemed_at < end)
    rows = session.execute(
        statement.order_by(Redemption.redeemed_at.desc(), Redemption.id).limit(limit)
    )
    return [Given(*row) for row in rows]


def list_for_card(
    session: Session, partner_id: uuid.UUID, branch_id: uuid.UUID | None, now: datetime
) -> list[Reward]:
    """Rewards that can be given for a card here and now."""
    limited = select(RewardBranch.reward_id)
    here = limited.where(RewardBranch.branch_id == branch_id)
    anywhere = [or_(Reward.id.not_in(limited), Reward.id.in_(here))] if branch_id else []
    return list(
        session.scalars(
            select(Reward)
            .where(
                Reward.partner_id == partner_id,
                Reward.status == "published",
                or_(Reward.reservable_from.is_(None), Reward.reservable_from <= now),
                or_(Reward.reservable_until.is_(None), Reward.reservable_until > now),
                or_(Reward.stock.is_(None), Reward.stock > 0),
                *anywhere,
            )
            .order_by(Reward.cost, Reward.title)
        )
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """What a partner's desk says at a glance; what was undone is not among it."""

    today: int
    month: int
    month_points: int
    waiting: int


def figures(
    session: Session, partner_id: uuid.UUID, day_began: datetime, month_began: datetime
) -> Figures:
    """Redeemed today and this month, and vouchers that people hold now."""
    done = Redemption.state == "redeemed"
    row = session.execute(
        select(
            func.count().filter(done, Redemption.redeemed_at >= day_began),
            func.count().filter(done, Redemption.redeemed_at >= month_began),
            func.coalesce(
                func.sum(Redemption.cost).filter(done, Redemption.redeemed_at >= month_began), 0
            ),
            func.count().filter(Redemption.state == "reserved"),
        ).where(Redemption.partner_id == partner_id)
    ).one()
    return Figures(*(int(number) for number in row))
