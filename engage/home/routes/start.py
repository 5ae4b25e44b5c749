"""The first page of the city, and the home of a citizen."""

from __future__ import annotations

from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.core.periods import day_of
from engage.home import queries
from engage.home.routes.blueprint import bp
from engage.ledger import queries as ledger
from engage.web.access import signed_in
from engage.web.context import db, now, settings


@bp.get("/")
def show_start() -> ResponseReturnValue:
    """The promise, the two ways in, and what really happens this week."""
    offers = queries.list_offers(db(), now())
    return render_template(
        "home/start.html", offers=offers, offered=queries.count_offers(db(), now())
    )


@bp.get("/me")
@signed_in
def show_home() -> ResponseReturnValue:
    """What I have, what comes next, what others recorded, and the story of my year."""
    me, database = current_user.id, db()
    today = day_of(now(), settings().zone)
    since = today.replace(month=1, day=1)
    return render_template(
        "home/home.html",
        balance=ledger.balance_of(database, me),
        last=queries.find_last_movement(database, me),
        dates=queries.list_next_dates(database, me, now()),
        told=queries.list_told(database, me, now()),
        in_review=queries.count_open_reviews(database, me),
        year=today.year,
        months=queries.list_months(database, me, since),
        districts=queries.count_districts(database, me, since),
        greeting=_greeting(now()),
    )


def _greeting(instant: datetime) -> str:
    """``morning``, ``day`` or ``evening`` by the city's clock."""
    hour = instant.astimezone(settings().zone).hour
    return "morning" if 4 <= hour < 11 else "day" if hour < 18 else "evening"
