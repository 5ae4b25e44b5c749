"""Dates as files for calendar programs."""

from __future__ import annotations

import uuid

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engage.activities import queries
from engage.activities.calendars import Entry, write_calendar
from engage.activities.models import Activity, Occurrence
from engage.activities.queries import Place
from engage.activities.routes.blueprint import bp
from engage.core.errors import NotFound
from engage.web.context import db, now, settings


@bp.get("/dates/<uuid:occurrence_id>.ics")
def show_date_file(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """One public date to keep."""
    occurrence = queries.get_occurrence(db(), occurrence_id)
    activity, _organisation = queries.get_public_activity(db(), occurrence.activity_id)
    return _file([_entry(occurrence, activity)], name=activity.title)


@bp.get("/calendar/<token>.ics")
def show_feed(token: str) -> ResponseReturnValue:
    """A citizen's dates, for the calendar program that knows the secret address."""
    person_id = queries.find_feed_person(db(), token)
    if person_id is None:
        raise NotFound()
    places = queries.find_person_places(db(), person_id, now(), limit=500)
    past = queries.list_past_places(db(), person_id, now(), limit=200)
    return _file([_place_entry(one) for one in [*places, *past]], name=settings().city.product)


def _file(entries: list[Entry], *, name: str) -> Response:
    content = write_calendar(entries, name=name, host=settings().host, now=now())
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = "attachment; filename=engage.ics"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _entry(occurrence: Occurrence, activity: Activity) -> Entry:
    return Entry(
        key=str(occurrence.id),
        title=activity.title,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        timezone=occurrence.timezone,
        place=", ".join(part for part in (occurrence.place, occurrence.address) if part),
        note=activity.bring,
        url=_page(activity.id),
        is_cancelled=occurrence.status == "cancelled",
    )


def _place_entry(place: Place) -> Entry:
    waits = place.state == "waitlisted"
    title = _("Waiting list: %(title)s", title=place.title) if waits else place.title
    return Entry(
        key=str(place.occurrence_id),
        title=title,
        starts_at=place.starts_at,
        ends_at=place.ends_at,
        timezone=place.timezone,
        place=", ".join(part for part in (place.place, place.address) if part),
        note=place.organisation,
        url=_page(place.activity_id),
        is_cancelled=place.status == "cancelled",
        is_tentative=waits,
    )


def _page(activity_id: uuid.UUID) -> str:
    return url_for("activities.show_activity", activity_id=activity_id, _external=True)
