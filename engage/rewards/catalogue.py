"""What is on offer: the public list of rewards, for pages and the API."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from engage.core.errors import N_, NotFound
from engage.core.periods import Limit, day_of
from engage.core.reserving import left_today
from engage.partners.models import Branch, Partner
from engage.rewards.details import Details, Place, details_of, places_of
from engage.rewards.models import Reward, RewardBranch, RewardFavourite
from engage.rewards.queries import limit_of
from engage.storage.base import UtcDateTime
from engage.storage.engine import zone_of

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
class Offer:
    """A reward as everybody may see it. The face value is not part of it."""

    id: uuid.UUID
    series_id: uuid.UUID
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
    published_at: datetime | None
    life: timedelta
    status: str
    good_cause: str | None
    partner_id: uuid.UUID
    partner_name: str
    partner_slug: str
    partner_about: str
    partner_website: str
    places: tuple[Place, ...] = ()
    details: Details = field(default_factory=Details)
    left_today: int | None = None

    @property
    def is_out_of_stock(self) -> bool:
        return self.stock == 0

    @property
    def is_there(self) -> bool:
        """A piece can be had today."""
        return self.stock != 0 and self.left_today != 0

    def is_last_chance(self, now: datetime) -> bool:
        """Over within days, or few are left."""
        ends = self.reservable_until
        return bool(self.stock and self.stock <= FEW_LEFT) or bool(ends and ends <= now + ENDING)


#: What counts as a last chance: so few pieces, or so near an end.
FEW_LEFT = 5
ENDING = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody looks for; everything empty finds all.

    most:         rewards that cost at most so many points.
    in_stock:     without what is all gone, or for today.
    families:     tagged so by the partner, or for children.
    last_chance:  see ``Offer.is_last_chance``.
    favourite_of: only what this person has marked.
    reach:        points at hand: what they are enough for comes first.
    order:        ``points``, ``newest`` or ``ending``.
    """

    words: str = ""
    category: str = ""
    district: str = ""
    kind: str = ""
    partner: str = ""
    most: int | None = None
    step_free: bool = False
    in_stock: bool = False
    families: bool = False
    last_chance: bool = False
    favourite_of: uuid.UUID | None = None
    without_kind: str = ""
    reach: int | None = None
    order: str = "points"


#: In these states only the partner and the office know of a reward.
UNSEEN = ("draft", "submitted")


def _is_there(today: date) -> ColumnElement[bool]:
    """A piece can be had today; the same as ``Offer.is_there``."""
    return and_(
        or_(Reward.stock.is_(None), Reward.stock > 0),
        or_(
            Reward.daily_stock.is_(None),
            Reward.daily_on.is_(None),
            Reward.daily_on < today,
            Reward.daily_taken < Reward.daily_stock,
        ),
    )


