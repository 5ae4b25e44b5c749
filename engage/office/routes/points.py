"""Points booked by hand: one proposes on a file, another agrees here."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.office import queries
from engage.office.forms import ReasonForm
from engage.office.routes.blueprint import bp, by, desk
from engage.office.services import adjustments
from engage.web.access import office
from engage.web.context import db, work


@bp.get("/office/adjustments")
@office
def show_adjustments() -> ResponseReturnValue:
    rows = queries.list_adjustments(db())
    return desk("adjustments.html", rows=rows, me=current_user.id, form=ReasonForm())


@bp.post("/office/adjustments/<uuid:adjustment_id>/book")
@office
def book_adjustment(adjustment_id: uuid.UUID) -> ResponseReturnValue:
    act = by()
    work(lambda session: adjustments.book(session, adjustment_id, act))
    flash(_("Booked. The citizen is told the reason."), "success")
    return redirect(url_for("office.show_adjustments"), 303)


@bp.post("/office/adjustments/<uuid:adjustment_id>/refuse")
@office
def refuse_adjustment(adjustment_id: uuid.UUID) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        rows = queries.list_adjustments(db())
        return desk("adjustments.html", 422, rows=rows, me=current_user.id, form=form)
    act = by(form.reason.data)
    work(lambda session: adjustments.refuse(session, adjustment_id, act))
    flash(_("Refused. Nothing was booked."), "success")
    return redirect(url_for("office.show_adjustments"), 303)
