"""The organiser's way out: scanning who leaves, who is still inside, and confirming afterwards."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from engage.accounts.service import note_read
from engage.attendance import leaving, queries
from engage.attendance.codes import make_nonce
from engage.attendance.forms import CodeForm
from engage.attendance.leaving import Leaving
from engage.attendance.queries import Participant, Place
from engage.attendance.routes import bp
from engage.attendance.routes.door import managed, nonce_of
from engage.core.codes import read_code
from engage.core.points import minutes_between, minutes_counted
from engage.web.access import signed_in
from engage.web.context import db, note, now, work


@bp.get("/organise/occurrences/<uuid:occurrence_id>/leave")
@signed_in
def show_leaving(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The camera for people on their way out."""
    return _show_leaving(managed(occurrence_id), CodeForm(formdata=None))


def _show_leaving(place: Place, form: CodeForm) -> str:
    form.nonce.data = make_nonce()
    count = queries.count_people(db(), place.id)
    return render_template("attendance/leaving.html", place=place, form=form, count=count)


@bp.post("/organise/occurrences/<uuid:occurrence_id>/leave")
@signed_in
def leave(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The pass shown once more: the person has left."""
    place, form, actor = managed(occurrence_id), CodeForm(), current_user.id
    if not form.validate_on_submit():
        return _show_leaving(place, form), 422
    code = (form.code.data or "").strip()
    if read_code(code) is None:
        form.code.errors = [_("That is not one of our codes. Please compare it once more.")]
        return _show_leaving(place, form), 422
    who, nonce, at = Leaving(place.id, code=code), nonce_of(form.nonce.data), now()
    work(lambda s: leaving.let_out(s, actor, who, nonce, now=at))
    return redirect(url_for("attendance.show_result", occurrence_id=place.id, nonce=nonce), 303)


@bp.get("/organise/occurrences/<uuid:occurrence_id>/inside")
@signed_in
def show_inside(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Who is inside and for how long; after the end, who never checked out."""
    place, actor = managed(occurrence_id), current_user.id
    note(lambda s: note_read(s, actor, None, "participants", now=now()))
    return _show_inside(place, {}, {})


def _show_inside(place: Place, typed: dict[uuid.UUID, str], wrong: dict[uuid.UUID, str]) -> str:
    instant, zone = now(), ZoneInfo(place.timezone)
    planned = minutes_between(place.starts_at, place.ends_at)
    people = _inside(place)
    left_at = min(instant, place.ends_at)
    so_far = {
        one.attendance_id: minutes_counted(planned, one.checked_in_at, max(left_at, _came(one)))
        for one in people
    }
    return render_template(
        "attendance/inside.html",
        place=place,
        people=people,
        so_far=so_far,
        total=sum(so_far.values()),
        is_over=instant > place.ends_at,
        planned=place.ends_at.astimezone(zone).strftime("%H:%M"),
        typed=typed,
        wrong=wrong,
    )


def _inside(place: Place) -> list[Participant]:
    people = queries.list_participants(db(), place.id)
    return [one for one in people if one.is_in and one.checked_out_at is None]


def _came(one: Participant) -> datetime:
    assert one.checked_in_at is not None  # noqa: S101  # whoever is inside has come
    return one.checked_in_at


@bp.post("/organise/occurrences/<uuid:occurrence_id>/inside")
@signed_in
def confirm_left(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """When people left who never checked out; an empty time leaves a person open."""
    place, actor, instant = managed(occurrence_id), current_user.id, now()
    left, typed, wrong = _read_times(place, instant)
    if wrong:
        return _show_inside(place, typed, wrong), 422
    count = work(lambda s: leaving.confirm_left(s, place.id, left, actor_id=actor, now=instant))
    words = ngettext("%(num)d time confirmed.", "%(num)d times confirmed.", count)
    flash(words, "success" if count else "error")
    return redirect(url_for("attendance.show_inside", occurrence_id=place.id), 303)


Times = dict[uuid.UUID, datetime]
Words = dict[uuid.UUID, str]


def _read_times(place: Place, instant: datetime) -> tuple[Times, Words, Words]:
    """By attendance: when the person left, what was typed, and what is wrong with it."""
    left, typed, wrong = {}, {}, {}
    for one in _inside(place):
        text = request.form.get(f"left-{one.attendance_id}", "").strip()
        if one.attendance_id is None or not text:
            continue
        typed[one.attendance_id] = text
        at = _instant(text, _came(one), ZoneInfo(place.timezone))
        if at is None:
            wrong[one.attendance_id] = _("Please give a time, such as 16:30.")
        elif at > instant:
            wrong[one.attendance_id] = _("This time has not come yet.")
        else:
            left[one.attendance_id] = at
    return left, typed, wrong


def _instant(text: str, came_at: datetime, zone: ZoneInfo) -> datetime | None:
    """The first time of day like this after somebody came in."""
    try:
        wanted = time.fromisoformat(text)
    except ValueError:
        return None
    came = came_at.astimezone(zone)
    at = datetime.combine(came.date(), wanted.replace(tzinfo=None), zone)
    return at if at >= came else datetime.combine(came.date() + timedelta(days=1), wanted, zone)
