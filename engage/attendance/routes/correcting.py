"""The organiser puts an attendance right: another person, other times."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.attendance import queries, service
from engage.attendance.codes import find_by_serial, make_nonce
from engage.attendance.forms import CorrectForm
from engage.attendance.queries import Participant, Place
from engage.attendance.routes import bp, lists
from engage.attendance.routes.door import managed, nonce_of
from engage.core.claims import Annuller
from engage.core.errors import DomainError, NotFound
from engage.web.access import signed_in
from engage.web.context import db, now, work
from engage.web.errors import sentence

ADDRESS = "/organise/occurrences/<uuid:occurrence_id>/attendances/<uuid:attendance_id>/correct"


@bp.get(ADDRESS)
@signed_in
def show_correct(occurrence_id: uuid.UUID, attendance_id: uuid.UUID) -> ResponseReturnValue:
    """Who was it really, when, and why."""
    place = managed(occurrence_id)
    form = CorrectForm(formdata=None, nonce=make_nonce())
    return _show(place, _offer(form, place, attendance_id), form)


def _offer(form: CorrectForm, place: Place, attendance_id: uuid.UUID) -> Participant:
    """Whose attendance it is, and in the form who it may have been. Raises NotFound."""
    people = queries.list_participants(db(), place.id)
    wrong = next((one for one in people if one.attendance_id == attendance_id), None)
    if wrong is None:
        raise NotFound()
    others = [(one.person_id, one.display_name) for one in people if not one.is_in]
    same = [(wrong.person_id, wrong.display_name)] if place.uses_check_out else []
    lists.offer_corrected(form, [*same, *others], wrong.person_id)
    return wrong


def _show(place: Place, wrong: Participant, form: CorrectForm) -> str:
    return render_template("attendance/correct.html", place=place, person=wrong, form=form)


@bp.post(ADDRESS)
@signed_in
def correct(occurrence_id: uuid.UUID, attendance_id: uuid.UUID) -> ResponseReturnValue:
    """Annul the wrong entry and add the right one, both or neither; everybody is told once."""
    place, form = managed(occurrence_id), CorrectForm()
    wrong = _offer(form, place, attendance_id)
    valid = form.validate_on_submit()
    act = _read(form, place, attendance_id)
    if not valid or act is None:
        return _show(place, wrong, form), 422
    try:
        outcome = work(lambda s: service.correct(s, act, now=now()))
    except DomainError as refusal:
        form.form_errors = [sentence(refusal)]
        return _show(place, wrong, form), refusal.status
    flash(sentence(outcome), "success")
    return redirect(url_for("attendance.show_day", occurrence_id=place.id), 303)


def _read(form: CorrectForm, place: Place, attendance_id: uuid.UUID) -> service.Correction | None:
    """What was sent; None with words in the form where something is missing."""
    person_id = lists.person_of(form, find_by_serial(db(), form.serial.data or ""))
    span = lists.span_of(form, place.starts_at, place.ends_at, ZoneInfo(place.timezone))
    if person_id is None or form.left.errors:
        return None
    wrong = service.Annulment(
        attendance_id,
        Annuller.ORGANISER,
        current_user.id,
        nonce_of(form.nonce.data),
        form.reason.data or "",
    )
    return service.Correction(wrong, service.Right(person_id, span))
