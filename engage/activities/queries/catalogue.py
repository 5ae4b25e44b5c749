"""The public catalogue: dates ahead, searched and filtered."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Favourite, Occurrence
from engage.activities.queries.worth import worths
from engage.core.words import fold
from engage.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for. Everything left empty matches all.

    words:         each must occur in title, description, category, place or organisation.
    since, until:  instants; dates that start before ``until`` and end after ``since``.
    favourites_of: only activities this person marked.
    """

    words: str = ""
    kind: str = ""
    format: str = ""
    district: str = ""
    since: datetime | None = None
    until: datetime | None = None
    step_free: bool = False
    little_german: bool = False
    organisation: str = ""
    favourites_of: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One date of the catalogue.

    id:         of the occurrence.
    points:     for the planned length, by the rule at its start.
    places_left: None for as many as come.
    """

    id: uuid.UUID
    activity_id: uuid.UUID
    title: str
    description: str
    kind: str
    format: str
    category: str
    step_free: bool
    little_german: bool
    minimum_age: int
    points_rule: dict[str, Any] | None
    organisation: str
    organisation_slug: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    place: str
    address: str
    district_code: str | None
    capacity: int | None
    taken: int
    has_waiting_list: bool
    walk_ins: bool
    points: int = 0

    @property
    def places_left(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.taken)


#: Where a page of a list ends: the start and the id of its last date.
Cursor = tuple[datetime, uuid.UUID]

_COLUMNS = (
    Occurrence.id,
    Activity.id.label("activity_id"),
    Activity.title,
    Activity.description,
    Activity.kind,
    Activity.format,
    Activity.category,
    Activity.step_free,
    Activity.little_german,
    Activity.minimum_age,
    Activity.points_rule,
    Organisation.name.label("organisation"),
    Organisation.slug.label("organisation_slug"),
    Occurrence.starts_at,
    Occurrence.ends_at,
    Occurrence.timezone,
    Occurrence.place,
    Occurrence.address,
    Occurrence.district_code,
    Occurrence.capacity,
    Occurrence.taken,
    Occurrence.has_waiting_list,
    Occurrence.walk_ins,
)


def list_upcoming(
    session: Session,
    wish: Wish | None = None,
    *,
    now: datetime,
    limit: int = 20,
    after: Cursor | None = None,
) -> list[Offer]:
    """Dates ahead that everybody may see, earliest first; two statements, however many there are.

    after: start and id of the last date already shown.
    """
    rows = _joined(select(*_COLUMNS)).where(*_conditions(wish or Wish(), now))
    if after is not None:
        starts_at, last = after
        rows = rows.where(
            or_(
                Occurrence.starts_at > starts_at,
                and_(Occurrence.starts_at == starts_at, Occurrence.id > last),
            )
        )
    found = session.execute(rows.order_by(Occurrence.starts_at, Occurrence.id).limit(limit))
    return _offers(session, found.mappings().all())


def count_upcoming(session: Session, wish: Wish | None = None, *, now: datetime) -> int:
    """How many dates match."""
    counted = _joined(select(func.count(Occurrence.id))).where(*_conditions(wish or Wish(), now))
    return int(session.scalar(counted) or 0)


def list_favourites(session: Session, person_id: uuid.UUID) -> set[uuid.UUID]:
    """The activities a person marked."""
    return set(
        session.scalars(select(Favourite.activity_id).where(Favourite.person_id == person_id))
    )


def _offers(session: Session, rows: Sequence[Any]) -> list[Offer]:
    by_rule = worths(session)
    plain = [Offer(**row) for row in rows]
    return [
        Offer(**row, points=by_rule.points(one.points_rule, one.kind, one))
        for row, one in zip(rows, plain, strict=True)
    ]


def _joined(rows: Select[Any]) -> Select[Any]:
    return (
        rows.select_from(Occurrence)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Organisation, Organisation.id == Occurrence.organisation_id)
    )


def _conditions(wish: Wish, now: datetime) -> list[ColumnElement[bool]]:
    """Suspending an organisation hides its offers here (ACT-11)."""
    since = max(wish.since or now, now)
    wanted: list[ColumnElement[bool]] = [
        Activity.status == "published",
        Organisation.status == "verified",
        Occurrence.status == "scheduled",
        Occurrence.ends_at > since,
    ]
    if wish.until is not None:
        wanted.append(Occurrence.starts_at < wish.until)
    same: Sequence[tuple[Any, object]] = (
        (Activity.kind, wish.kind),
        (Activity.format, wish.format),
        (Occurrence.district_code, wish.district),
        (Organisation.slug, wish.organisation),
        (Activity.step_free, wish.step_free),
        (Activity.little_german, wish.little_german),
    )
    wanted += [asked == given for asked, given in same if given]
    wanted += [_says(word) for word in fold(wish.words).split()[:8]]
    if wish.favourites_of is not None:
        marked = exists().where(
            Favourite.activity_id == Activity.id, Favourite.person_id == wish.favourites_of
        )
        wanted.append(marked)
    return wanted


def _says(word: str) -> ColumnElement[bool]:
    searched = (Activity.words, Occurrence.words, Organisation.words)
    return or_(*(words.contains(word, autoescape=True) for words in searched))
