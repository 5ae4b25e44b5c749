"""What needs a person's judgement: reviews, and attendances that are taken back."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.core.codes import encode_bits
from engage.office import queries
from engage.office.forms import CancelForm, DecisionForm
from engage.office.routes.blueprint import bp, by, desk
from engage.office.services import records
from engage.storage.base import new_id
from engage.web.access import office
from engage.web.context import db, now, work
from engage.web.errors import sentence, show_refusal


@bp.get("/office/reviews")
@office
def show_reviews() -> ResponseReturnValue:
    """What waits for a decision, the most urgent first, and who disagrees with one."""
    return desk(
        "reviews.html",
        reviews=queries.list_open_reviews(db()),
        objections=queries.list_objections(db(), now()),
        now=now(),
    )


@bp.get("/office/reviews/<uuid:review_id>")
@office
def show_review(review_id: uuid.UUID) -> ResponseReturnValue:
    line = queries.get_review(db(), review_id)
    return desk("review.html", line=line, form=DecisionForm(), me=current_user.id)


@bp.post("/office/reviews/<uuid:review_id>")
@office
def decide_review(review_id: uuid.UUID) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate_on_submit():
        line = queries.get_review(db(), review_id)
        return desk("review.html", 422, line=line, form=form, me=current_user.id)
    act, grant = by(form.reason.data), form.decision.data == "grant"
    work(lambda session: records.decide_review(session, review_id, act, grant=grant))
    flash(_("Decided. The citizen is told your answer."), "success")
    return redirect(url_for("office.show_reviews"), 303)


@bp.get("/office/attendances/<uuid:attendance_id>/cancel")
@office
def show_cancel(attendance_id: uuid.UUID) -> ResponseReturnValue:
    nonce = encode_bits(new_id().bytes + new_id().bytes, 26)
    row = queries.get_attendance(db(), attendance_id)
    return desk("cancel.html", row=row, form=CancelForm(data={"nonce": nonce}))


@bp.post("/office/attendances/<uuid:attendance_id>/cancel")
@office
def cancel_attendance(attendance_id: uuid.UUID) -> ResponseReturnValue:
    form, row = CancelForm(), queries.get_attendance(db(), attendance_id)
    if not form.validate_on_submit():
        return desk("cancel.html", 422, row=row, form=form)
    act, nonce = by(form.reason.data), form.nonce.data or ""
    person_id = row[0].person_id
    outcome = work(lambda s: records.cancel_attendance(s, attendance_id, nonce, act))
    if not outcome.is_success:
        return show_refusal(outcome)
    flash(sentence(outcome), "success")
    return redirect(url_for("office.show_person", person_id=person_id), 303)
