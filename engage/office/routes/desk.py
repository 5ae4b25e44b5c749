"""What waits for the office, what it did, and who works there."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.attendance.queries import list_open_ends
from engage.core.checkout import Turn
from engage.office import guesses, queries, waiting
from engage.office.routes.blueprint import bp, desk
from engage.reports import queries as reports
from engage.web.access import office
from engage.web.context import db, now, settings


@bp.get("/office")
@office
def show_office() -> ResponseReturnValue:
    """First what waits, with its age and when it is due, then the figures of the month."""
    return desk(
        "desk.html",
        queues=waiting.list_waiting(db(), now(), current_user.id),
        month=reports.get_month(db(), now(), settings().zone),
        today=now(),
    )


@bp.get("/office/acts")
@office
def show_acts() -> ResponseReturnValue:
    return desk("acts.html", acts=queries.list_acts(db()))


@bp.get("/office/staff")
@office
def show_staff() -> ResponseReturnValue:
    return desk("staff.html", staff=queries.list_staff(db()))


@bp.get("/office/unanswered")
@office
def show_unanswered() -> ResponseReturnValue:
    """Whom to remind: hours and missing points left for a week, missing check-outs for two."""
    return desk(
        "unanswered.html",
        rows=queries.list_unanswered(db(), now()),
        open_ends=list_open_ends(db(), now(), Turn.OFFICE),
        disputes=waiting.list_disputes(db()),
    )


@bp.get("/office/guesses")
@office
def show_guesses() -> ResponseReturnValue:
    """Who sends wrong codes, and how many are slowed down; without codes, addresses, citizens."""
    return desk(
        "guesses.html",
        callers=guesses.list_callers(db(), now()),
        pauses=guesses.count_pauses(db(), now()),
    )
