"""What the office agrees with a partner about money and points."""

from __future__ import annotations

import uuid
from datetime import date

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from engage.core.errors import StatementClosed
from engage.core.periods import add_months
from engage.core.settlement import month_of
from engage.office import queries
from engage.office.routes.blueprint import bp, by, desk
from engage.office.services import terms
from engage.office.services.terms import Terms
from engage.settlement import queries as settlement
from engage.settlement import watching
from engage.settlement.forms import TermsForm
from engage.web.access import office
from engage.web.context import db, now, settings, work
from engage.web.errors import sentence
from engage.web.filters import month as month_words


def _offer_months(form: TermsForm, partner_id: uuid.UUID) -> TermsForm:
    """Months that are not closed, from the last on to half a year ahead."""
    this = month_of(now(), settings().zone)
    closed = settlement.newest_closed(db(), partner_id)
    months = [add_months(this, ahead) for ahead in range(-1, 7)]
    form.month.choices = [
        SelectChoice(f"{month:%Y-%m}", month_words(month))
        for month in months
        if closed is None or month > closed
    ]
    return form


def _page(body_id: uuid.UUID, form: TermsForm, status: int = 200) -> ResponseReturnValue:
    body = queries.get_partner(db(), body_id)
    budgets = watching.list_budgets(db(), now(), settings().zone, body.id)
    rates = settlement.list_rates(db()).get(body.id, [])
    return desk(
        "terms.html",
        status,
        body=body,
        budget=budgets[0] if budgets else None,
        rates=rates,
        form=form,
    )


@bp.get("/office/partners/<uuid:body_id>/terms")
@office
def show_terms(body_id: uuid.UUID) -> ResponseReturnValue:
    body, this = queries.get_partner(db(), body_id), month_of(now(), settings().zone)
    rate = settlement.rate_of(db(), body, this)
    data = {"rate": rate, "budget": body.budget_points, "month": f"{this:%Y-%m}"}
    return _page(body_id, _offer_months(TermsForm(formdata=None, data=data), body_id))


@bp.post("/office/partners/<uuid:body_id>/terms")
@office
def agree_terms(body_id: uuid.UUID) -> ResponseReturnValue:
    form = _offer_months(TermsForm(), body_id)
    if not form.validate_on_submit():
        return _page(body_id, form, 422)
    month = date.fromisoformat(f"{form.month.data}-01")
    agreed, act = Terms(month, form.rate.data or 0, form.budget.data), by(form.reason.data)
    try:
        work(lambda s: terms.agree(s, body_id, agreed, act))
    except StatementClosed as closed:
        form.month.errors = [sentence(closed)]
        return _page(body_id, form, closed.status)
    flash(_("Agreed. It holds from %(month)s on.", month=month_words(month)), "success")
    return redirect(url_for("office.show_partner", body_id=body_id), 303)