def _on_show(now: datetime) -> ColumnElement[bool]:
    """Published by a verified partner, and not over."""
    return and_(
        Partner.status == "verified",
        Reward.status == "published",
        or_(Reward.shown_from.is_(None), Reward.shown_from <= now),
        or_(Reward.shown_until.is_(None), Reward.shown_until > now),
        or_(Reward.redeemable_until.is_(None), Reward.redeemable_until > now),
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


#: Where a page of the list begins: the values it is ordered by, of the last reward before.
After = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rewards, and where the next ones begin; None at the end."""

    offers: list[Offer]
    after: After | None


def list_page(
    session: Session, wanted: Filter, now: datetime, *, limit: int, after: After | None = None
) -> Page:
    """Rewards on show, in the wanted order; three statements for any number."""
    today = day_of(now, zone_of(session))
    keys = _order(wanted, today)
    names = [f"key_{number}" for number in range(len(keys))]
    labelled = [key.label(name) for (key, _down), name in zip(keys, names, strict=True)]
    statement = (
        _offers().add_columns(*labelled).where(_on_show(now), *_conditions(wanted, now, today))
    )
    if after is not None:
        statement = statement.where(_behind(keys, after))
    order = [key.desc() if down else key.asc() for key, down in keys]
    rows = session.execute(statement.order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    places = places_of(session, shown)
    following = tuple(getattr(shown[-1], name) for name in names) if len(rows) > limit else None
    return Page([_offer(row, places[row.id], today) for row in shown], following)


def list_offers(
    session: Session, wanted: Filter, now: datetime, *, limit: int = 200
) -> list[Offer]:
    """The first rewards on show: what costs least first, or what is newest."""
    return list_page(session, wanted, now, limit=limit).offers


def list_of_series(session: Session, series: Iterable[uuid.UUID], now: datetime) -> list[Offer]:
    """The newest version of each of these rewards that people may know of, by title."""
    rows = session.execute(
        _offers()
        .where(
            Reward.series_id.in_(list(series)),
            Reward.status.not_in(UNSEEN),
            or_(Reward.shown_from.is_(None), Reward.shown_from <= now),
        )
        .order_by(Reward.title, Reward.version)
    ).all()
    newest = {row.series_id: row for row in rows}.values()
    today = day_of(now, zone_of(session))
    places = places_of(session, newest)
    return [_offer(row, places[row.id], today) for row in newest]


#: Further away than any end that a partner names.
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _order(wanted: Filter, today: date) -> list[tuple[ColumnElement[Any], bool]]:
    """What the list is ordered by, each with whether it runs downwards; the id makes it total."""
    column: ColumnElement[Any] = Reward.__table__.c.id
    if wanted.order == "newest":
        published = func.coalesce(Reward.published_at, literal(_BEGINNING, UtcDateTime()))
        return [(published, True), (column, True)]
    if wanted.order == "ending":
        ends = func.coalesce(Reward.reservable_until, literal(_NEVER, UtcDateTime()))
        return [(ends, False), (column, False)]
    there = _is_there(today)
    if wanted.reach is not None:
        there = and_(there, Reward.cost <= wanted.reach)
    rank: ColumnElement[Any] = case((there, 0), else_=1)
    return [(rank, False), (Reward.__table__.c.cost, False), (column, False)]


def _behind(keys: list[tuple[ColumnElement[Any], bool]], after: After) -> ColumnElement[bool]:
    """Everything that comes after a place in the order."""
    steps = []
    for position, (key, down) in enumerate(keys):
        same = [keys[one][0] == after[one] for one in range(position)]
        steps.append(and_(*same, key < after[position] if down else key > after[position]))
    return or_(*steps)


def _conditions(wanted: Filter, now: datetime, today: date) -> Iterable[ColumnElement[bool]]:
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
    if wanted.without_kind:
        yield Reward.kind != wanted.without_kind
    if wanted.most is not None:
        yield Reward.cost <= wanted.most
    if wanted.district or wanted.step_free:
        yield _is_given_at(wanted.district, step_free=wanted.step_free)
    if wanted.in_stock:
        yield _is_there(today)
    yield from _moods(wanted, now)


def _moods(wanted: Filter, now: datetime) -> Iterable[ColumnElement[bool]]:
    if wanted.families:
        yield or_(Reward.for_families, Reward.category == "family")
    if wanted.last_chance:
        yield or_(Reward.stock.between(1, FEW_LEFT), Reward.reservable_until <= now + ENDING)
    if wanted.favourite_of is not None:
        yield exists().where(
            RewardFavourite.person_id == wanted.favourite_of,
            RewardFavourite.series_id == Reward.series_id,
        )


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _is_given_at(district: str, *, step_free: bool) -> ColumnElement[bool]:
    """At such a branch: one that the reward names, or any of the partner's if it names none."""
    named = exists().where(RewardBranch.reward_id == Reward.id)
    wanted = [Branch.partner_id == Reward.partner_id, Branch.closed_at.is_(None)]
    if district:
        wanted.append(Branch.district_code == district)
    if step_free:
        wanted.append(Branch.step_free.is_(True))
    return exists().where(
        *wanted,
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
    if row is None or row.status in UNSEEN or (row.shown_from and row.shown_from > now):
        raise NotFound()
    return _offer(row, places_of(session, [row])[row.id], day_of(now, zone_of(session)))


def preview(session: Session, reward_id: uuid.UUID) -> Offer:
    """A reward as the citizen will see it, drafts too: for its partner. Raises NotFound."""
    row = session.execute(_offers().where(Reward.id == reward_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _offer(row, places_of(session, [row])[row.id], None)


def _offer(row: Any, places: tuple[Place, ...], today: date | None) -> Offer:
    """today: of the city; None where what is left today does not matter."""
    taken = (row.daily_stock, row.daily_taken, row.daily_on)
    return Offer(
        id=row.id,
        series_id=row.series_id,
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
        published_at=row.published_at,
        life=timedelta(minutes=row.reserve_minutes),
        status=row.status,
        good_cause=row.good_cause,
        partner_id=row.partner_id,
        partner_name=row.partner_name,
        partner_slug=row.partner_slug,
        partner_about=row.partner_about,
        partner_website=row.partner_website,
        places=places,
        details=details_of(row),
        left_today=left_today(*taken, today) if today is not None else None,
    )
