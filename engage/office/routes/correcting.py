"""The office puts an attendance right, also after the organisers' time is over."""

from __future__ import annotations

import uuid
from functools import partial
from zoneinfo import ZoneInfo

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from engage.attendance.codes import find_by_serial, make_nonce
from engage.attendance.forms import CorrectForm
from engage.attendance.queries import Place, get_place
from engage.attendance.routes import lists
from engage.attendance.routes.door import nonce_of
from engage.attendance.service import Right
from engage.core.errors import DomainError
from engage.office import queries
from engage.office.queries import AttendanceLine
from engage.office.routes.blueprint import bp, by, desk
from engage.office.services import records
from engage.web.access import office
from engage.web.context import db, work
from engage.web.errors import sentence

ADDRESS = "/office/attendances/<uuid:attendance_id>/correct"


def _look_up(attendance_id: uuid.UUID, form: CorrectForm) -> tuple[AttendanceLine, Place]:
    """The attendance and its date; the form offers the same person where times matter."""
    row = queries.get_attendance(db(), attendance_id)
    place = get_place(db(), row[0].occurrence_id)
    same = [(row[0].person_id, row[2])] if place.uses_check_out else []
    lists.offer_corrected(form, same, row[0].person_id)
    return row, place


@bp.get(ADDRESS)
@office
def show_correct(attendance_id: uuid.UUID) -> ResponseReturnValue:
    form = CorrectForm(formdata=None, nonce=make_nonce())
    row, place = _look_up(attendance_id, form)
    return desk("correct.html", row=row, place=place, form=form)


@bp.post(ADDRESS)
@office
def correct(attendance_id: uuid.UUID) -> ResponseReturnValue:
    """Annul the wrong entry and add the right one, both or neither."""
    form = CorrectForm()
    row, place = _look_up(attendance_id, form)
    valid = form.validate_on_submit()
    right = _read(form, place)
    if not valid or right is None:
        return desk("correct.html", 422, row=row, place=place, form=form)
    do = partial(records.correct_attendance, right=right, by=by(form.reason.data))
    try:
        outcome = work(lambda s: do(s, attendance_id, nonce=nonce_of(form.nonce.data)))
    except DomainError as refusal:
        form.form_errors = [sentence(refusal)]
        return desk("correct.html", refusal.status, row=row, place=place, form=form)
    flash(sentence(outcome), "success")
    return redirect(url_for("office.show_person", person_id=row[0].person_id), 303)


def _read(form: CorrectForm, place: Place) -> Right | None:
    """How it was, as sent; None with words in the form where something is missing."""
    person_id = lists.person_of(form, find_by_serial(db(), form.serial.data or ""))
    span = lists.span_of(form, place.starts_at, place.ends_at, ZoneInfo(place.timezone))
    return None if person_id is None or form.left.errors else Right(person_id, span)
