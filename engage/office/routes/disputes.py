"""Redemptions that somebody does not recognise: looked at, decided, answered."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.office import waiting
from engage.office.forms import DisputeForm
from engage.office.routes.blueprint import bp, by, desk
from engage.office.services import records
from engage.web.access import office
from engage.web.context import db, work


def _page(
    redemption_id: uuid.UUID, form: DisputeForm | None = None, status: int = 200
) -> ResponseReturnValue:
    line = waiting.get_dispute(db(), redemption_id)
    return desk("dispute.html", status, line=line, form=form or DisputeForm(), me=current_user.id)


@bp.get("/office/disputes/<uuid:redemption_id>")
@office
def show_dispute(redemption_id: uuid.UUID) -> ResponseReturnValue:
    return _page(redemption_id)


@bp.post("/office/disputes/<uuid:redemption_id>")
@office
def decide_dispute(redemption_id: uuid.UUID) -> ResponseReturnValue:
    form = DisputeForm()
    if not form.validate_on_submit():
        return _page(redemption_id, form, 422)
    act, take_back = by(form.reason.data), form.decision.data == "take_back"
    work(lambda s: records.decide_dispute(s, redemption_id, act, take_back=take_back))
    flash(_("Decided. The citizen is told your answer."), "success")
    return redirect(url_for("office.show_unanswered"), 303)
