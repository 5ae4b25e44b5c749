"""Good causes: the list, what each was given, and its statement."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.acts.service import By
from engage.core.errors import CauseExists
from engage.core.geography import code_from_name
from engage.settlement import causes
from engage.settlement.causes import Described
from engage.settlement.forms import CauseForm, ChangeCauseForm
from engage.settlement.routes.blueprint import bp
from engage.web.access import office
from engage.web.context import db, now, settings, work
from engage.web.errors import sentence
from engage.web.filters import month as month_words
from engage.web.pdf import PdfMissing, can_print, pdf_file
from engage.web.tables import csv_file, euros


@bp.get("/office/settlement/causes")
@office
def show_causes() -> ResponseReturnValue:
    return _list(CauseForm(formdata=None, data={"rate": 0}))


def _list(form: CauseForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("settlement/causes.html", causes=causes.list_causes(db()), form=form)
    return page, status


@bp.post("/office/settlement/causes")
@office
def add_cause() -> ResponseReturnValue:
    form = CauseForm()
    slug = code_from_name(form.name.data or "")[:60]
    if not form.validate_on_submit():
        return _list(form, 422)
    if not slug:
        form.name.errors = [_("Please use letters or digits.")]
        return _list(form, 422)
    said, by = _said(form, is_open=True), By(current_user.id, now())
    try:
        work(lambda s: causes.add(s, slug, said, by))
    except CauseExists as refusal:
        form.name.errors = [sentence(refusal)]
        return _list(form, refusal.status)
    flash(_("Added. Partners and citizens find it by its name."), "success")
    return redirect(url_for("settlement.show_cause", cause=slug), 303)


def _said(form: CauseForm, *, is_open: bool) -> Described:
    words = (form.words.data or "").strip()
    return Described((form.name.data or "").strip(), words, form.rate.data or 0, is_open)


def _shown(slug: str) -> dict[str, Any]:
    given = causes.list_given(db(), slug, now(), settings().zone)
    return {"cause": causes.get_cause(db(), slug), "given": given, "made_at": now()}


def _page(slug: str, form: ChangeCauseForm | None = None, status: int = 200) -> ResponseReturnValue:
    shown = _shown(slug)
    cause = shown["cause"]
    said = {"name": cause.name, "words": cause.words, "rate": cause.rate}
    filled = form or ChangeCauseForm(
        formdata=None, data={**said, "is_open": cause.ended_at is None}
    )
    page = render_template("settlement/cause.html", form=filled, can_print=can_print(), **shown)
    return page, status


@bp.get("/office/settlement/causes/<cause>")
@office
def show_cause(cause: str) -> ResponseReturnValue:
    return _page(cause)


@bp.post("/office/settlement/causes/<cause>")
@office
def change_cause(cause: str) -> ResponseReturnValue:
    form = ChangeCauseForm()
    causes.get_cause(db(), cause)
    if not form.validate_on_submit():
        return _page(cause, form, 422)
    said, by = _said(form, is_open=bool(form.is_open.data)), By(current_user.id, now())
    work(lambda s: causes.describe(s, cause, said, by))
    flash(_("Saved."), "success")
    return redirect(url_for("settlement.show_cause", cause=cause), 303)


@bp.get("/office/settlement/causes/<cause>.csv")
@office
def download_cause(cause: str) -> Response:
    shown = _shown(cause)
    rate = shown["cause"].rate
    rows = [
        [f"{one.month:%Y-%m}", one.count, one.points, euros(one.points * rate // 100)]
        for one in shown["given"]
    ]
    heads = [_("Month"), _("Given"), _("Points"), _("Euros")]
    return csv_file(heads, rows, f"{cause}.csv")


@bp.get("/office/settlement/causes/<cause>.pdf")
@office
def print_cause(cause: str) -> ResponseReturnValue:
    """What a cause was given, month by month, tagged for screen readers."""
    html = render_template("settlement/cause_print.html", month_words=month_words, **_shown(cause))
    try:
        return pdf_file(html, f"{cause}.pdf")
    except PdfMissing:
        flash(_("This installation cannot make PDF files."), "warning")
        return redirect(url_for("settlement.show_cause", cause=cause), 303)
