"""Activities over HTTP: the public catalogue, and places for signed-in citizens."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import AfterValidator, Field

from engage.activities import queries, service
from engage.activities.models import Activity, Occurrence
from engage.activities.queries import Offer, Wish
from engage.activities.search import read_cursor, write_cursor
from engage.core.errors import NotSignedIn
from engage.web import api
from engage.web.city import list_districts
from engage.web.context import db, now, work
from engage.web.errors import plain

bp = api.blueprint("activities")

#: What is told of an activity.
ACTIVITY = (
    *("id", "title", "description", "kind", "format", "category", "minimum_age", "step_free"),
    *("little_german", "accessibility_notes", "bring", "requirements", "insurance", "contact"),
    "points_rule",
)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant


Instant = Annotated[datetime, AfterValidator(_aware)]


class CatalogueQuery(api.Body):
    """Filters of the public catalogue; every one may be left out."""

    q: str = Field("", max_length=200)
    kind: Literal["", "volunteering", "participation"] = ""
    format: str = Field("", max_length=40)
    district: str = Field("", max_length=60)
    since: Instant | None = Field(None, alias="from")
    until: Instant | None = Field(None, alias="to")
    step_free: bool = False
    little_german: bool = False
    organisation: str = Field("", max_length=80)
    limit: int = Field(20, ge=1, le=100)
    cursor: str = Field("", max_length=200)

    def wish(self) -> Wish:
        return Wish(
            words=self.q,
            kind=self.kind,
            format=self.format,
            district=self.district,
            since=self.since,
            until=self.until,
            step_free=self.step_free,
            little_german=self.little_german,
            organisation=self.organisation,
        )


def _public(body: Mapping[str, object]) -> Response:
    """JSON that anybody may keep for a minute and ask for again by its ETag."""
    text = current_app.json.dumps(plain(body))
    response = current_app.response_class(text, mimetype="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = "public, max-age=60"
    response.make_conditional(request)
    return response


@bp.get("/occurrences")
@bp.input(CatalogueQuery, location="query")
def list_occurrences(query_data: CatalogueQuery) -> ResponseReturnValue:
    """Dates ahead, earliest first."""
    found = _found(query_data)
    shown = found[: query_data.limit]
    following = write_cursor(shown[-1]) if len(found) > query_data.limit else None
    return _public({"items": [_offer(one) for one in shown], "next": following})


def _found(query: CatalogueQuery) -> list[Offer]:
    """One more than asked for: it tells whether there is a next page."""
    after = read_cursor(query.cursor) if query.cursor else None
    return queries.list_upcoming(db(), query.wish(), now=now(), limit=query.limit + 1, after=after)


@bp.get("/activities")
@bp.input(CatalogueQuery, location="query")
def list_activities(query_data: CatalogueQuery) -> ResponseReturnValue:
    """Activities by their next date; each is named once on a page."""
    found = _found(query_data)
    shown = found[: query_data.limit]
    by_id = {one.activity_id: one for one in reversed(shown)}
    items = [_activity_of(by_id[key]) for key in dict.fromkeys(one.activity_id for one in shown)]
    following = write_cursor(shown[-1]) if len(found) > query_data.limit else None
    return _public({"items": items, "next": following})


@bp.get("/activities/<uuid:activity_id>")
def get_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    """One activity with its dates ahead."""
    activity, organisation = queries.get_public_activity(db(), activity_id)
    dates = queries.find_next_occurrences(db(), activity_id, now=now(), limit=100)
    by_rule = queries.worths(db())
    body = _activity(activity) | {
        "organisation": {"slug": organisation.slug, "name": organisation.name},
        "occurrences": [
            _date(one) | {"points": by_rule.points(activity.points_rule, activity.kind, one)}
            for one in dates
        ],
    }
    return _public(body)


@bp.get("/districts")
def get_districts() -> ResponseReturnValue:
    """The districts of this city."""
    items = [{"code": one.code, "name": one.name} for one in list_districts()]
    return _public({"items": items, "next": None})


@bp.post("/occurrences/<uuid:occurrence_id>/registrations")
def register(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """A place for the signed-in citizen, or a turn on the waiting list."""
    person_id = _citizen()
    outcome = work(lambda s: service.register(s, occurrence_id, person_id, now=now()))
    return api.answer(outcome, {"code": outcome.code, **outcome.facts})


@bp.delete("/occurrences/<uuid:occurrence_id>/registrations")
def leave(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Give the place or the turn back."""
    person_id = _citizen()
    outcome = work(lambda s: service.leave(s, occurrence_id, person_id, now=now()))
    return api.answer(outcome, {"code": outcome.code})


def _citizen() -> uuid.UUID:
    if not current_user.is_authenticated:
        raise NotSignedIn()
    person_id: uuid.UUID = current_user.id
    return person_id


def _activity(activity: Activity) -> dict[str, Any]:
    return {name: getattr(activity, name) for name in ACTIVITY}


def _activity_of(offer: Offer) -> dict[str, Any]:
    names = ("title", "description", "kind", "format", "category", "minimum_age", "step_free")
    said = {name: getattr(offer, name) for name in (*names, "little_german", "points_rule")}
    organisation = {"slug": offer.organisation_slug, "name": offer.organisation}
    return {
        "id": offer.activity_id,
        **said,
        "organisation": organisation,
        "next_occurrence": _date(offer) | {"points": offer.points},
    }


def _date(date: Offer | Occurrence) -> dict[str, Any]:
    names = ("id", "activity_id", "starts_at", "ends_at", "timezone", "place", "address")
    said: dict[str, Any] = {name: getattr(date, name) for name in names}
    said |= {"district": date.district_code, "capacity": date.capacity}
    left = None if date.capacity is None else max(0, date.capacity - date.taken)
    return said | {"places_left": left, "status": getattr(date, "status", "scheduled")}


def _offer(offer: Offer) -> dict[str, Any]:
    organisation = {"slug": offer.organisation_slug, "name": offer.organisation}
    names = ("title", "kind", "format", "category", "step_free", "little_german", "points")
    said = {name: getattr(offer, name) for name in names}
    return {**_date(offer), **said, "organisation": organisation}
