"""A partner's own months: what was given, and what the city pays for it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.core.settlement import month_of
from engage.partners import queries as partners
from engage.partners.models import Partner
from engage.settlement import queries, watching
from engage.settlement.months import Month
from engage.settlement.routes.blueprint import as_csv, as_pdf, bp, read_month, shown
from engage.web import access
from engage.web.context import db, now, settings
from engage.web.pdf import PdfMissing, can_print


def _own(slug: str) -> Partner:
    """The partner, for its managers only. Raises NotFound, NotAllowed."""
    return partners.get_own(db(), slug, current_user.id, manager=True)


def _month(partner: Partner, text: str) -> Month:
    return queries.get_month(db(), partner, read_month(text), settings().zone)


@bp.get("/partner/<slug>/statements")
@access.second_factor
def show_statements(slug: str) -> ResponseReturnValue:
    """The month that runs, and all that are closed."""
    partner, zone = _own(slug), settings().zone
    return render_template(
        "settlement/statements.html",
        partner=partner,
        running=queries.get_month(db(), partner, month_of(now(), zone), zone),
        waiting=queries.list_open(db(), now(), zone, partner.id),
        statements=queries.list_statements(db(), partner.id),
        budgets=watching.list_budgets(db(), now(), zone, partner.id),
    )


@bp.get("/partner/<slug>/statements/<month>")
@access.second_factor
def show_statement(slug: str, month: str) -> ResponseReturnValue:
    partner = _own(slug)
    return render_template(
        "settlement/statement.html",
        partner=partner,
        can_print=can_print(),
        **shown(_month(partner, month)),
    )


@bp.get("/partner/<slug>/statements/<month>.csv")
@access.second_factor
def download_statement(slug: str, month: str) -> Response:
    return as_csv(_month(_own(slug), month))


@bp.get("/partner/<slug>/statements/<month>.pdf")
@access.second_factor
def print_statement(slug: str, month: str) -> ResponseReturnValue:
    """Tagged for screen readers; where the PDF maker is missing, the page says so."""
    try:
        return as_pdf(_month(_own(slug), month))
    except PdfMissing:
        flash(_("This installation cannot make PDF files."), "warning")
        return redirect(url_for("settlement.show_statement", slug=slug, month=month), 303)
