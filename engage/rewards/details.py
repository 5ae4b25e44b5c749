"""What else an offer says, beyond its words and its price: the same for pages and the API."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.partners.models import Branch
from engage.rewards.models import RewardBranch


@dataclass(frozen=True, slots=True)
class Details:
    """Facts of a reward that most rewards leave empty; see ``models.Reward``."""

    picture: str | None = None
    picture_alt: str = ""
    daily_stock: int | None = None
    for_families: bool = False
    shown_until: datetime | None = None
    redeemable_from: datetime | None = None
    redeemable_until: datetime | None = None
    redeem_hours: str = ""
    event_starts_at: datetime | None = None
    event_ends_at: datetime | None = None
    event_place: str = ""
    own_codes: str = "none"


@dataclass(frozen=True, slots=True)
class Place:
    """A branch where a reward is given."""

    id: uuid.UUID
    name: str
    street: str
    town: str
    district_code: str | None
    opening_hours: str
    accessibility_notes: str
    step_free: bool
    hours: str = ""
    accessible_toilet: bool = False
    disabled_parking: bool = False
    hearing_loop: bool = False


def details_of(row: Any) -> Details:
    return Details(**{one.name: getattr(row, one.name) for one in fields(Details)})


def places_of(session: Session, rows: Iterable[Any]) -> Mapping[uuid.UUID, tuple[Place, ...]]:
    """The branches of each reward, in two statements for any number of rewards."""
    rewards = {row.id: row.partner_id for row in rows}
    named: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for reward_id, branch_id in session.execute(
        select(RewardBranch.reward_id, RewardBranch.branch_id).where(
            RewardBranch.reward_id.in_(rewards)
        )
    ):
        named[reward_id].add(branch_id)
    branches: dict[uuid.UUID, list[Place]] = defaultdict(list)
    for branch in session.scalars(
        select(Branch)
        .where(Branch.partner_id.in_(set(rewards.values())), Branch.closed_at.is_(None))
        .order_by(Branch.name, Branch.id)
    ):
        branches[branch.partner_id].append(_place(branch))
    return {
        reward_id: tuple(
            place
            for place in branches[partner_id]
            if reward_id not in named or place.id in named[reward_id]
        )
        for reward_id, partner_id in rewards.items()
    }


def _place(branch: Branch) -> Place:
    return Place(
        id=branch.id,
        name=branch.name,
        street=branch.street,
        town=branch.town,
        district_code=branch.district_code,
        opening_hours=branch.opening_hours,
        accessibility_notes=branch.accessibility_notes,
        step_free=branch.step_free,
        hours=branch.hours,
        accessible_toilet=branch.accessible_toilet,
        disabled_parking=branch.disabled_parking,
        hearing_loop=branch.hearing_loop,
    )
