"""What a citizen has reserved and redeemed, for the citizen alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engage.core.errors import NotFound
from engage.partners.models import Branch, Partner
from engage.rewards.models import Redemption, Reward
from engage.rewards.queries import COUNTED, OPEN


@dataclass(frozen=True, slots=True)
class Use:
    """A citizen's own redemption, for the citizen alone."""

    id: uuid.UUID
    reward_id: uuid.UUID
    title: str
    hand_over: str
    category: str
    kind: str
    good_cause: str | None
    partner_name: str
    branch_name: str | None
    state: str
    cost: int
    way: str
    reserved_at: datetime
    expires_at: datetime
    extended_at: datetime | None
    redeemed_at: datetime | None
    ended_at: datetime | None
    ended_because: str
    disputed_at: datetime | None
    life: timedelta


def list_uses(session: Session, person_id: uuid.UUID, *, limit: int = 100) -> list[Use]:
    """A person's redemptions, open ones first, then the newest."""
    rows = session.execute(
        _uses()
        .where(Redemption.person_id == person_id)
        .order_by((Redemption.state != "reserved"), Redemption.reserved_at.desc())
        .limit(limit)
    )
    return [_use(row) for row in rows]


def get_use(session: Session, redemption_id: uuid.UUID, person_id: uuid.UUID) -> Use:
    """A person's own redemption. Raises NotFound, also for somebody else's."""
    row = session.execute(
        _uses().where(Redemption.id == redemption_id, Redemption.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return _use(row)


@dataclass(frozen=True, slots=True)
class Had:
    """What counts of a reward in all its versions: when it was taken, and what is still open."""

    times: tuple[datetime, ...]
    open_id: uuid.UUID | None


def list_had(
    session: Session, person_id: uuid.UUID, series: Iterable[uuid.UUID]
) -> dict[uuid.UUID, Had]:
    """What a person has had of these rewards, by series; one statement for any number."""
    rows = session.execute(
        select(Reward.series_id, Redemption.id, Redemption.state, Redemption.reserved_at)
        .join(Reward, Reward.id == Redemption.reward_id)
        .where(
            Redemption.person_id == person_id,
            Redemption.state.in_(COUNTED),
            Reward.series_id.in_(list(series)),
        )
        .order_by(Redemption.reserved_at)
    )
    found: dict[uuid.UUID, Had] = {}
    for row in rows:
        before = found.get(row.series_id, Had((), None))
        is_open = row.state == OPEN
        found[row.series_id] = Had(
            (*before.times, row.reserved_at), row.id if is_open else before.open_id
        )
    return found


def list_welcomed(session: Session, person_id: uuid.UUID) -> set[uuid.UUID]:
    """The partners that have already welcomed a person."""
    return set(
        session.scalars(
            select(Redemption.partner_id)
            .join(Reward, Reward.id == Redemption.reward_id)
            .where(
                Redemption.person_id == person_id,
                Redemption.state.in_(COUNTED),
                Reward.kind == "welcome",
            )
        )
    )


def _uses() -> Select[Any]:
    return (
        select(
            *Redemption.__table__.c,
            Reward.title,
            Reward.hand_over,
            Reward.category,
            Reward.kind,
            Reward.good_cause,
            Reward.reserve_minutes,
            Partner.name.label("partner_name"),
            Branch.name.label("branch_name"),
        )
        .join(Reward, Reward.id == Redemption.reward_id)
        .join(Partner, Partner.id == Redemption.partner_id)
        .outerjoin(Branch, Branch.id == Redemption.branch_id)
    )


def _use(row: Any) -> Use:
    return Use(
        id=row.id,
        reward_id=row.reward_id,
        title=row.title,
        hand_over=row.hand_over,
        category=row.category,
        kind=row.kind,
        good_cause=row.good_cause,
        partner_name=row.partner_name,
        branch_name=row.branch_name,
        state=row.state,
        cost=row.cost,
        way=row.way,
        reserved_at=row.reserved_at,
        expires_at=row.expires_at,
        extended_at=row.extended_at,
        redeemed_at=row.redeemed_at,
        ended_at=row.ended_at,
        ended_because=row.ended_because,
        disputed_at=row.disputed_at,
        life=timedelta(minutes=row.reserve_minutes),
    )
