"""What is on offer: the public list of rewards, for pages and the API."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from engage.core.errors import N_, NotFound
from engage.core.periods import Limit
from engage.partners.models import Branch, Partner
from engage.rewards.models import Redemption, Reward, RewardBranch
from engage.rewards.queries import limit_of

#: What rewards are about, as people look for them; codes are stored and stable.
CATEGORIES: Mapping[str, str] = {
    "food": N_("Food and drink"),
    "culture": N_("Culture"),
    "ticket": N_("Cinema and events"),
    "sport": N_("Sport and swimming"),
    "family": N_("Children and family"),
    "books": N_("Books and learning"),
    "shop": N_("Shops"),
    "repair": N_("Repair and mobility"),
    "good_cause": N_("Good causes"),
    "other": N_("Other"),
}


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


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as everybody may see it. The face value is not part of it."""

    id: uuid.UUID
    kind: str
    category: str
    title: str
    description: str
    cost: int
    stock: int | None
    limit: Limit | None
    minimum_age: int
    reservable_from: datetime | None
    reservable_until: datetime | None
    life: timedelta
    status: str
    partner_name: str
    partner_slug: str
    partner_about: str
    partner_website: str
    places: tuple[Place, ...] = ()

    @property
    def is_out_of_stock(self) -> bool:
        return self.stock == 0


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody looks for; everything empty finds all.

    most: rewards that cost at most so many points.
    """

    words: str = ""
    category: str = ""
    district: str = ""
    kind: str = ""
    partner: str = ""
    most: int | None = None
    order: str = "points"


def _on_show(now: datetime) -> ColumnElement[bool]:
    """Published by a verified partner, and not over."""
    return and_(
        Partner.status == "verified",
        Reward.status == "published",
        or_(Reward.shown_from.is_(None), Reward.shown_from <= now),
        or_(Reward.reservable_until.is_(None), Reward.reservable_until > now),
    )


def _offers() -> Select[Any]:
    return select(
        *Reward.__table__.c,
        Partner.name.label("partner_name"),
        Partner.slug.label("partner_slug"),
        Partner.about.label("partner_about"),
        Partner.website.label("partner_website"),
    ).join(Partner, Partner.id == Reward.partner_id)


def list_offers(
    session: Session, wanted: Filter, now: datetime, *, limit: int = 200, offset: int = 0
) -> list[Offer]:
    """Rewards on show: what costs least first, or what is newest."""
    statement = _offers().where(_on_show(now), *_conditions(wanted))
    order: tuple[Any, ...] = (Reward.cost, Reward.title, Reward.id)
    if wanted.order == "newest":
        order = (Reward.published_at.desc(), Reward.id)
    rows = session.execute(statement.order_by(*order).limit(limit).offset(offset)).all()
    places = _places(session, rows)
    return [_offer(row, places[row.id]) for row in rows]


def _conditions(wanted: Filter) -> Iterable[ColumnElement[bool]]:
    if wanted.words:
        part = f"%{_escaped(wanted.words)}%"
        yield or_(
            *(
                column.ilike(part, escape="\\")
                for column in (Reward.title, Reward.description, Partner.name)
            )
        )
    for column, given in (
        (Reward.category, wanted.category),
        (Reward.kind, wanted.kind),
        (Partner.slug, wanted.partner),
    ):
        if given:
            yield column == given
    if wanted.most is not None:
        yield Reward.cost <= wanted.most
    if wanted.district:
        yield _is_given_in(wanted.district)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _is_given_in(district: str) -> ColumnElement[bool]:
    """At a branch of this district: a named one, or any of the partner's if none is named."""
    named = exists().where(RewardBranch.reward_id == Reward.id)
    return exists().where(
        Branch.partner_id == Reward.partner_id,
        Branch.closed_at.is_(None),
        Branch.district_code == district,
        or_(
            ~named,
            exists().where(
                RewardBranch.reward_id == Reward.id, RewardBranch.branch_id == Branch.id
            ),
        ),
    )


def get_offer(session: Session, reward_id: uuid.UUID, now: datetime) -> Offer:
    """One reward; also one that is paused or over, so that a saved address still says so.

    Raises NotFound for a draft, for one that is not shown yet, and a stranger's id.
    """
    row = session.execute(_offers().where(Reward.id == reward_id)).one_or_none()
    if row is None or row.status == "draft" or (row.shown_from and row.shown_from > now):
        raise NotFound()
    return _offer(row, _places(session, [row])[row.id])


def preview(session: Session, reward_id: uuid.UUID) -> Offer:
    """A reward as the citizen will see it, drafts too: for its partner. Raises NotFound."""
    row = session.execute(_offers().where(Reward.id == reward_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _offer(row, _places(session, [row])[row.id])


def _places(session: Session, rows: Iterable[Any]) -> Mapping[uuid.UUID, tuple[Place, ...]]:
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
    )


def _offer(row: Any, places: tuple[Place, ...]) -> Offer:
    return Offer(
        id=row.id,
        kind=row.kind,
        category=row.category,
        title=row.title,
        description=row.description,
        cost=row.cost,
        stock=row.stock,
        limit=limit_of(row),
        minimum_age=row.minimum_age,
        reservable_from=row.reservable_from,
        reservable_until=row.reservable_until,
        life=timedelta(minutes=row.reserve_minutes),
        status=row.status,
        partner_name=row.partner_name,
        partner_slug=row.partner_slug,
        partner_about=row.partner_about,
        partner_website=row.partner_website,
        places=places,
    )


@dataclass(frozen=True, slots=True)
class Use:
    """A citizen's own redemption, for the citizen alone."""

    id: uuid.UUID
    reward_id: uuid.UUID
    title: str
    hand_over: str
    category: str
    kind: str
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


def _uses() -> Select[Any]:
    return (
        select(
            *Redemption.__table__.c,
            Reward.title,
            Reward.hand_over,
            Reward.category,
            Reward.kind,
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
