"""The partner's desk: what is going on, and what was redeemed. Never who it was."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.core.periods import add_months, day_of, day_start
from engage.partners import queries as partners
from engage.partners.models import Partner
from engage.partners.routes.blueprint import bp as partner_pages
from engage.rewards import counter, offers
from engage.rewards.counter import Given
from engage.rewards.routes.blueprints import offers as bp
from engage.web import access
from engage.web.context import db, now, settings
from engage.web.filters import month as month_words

#: More lines than this are for the CSV file.
LONGEST_PAGE = 300


@partner_pages.get("/partner/<slug>")
@access.second_factor
def show_partner(slug: str) -> ResponseReturnValue:
    """What goes on at a partner today."""
    partner = partners.get_own(db(), slug, current_user.id)
    today = day_of(now(), settings().zone)
    start = day_start(today.replace(day=1), settings().zone)
    return render_template(
        "partners/overview.html",
        partner=partner,
        is_manager=_is_manager(slug),
        figures=counter.figures(db(), partner.id, day_start(today, settings().zone), start),
        rewards=offers.list_of(db(), partner.id),
        last=counter.list_given(db(), partner.id, limit=5),
    )


def _is_manager(slug: str) -> bool:
    return any(one.slug == slug and one.role == "manager" for one in current_user.partners)


@bp.get("/partner/<slug>/redemptions")
@access.second_factor
def show_redemptions(slug: str) -> ResponseReturnValue:
    """What was redeemed in a month."""
    partner = partners.get_own(db(), slug, current_user.id)
    first = _month()
    given = _of_month(partner, first, LONGEST_PAGE)
    return render_template(
        "rewards/desk/redemptions.html", partner=partner, given=given, now=now(), **_of(first)
    )


def _of(first: date) -> dict[str, object]:
    """The month and its neighbours, as the page shows them."""
    after = add_months(first, 1)
    return {
        "first": first,
        "before": add_months(first, -1),
        "after": after,
        "is_latest": after > day_of(now(), settings().zone),
        "month": month_words(first),
    }


def _month() -> date:
    """The first day of the month that was asked for, or of this one."""
    try:
        return datetime.strptime(request.args.get("month", ""), "%Y-%m").date()  # noqa: DTZ007  # a month has no zone
    except ValueError:
        return day_of(now(), settings().zone).replace(day=1)


def _of_month(partner: Partner, first: date, limit: int) -> list[Given]:
    zone = settings().zone
    start, end = day_start(first, zone), day_start(add_months(first, 1), zone)
    return counter.list_given(db(), partner.id, start=start, end=end, limit=limit)


@bp.get("/partner/<slug>/redemptions.csv")
@access.second_factor
def export_redemptions(slug: str) -> ResponseReturnValue:
    """The same as a table for a spreadsheet."""
    partner = partners.get_own(db(), slug, current_user.id)
    first = _month()
    given = _of_month(partner, first, 100_000)
    return _file(_table(given), f"redemptions-{partner.slug}-{first:%Y-%m}.csv")


def _table(given: list[Given]) -> str:
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    heads = [_("Day"), _("Time"), _("Reward"), _("State"), _("Points"), _("Way"), _("Branch")]
    table.writerow([*heads, _("Till")])
    for one in given:
        table.writerow([_harmless(cell) for cell in _cells(one)])
    return out.getvalue()


def _cells(one: Given) -> list[str]:
    at = one.redeemed_at.astimezone(settings().zone)
    state = _("Redeemed") if one.state == "redeemed" else _("Undone")
    way = _("Card and PIN") if one.way == "card" else _("Code")
    where = [one.branch_name or "", one.device_name or ""]
    return [f"{at:%Y-%m-%d}", f"{at:%H:%M}", one.reward, state, str(one.cost), way, *where]


def _harmless(cell: str) -> str:
    """No cell may become a formula in a spreadsheet."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _file(text: str, name: str) -> Response:
    response = make_response("\ufeff" + text)  # so that spreadsheets read umlauts
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
