"""The office's month-end: what is due, each partner's month, closing and paying it."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from engage.core.errors import DomainError
from engage.core.settlement import closes_at, last_due
from engage.partners import queries as partners
from engage.settlement import overview, queries, service
from engage.settlement.forms import PaidForm
from engage.settlement.months import Month
from engage.settlement.routes.blueprint import as_csv, as_pdf, bp, read_month, shown
from engage.web.access import office
from engage.web.context import db, now, settings, work, work_each
from engage.web.errors import sentence
from engage.web.pdf import PdfMissing, can_print
from engage.web.tables import csv_file, euros


@bp.get("/office/settlement")
@office
def show_settlement() -> ResponseReturnValue:
    """What is due, and one month of all partners."""
    chosen = request.args.get("month", "")
    wanted = read_month(chosen) if chosen else None
    return render_template(
        "settlement/office.html", **overview.get_overview(db(), now(), settings().zone, wanted)
    )


@bp.post("/office/settlement/close")
@office
def close_due() -> ResponseReturnValue:
    """Close every month that is due, each in a unit of work of its own, the oldest first."""
    by, at, done = current_user.id, now(), 0
    for one in queries.list_due(db(), at, settings().zone):
        done += _close(one.partner_id, one.month, by=by)
    words = ngettext("%(num)d month is closed.", "%(num)d months are closed.", done)
    flash(words if done else _("Nothing was due."), "success" if done else "info")
    return redirect(url_for("settlement.show_settlement"), 303)


def _close(partner_id: uuid.UUID, month: date, *, by: uuid.UUID) -> int:
    """1 if it is closed now; a colleague who was faster is no mistake."""
    at = now()
    try:
        work_each(lambda s: service.close_month(s, partner_id, month, by=by, now=at) and None)
    except DomainError as refused:
        flash(sentence(refused), "warning")
        return 0
    return 1


def _month(partner_id: uuid.UUID, text: str) -> Month:
    partner = partners.get_partner(db(), partner_id)
    return queries.get_month(db(), partner, read_month(text), settings().zone)


def _page(month: Month, form: PaidForm, status: int = 200) -> ResponseReturnValue:
    parts = shown(month) | {"can_close": overview.can_close(db(), month, now(), settings().zone)}
    page = render_template(
        "settlement/office_statement.html",
        form=form,
        closes_at=closes_at(month.month, settings().zone),
        can_print=can_print(),
        **parts,
    )
    return page, status


@bp.get("/office/settlement/<uuid:partner_id>/<month>")
@office
def show_month(partner_id: uuid.UUID, month: str) -> ResponseReturnValue:
    """A closed month, or how an open one looks now."""
    found = _month(partner_id, month)
    made = found.statement
    return _page(found, PaidForm(formdata=None, data={"note": made.note if made else ""}))


@bp.post("/office/settlement/<uuid:partner_id>/<month>/close")
@office
def close_month(partner_id: uuid.UUID, month: str) -> ResponseReturnValue:
    first, me, at = read_month(month), current_user.id, now()
    work(lambda s: service.close_month(s, partner_id, first, by=me, now=at) and None)
    flash(_("Closed. The partner can load the statement."), "success")
    return redirect(url_for("settlement.show_month", partner_id=partner_id, month=month), 303)


@bp.post("/office/settlement/<uuid:partner_id>/<month>/paid")
@office
def note_payment(partner_id: uuid.UUID, month: str) -> ResponseReturnValue:
    form, first, me, at = PaidForm(), read_month(month), current_user.id, now()
    if not form.validate_on_submit():
        return _page(_month(partner_id, month), form, 422)
    paid, words = "unpaid" not in request.form, form.note.data or ""
    work(lambda s: service.note_payment(s, partner_id, first, service.Payment(paid, words, me, at)))
    flash(_("Noted as paid.") if paid else _("Noted as not paid."), "success")
    return redirect(url_for("settlement.show_month", partner_id=partner_id, month=month), 303)


@bp.get("/office/settlement/<uuid:partner_id>/<month>.csv")
@office
def download_month(partner_id: uuid.UUID, month: str) -> Response:
    return as_csv(_month(partner_id, month))


@bp.get("/office/settlement/<uuid:partner_id>/<month>.pdf")
@office
def print_month(partner_id: uuid.UUID, month: str) -> ResponseReturnValue:
    """Tagged for screen readers; where the PDF maker is missing, the page says so."""
    try:
        return as_pdf(_month(partner_id, month))
    except PdfMissing:
        flash(_("This installation cannot make PDF files."), "warning")
        return redirect(url_for("settlement.show_month", partner_id=partner_id, month=month), 303)


@bp.get("/office/settlement/month.csv")
@office
def download_overview() -> Response:
    """One month of all partners, for the city's treasury."""
    chosen = request.args.get("month", "")
    month = read_month(chosen) if chosen else last_due(now(), settings().zone)
    states = {"closed": _("Closed"), "paid": _("Paid"), "open": _("Open"), "due": _("Due")}
    heads = [_("Partner"), _("State"), _("Redeemed"), _("Undone"), _("Points"), _("Euros")]
    table = [
        [one.name, states[one.state], one.count, one.undone, one.points, euros(one.cents)]
        for one in overview.list_rows(db(), now(), settings().zone, month)
    ]
    return csv_file(heads, table, f"{_('settlement')}-{month:%Y-%m}.csv")
