"""What everybody sees: the catalogue and the page of one activity."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.activities import queries, service
from engage.activities.models import Activity
from engage.activities.queries import OpenDate
from engage.activities.routes.blueprint import bp
from engage.activities.search import Search, group_offers, read_cursor, write_cursor
from engage.core.geography import FORMATS, KINDS
from engage.core.points import PointsRule, minutes_between
from engage.web.access import signed_in
from engage.web.city import district_choices
from engage.web.context import db, now, settings, work

#: Dates on one page of the catalogue.
PAGE = 20


@bp.get("/activities")
def show_activities() -> ResponseReturnValue:
    """Dates ahead, searched and filtered, grouped as people plan."""
    search = Search.read(request.args)
    wish = search.wish(now(), settings().zone, current_user.id)
    after = read_cursor(request.args.get("cursor", ""))
    found = queries.list_upcoming(db(), wish, now=now(), limit=PAGE + 1, after=after)
    shown = found[:PAGE]
    return render_template(
        "activities/catalogue.html",
        search=search,
        groups=group_offers(shown, now(), settings().zone),
        count=queries.count_upcoming(db(), wish, now=now()),
        states=queries.find_states(db(), current_user.id, [one.id for one in shown]),
        is_first=after is None,
        cursor=write_cursor(shown[-1]) if len(found) > PAGE else "",
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    return {"districts": district_choices(), "formats": FORMATS, "kinds": KINDS}


@bp.get("/activities/<uuid:activity_id>")
def show_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    """One activity: what, when, where, for whom, what it gives, and a place at a date."""
    activity, organisation = queries.get_public_activity(db(), activity_id)
    dates = queries.list_dates(db(), activity_id, current_user.id, now=now())
    chosen = _chosen(dates, request.args.get("date", ""))
    return render_template(
        "activities/activity.html",
        activity=activity,
        organisation=organisation,
        dates=dates,
        chosen=chosen,
        worth=_worth(activity, chosen) if chosen else None,
        policy=queries.worths(db()).policy_at(chosen.starts_at if chosen else now()),
        is_favourite=_is_favourite(activity_id),
        present=now(),
        formats=FORMATS,
    )


def _chosen(dates: list[OpenDate], wanted: str) -> OpenDate | None:
    """The date asked for, else the person's own next one, else the next that takes place."""
    by_id = next((one for one in dates if str(one.id) == wanted), None)
    mine = next((one for one in dates if one.state and one.status == "scheduled"), None)
    going = next((one for one in dates if one.status == "scheduled"), None)
    return by_id or mine or going or next(iter(dates), None)


def _worth(activity: Activity, date: OpenDate) -> dict[str, Any]:
    """The rule, the planned minutes, and the points they give."""
    rule: PointsRule = queries.worths(db()).rule(
        activity.points_rule, activity.kind, date.starts_at
    )
    minutes = minutes_between(date.starts_at, date.ends_at)
    return {"rule": rule, "minutes": minutes, "points": rule.points_for(minutes)}


def _is_favourite(activity_id: uuid.UUID) -> bool:
    if not current_user.is_authenticated:
        return False
    return activity_id in queries.list_favourites(db(), current_user.id)


@bp.post("/activities/<uuid:activity_id>/favourite")
@signed_in
def mark_favourite(activity_id: uuid.UUID) -> ResponseReturnValue:
    work(lambda session: service.mark(session, activity_id, current_user.id))
    return redirect(url_for("activities.show_activity", activity_id=activity_id), 303)


@bp.post("/activities/<uuid:activity_id>/favourite/remove")
@signed_in
def unmark_favourite(activity_id: uuid.UUID) -> ResponseReturnValue:
    work(lambda session: service.unmark(session, activity_id, current_user.id))
    return redirect(url_for("activities.show_activity", activity_id=activity_id), 303)
