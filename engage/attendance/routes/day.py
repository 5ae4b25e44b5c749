"""The organiser's day: who is there, what did not work, corrections, the list as CSV."""

from __future__ import annotations

import uuid

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from engage.accounts.service import note_read
from engage.attendance import missing, queries, service
from engage.attendance.codes import find_by_serial, make_nonce
from engage.attendance.forms import AddForm, CloseForm, DecideForm, ReasonForm
from engage.attendance.queries import Participant, Place
from engage.attendance.routes import bp, lists
from engage.attendance.routes.door import managed, nonce_of
from engage.core.claims import Annuller
from engage.core.errors import DomainError, NotFound, Outcome, OwnOccurrence
from engage.web.access import signed_in
from engage.web.context import db, note, now, work
from engage.web.errors import sentence


@bp.get("/organise/occurrences/<uuid:occurrence_id>")
@signed_in
def show_day(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Who is there, who is not yet, what did not work, and how the devices are."""
    place, actor = managed(occurrence_id), current_user.id
    note(lambda s: note_read(s, actor, None, "participants", now=now()))
    return render_template("attendance/day.html", place=place, now=now(), **_day_of(place))


def _day_of(place: Place) -> dict[str, object]:
    """Everything on the page, at a constant number of statements."""
    view = request.args.get("show", "all")
    people = queries.list_participants(db(), place.id)
    refusals = queries.list_refusals(db(), place.id)
    return {
        "view": view,
        "people": lists.chosen(people, view),
        "total": len(people),
        "absent": len(lists.chosen(people, "absent")),
        "count": queries.count_people(db(), place.id),
        "devices": queries.list_devices(db(), place),
        "reports": missing.list_of_occurrence(db(), place.id),
        "refusals": [(one, sentence(Outcome(one.code, one.facts))) for one in refusals],
    }


@bp.get("/organise/occurrences/<uuid:occurrence_id>/attendances/<uuid:attendance_id>/annul")
@signed_in
def show_annul(occurrence_id: uuid.UUID, attendance_id: uuid.UUID) -> ResponseReturnValue:
    """Asks for the reason first: it stays on record."""
    form = ReasonForm(formdata=None, nonce=make_nonce())
    return _show_annul(managed(occurrence_id), attendance_id, form)


def _present(place: Place, attendance_id: uuid.UUID) -> Participant:
    """Somebody who is at this date. Raises NotFound."""
    person = queries.find_participant(db(), place.id, attendance_id)
    if person is None:
        raise NotFound()
    return person


def _show_annul(place: Place, attendance_id: uuid.UUID, form: ReasonForm) -> str:
    person = _present(place, attendance_id)
    return render_template("attendance/annul.html", place=place, person=person, form=form)


@bp.post("/organise/occurrences/<uuid:occurrence_id>/attendances/<uuid:attendance_id>/annul")
@signed_in
def annul(occurrence_id: uuid.UUID, attendance_id: uuid.UUID) -> ResponseReturnValue:
    """Take an attendance back; its points are reversed, the record stays."""
    place, form, actor = managed(occurrence_id), ReasonForm(), current_user.id
    _present(place, attendance_id)
    if not form.validate_on_submit():
        return _show_annul(place, attendance_id, form), 422
    act = service.Annulment(
        attendance_id, Annuller.ORGANISER, actor, nonce_of(form.nonce.data), form.reason.data or ""
    )
    outcome = work(lambda s: service.annul(s, act, now=now()))
    flash(sentence(outcome), "success" if outcome.is_success else "error")
    return redirect(url_for("attendance.show_day", occurrence_id=place.id), 303)


@bp.post("/organise/occurrences/<uuid:occurrence_id>/attendances/<uuid:attendance_id>/check-out")
@signed_in
def check_out(occurrence_id: uuid.UUID, attendance_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody leaves: the time present counts, in quarter-hours."""
    place, actor = managed(occurrence_id), current_user.id
    person = _present(place, attendance_id)
    if person.person_id == actor:
        raise OwnOccurrence()
    work(lambda s: service.check_out(s, attendance_id, actor_id=actor, now=now()))
    flash(_("%(name)s has left. The time present counts.", name=person.display_name), "success")
    return redirect(url_for("attendance.show_day", occurrence_id=place.id), 303)


@bp.get("/organise/occurrences/<uuid:occurrence_id>/add")
@signed_in
def show_add(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody was there and was missed: who, and why."""
    return _show_add(managed(occurrence_id), AddForm(formdata=None))


def _show_add(place: Place, form: AddForm) -> str:
    lists.offer_absent(form, queries.list_participants(db(), place.id))
    return render_template("attendance/add.html", place=place, form=form)


@bp.post("/organise/occurrences/<uuid:occurrence_id>/add")
@signed_in
def add_by_hand(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Add the person, with the points of the day of the work; they are told."""
    place, form, actor = managed(occurrence_id), AddForm(), current_user.id
    lists.offer_absent(form, queries.list_participants(db(), place.id))
    person_id = lists.person_of(form, find_by_serial(db(), form.serial.data or ""))
    if not form.validate_on_submit() or person_id is None:
        return _show_add(place, form), 422
    act = service.ByHand(place.id, person_id, form.reason.data or "", actor)
    try:
        work(lambda s: service.add_by_hand(s, act, now=now()))
    except DomainError as refusal:
        form.form_errors = [sentence(refusal)]
        return _show_add(place, form), refusal.status
    flash(_("Added. The person is told."), "success")
    return redirect(url_for("attendance.show_day", occurrence_id=place.id), 303)


@bp.post("/organise/occurrences/<uuid:occurrence_id>/missing/<uuid:report_id>")
@signed_in
def decide_missing(occurrence_id: uuid.UUID, report_id: uuid.UUID) -> ResponseReturnValue:
    """“I was there”: yes, or no with a reason."""
    place, actor, form = managed(occurrence_id), current_user.id, DecideForm()
    missing.ensure_of(db(), report_id, place.id)
    reason = form.answer.data or ""
    if request.form.get("decision") == "grant":
        work(lambda s: missing.grant(s, report_id, by=actor, now=now()))
        flash(_("Added. The person is told."), "success")
    elif not reason.strip():
        flash(_("Please give a reason; the person reads it."), "error")
    else:
        work(lambda s: missing.refuse(s, report_id, by=actor, reason=reason, now=now()))
        flash(_("Refused. The person sees your reason."), "success")
    return redirect(url_for("attendance.show_day", occurrence_id=place.id), 303)


@bp.get("/organise/occurrences/<uuid:occurrence_id>/close")
@signed_in
def show_close(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The end of the day: how many heads were counted."""
    return _show_close(managed(occurrence_id), CloseForm(formdata=None))


def _show_close(place: Place, form: CloseForm) -> str:
    return render_template(
        "attendance/close.html",
        place=place,
        form=form,
        count=queries.count_people(db(), place.id),
        selves=queries.count_self_checked_in(db(), place.id),
        now=now(),
    )


@bp.post("/organise/occurrences/<uuid:occurrence_id>/close")
@signed_in
def close(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Close the door for good; a surplus of self check-ins goes to review."""
    place, form, actor = managed(occurrence_id), CloseForm(), current_user.id
    if not form.validate_on_submit():
        return _show_close(place, form), 422
    heads = form.head_count.data
    surplus = work(
        lambda s: service.close(s, place.id, head_count=heads, actor_id=actor, now=now())
    )
    flash(_("Closed. Thank you for this day."), "success")
    if surplus:
        flash(_surplus_words(surplus), "review")
    return redirect(url_for("attendance.show_day", occurrence_id=place.id), 303)


def _surplus_words(surplus: int) -> str:
    words: str = ngettext(
        "%(num)d check-in more than heads counted: the programme office looks at it.",
        "%(num)d check-ins more than heads counted: the programme office looks at them.",
        surplus,
    )
    return words


@bp.post("/organise/occurrences/<uuid:occurrence_id>/attendance.csv")
@signed_in
def export_list(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The list as a table for spreadsheets. That it was taken is written down."""
    place, actor = managed(occurrence_id), current_user.id
    work(lambda s: note_read(s, actor, None, "attendance_export", now=now()))
    text = lists.as_csv(place, queries.list_participants(db(), place.id))
    name = f"attendance-{place.starts_at:%Y-%m-%d}.csv"
    return Response(
        text.encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
