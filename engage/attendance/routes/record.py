"""The citizen's own record: points and their reasons, attendances, reviews, missing points."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.attendance import history, missing, queries, reviews
from engage.attendance.forms import MissingForm, ObjectionForm
from engage.attendance.routes import bp
from engage.core.errors import DomainError
from engage.core.expiry import Expiring
from engage.core.fairness import REASONS
from engage.ledger import queries as ledger
from engage.ledger.expiry import next_expiry
from engage.policies.queries import policy_at
from engage.web.access import signed_in
from engage.web.context import db, now, settings, work
from engage.web.errors import sentence

#: Lines on one page.
PAGE = 30


def _cursor() -> uuid.UUID | None:
    """Where the page before ended; nonsense starts from the top."""
    try:
        return uuid.UUID(request.args.get("before", ""))
    except ValueError:
        return None


@bp.get("/me/points")
@signed_in
def show_points() -> ResponseReturnValue:
    """The balance, and every movement with its reason."""
    lines = history.list_lines(db(), current_user.id, limit=PAGE + 1, before=_cursor())
    shown = lines[:PAGE]
    return render_template(
        "attendance/points.html",
        lines=shown,
        kinds=history.KINDS,
        next_id=shown[-1].id if len(lines) > PAGE else None,
        is_first=_cursor() is None,
        balance=ledger.balance_of(db(), current_user.id),
        hidden=current_user.hides_points and "show" not in request.args,
        waiting=reviews.count_waiting_points(db(), current_user.id),
        expiring=_expiring(),
    )


def _expiring() -> Expiring | None:
    """The next points to go within the first warning, if any do (PTS-15)."""
    months = policy_at(db(), now()).expiry_months
    return next_expiry(db(), current_user.id, now(), settings().zone, months)


@bp.get("/me/attendances")
@signed_in
def show_attendances() -> ResponseReturnValue:
    """What this person took part in; what waits, why, and until when."""
    rows = queries.list_attendances(db(), current_user.id, limit=PAGE + 1, before=_cursor())
    first = _cursor() is None
    return render_template(
        "attendance/attendances.html",
        attendances=rows[:PAGE],
        next_id=rows[PAGE - 1].id if len(rows) > PAGE else None,
        reviews=reviews.list_of_person(db(), current_user.id) if first else [],
        reasons=REASONS,
        absences=queries.list_unrecorded(db(), current_user.id, now=now()) if first else [],
        reports=missing.list_of_person(db(), current_user.id) if first else [],
        now=now(),
    )


@bp.get("/me/attendances/<uuid:attendance_id>")
@signed_in
def show_attendance(attendance_id: uuid.UUID) -> ResponseReturnValue:
    """One attendance with everything that decided about its points."""
    attended, waits = queries.get_own_attendance(db(), attendance_id, current_user.id)
    return render_template(
        "attendance/attendance.html", one=attended, reviews=waits, reasons=REASONS, now=now()
    )


@bp.get("/me/reviews/<uuid:review_id>")
@signed_in
def show_review(review_id: uuid.UUID) -> ResponseReturnValue:
    """Why points wait or were refused, and the way to object."""
    return _show_review(review_id, ObjectionForm())


def _show_review(review_id: uuid.UUID, form: ObjectionForm) -> str:
    review = reviews.get_own(db(), review_id, current_user.id)
    return render_template(
        "attendance/review.html", review=review, reasons=REASONS, form=form, now=now()
    )


@bp.post("/me/reviews/<uuid:review_id>/objection")
@signed_in
def object_to_review(review_id: uuid.UUID) -> ResponseReturnValue:
    """The citizen sees it differently: the programme office looks again."""
    form, person = ObjectionForm(), current_user.id
    if not form.validate_on_submit():
        return _show_review(review_id, form), 422
    words = form.words.data or ""
    work(lambda s: reviews.object_to(s, review_id, person, words, now=now()))
    flash(_("Your objection is with the programme office."), "success")
    return redirect(url_for("attendance.show_review", review_id=review_id), 303)


@bp.get("/me/missing/<uuid:occurrence_id>")
@signed_in
def show_missing(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """“I was there”: one question to the organiser."""
    return _show_missing(occurrence_id, MissingForm())


def _show_missing(occurrence_id: uuid.UUID, form: MissingForm) -> str:
    place = queries.get_place(db(), occurrence_id)
    return render_template("attendance/missing.html", place=place, form=form)


@bp.post("/me/missing/<uuid:occurrence_id>")
@signed_in
def report_missing(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Send it; the organiser answers."""
    form, person = MissingForm(), current_user.id
    if not form.validate_on_submit():
        return _show_missing(occurrence_id, form), 422
    what = form.what.data or ""
    try:
        work(lambda s: missing.report_missing(s, occurrence_id, person, what, now=now()))
    except DomainError as refusal:
        form.form_errors = [sentence(refusal)]
        return _show_missing(occurrence_id, form), refusal.status
    flash(_("Reported. The organiser will answer."), "success")
    return redirect(url_for("attendance.show_attendances"), 303)
