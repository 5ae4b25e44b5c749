"""Budgets, the yearly value, points that are owed, and partners to look at: counts, no names."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engage.core.errors import NotFound
from engage.core.outlook import BudgetState
from engage.core.periods import day_of
from engage.settlement import liability, watching
from engage.settlement.routes.blueprint import bp
from engage.web.access import office
from engage.web.context import db, now, settings
from engage.web.tables import Cell, csv_file

#: Years of the value guard that are offered.
YEARS = 3


@bp.get("/office/settlement/budgets")
@office
def show_budgets() -> ResponseReturnValue:
    zone = settings().zone
    budgets = watching.list_budgets(db(), now(), zone)
    near = [one for one in budgets if one.state in (BudgetState.NEAR, BudgetState.USED)]
    year = day_of(now(), zone).year
    return render_template("settlement/budgets.html", budgets=budgets, near=near, year=year)


@bp.get("/office/settlement/value")
@office
def show_value() -> ResponseReturnValue:
    """How many people are near the yearly limit; never who."""
    zone = settings().zone
    this = day_of(now(), zone).year
    years = list(range(this, this - YEARS, -1))
    given = request.args.get("year", str(this))
    if given not in map(str, years):
        raise NotFound()
    guard = watching.get_value_guard(db(), now(), zone, int(given))
    return render_template("settlement/value.html", guard=guard, years=years)


@bp.get("/office/settlement/liability")
@office
def show_liability() -> ResponseReturnValue:
    owed = liability.get_liability(db(), now(), settings().zone)
    return render_template("settlement/liability.html", owed=owed)


@bp.get("/office/settlement/liability.csv")
@office
def download_liability() -> Response:
    """The figures of the page, one a line."""
    owed = liability.get_liability(db(), now(), settings().zone)
    name = f"{_('liability')}-{day_of(now(), settings().zone)}.csv"
    return csv_file([_("What"), _("Of"), _("Points")], _lines(owed), name)


def _lines(owed: liability.Liability) -> list[list[Cell]]:
    rows: list[list[Cell]] = [
        [_("Points of citizens"), "", owed.balances],
        [_("Points reserved"), "", owed.escrow],
        [_("Points of rewards in stock"), "", owed.in_stock],
    ]
    for month, flow in owed.flows:
        for name, points in (
            (_("Earned"), flow.earned),
            (_("Redeemed"), flow.redeemed),
            (_("Expired"), flow.expired),
        ):
            rows.append([name, f"{month:%Y-%m}", points])
    rows += [
        [_("Expiring from"), f"{day:%Y-%m}" if day else _("later"), points]
        for day, points in owed.expiring
    ]
    return rows + [[_("In stock"), f"{one.partner}: {one.title}", one.points] for one in owed.stock]


@bp.get("/office/settlement/signs")
@office
def show_signs() -> ResponseReturnValue:
    """Where something may be wrong, with the published reasons and what to do."""
    signs = watching.list_signs(db(), now(), settings().zone)
    return render_template("settlement/signs.html", found=signs)
