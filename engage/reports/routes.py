"""The figures: all of them for the office, what may be published for everybody."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from engage.core.errors import NotFound
from engage.reports import queries, service
from engage.web.access import office
from engage.web.context import db, now, settings

bp = Blueprint("reports", __name__)


def _chosen(years: list[int]) -> int:
    """The year of the address, else the newest. Raises NotFound for one without figures."""
    given = request.args.get("year", "")
    if not given:
        return years[0]
    if not given.isdecimal() or int(given) not in years:
        raise NotFound()
    return int(given)


@bp.get("/office/figures")
@office
def show_figures() -> ResponseReturnValue:
    zone = settings().zone
    years = queries.list_years(db(), now(), zone)
    year = queries.get_year(db(), _chosen(years), zone)
    return render_template("reports/office.html", figures=year, years=years)


@bp.get("/office/figures.csv")
@office
def download_figures() -> ResponseReturnValue:
    """The same as a table for a spreadsheet, with a byte order mark for its umlauts."""
    zone = settings().zone
    year = queries.get_year(db(), _chosen(queries.list_years(db(), now(), zone)), zone)
    text = io.StringIO()
    table = csv.writer(text, delimiter=";")
    table.writerow(("group", "name", "engagements", "hours", "points", "people"))
    for group, lines in (
        ("month", year.months),
        ("kind", year.kinds),
        ("district", year.districts),
    ):
        for one in lines:
            hours = f"{one.minutes / 60:.2f}".replace(".", ",")
            table.writerow((group, one.key, one.engagements, hours, one.points, one.people))
    headers = {"Content-Disposition": f"attachment; filename=figures-{year.year}.csv"}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


@bp.get("/figures")
def show_public_figures() -> ResponseReturnValue:
    """Closed months only; nobody stands alone in a figure."""
    years = queries.list_frozen_years(db())
    if not years:
        return render_template("reports/public.html", figures=None, years=[])
    figures = service.publish(db(), _chosen(years))
    return render_template("reports/public.html", figures=figures, years=years)
