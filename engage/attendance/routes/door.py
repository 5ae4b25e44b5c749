"""The organiser's door: scanner, names, new people, and the answer as a whole screen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.attendance import queries, results
from engage.attendance.callers import CheckInRequest, OrganiserCaller, WalkIn
from engage.attendance.checkin import check_in
from engage.attendance.codes import make_nonce
from engage.attendance.forms import CodeForm, LetInForm, NameForm, WalkInForm
from engage.attendance.models import Scan
from engage.attendance.queries import Place
from engage.attendance.routes import bp
from engage.attendance.routes.codes import SEEN
from engage.core import codes
from engage.core.codes import is_nonce, read_code
from engage.core.errors import NotFound, Outcome, SearchTooShort
from engage.storage.keys import keys_of
from engage.web.access import signed_in
from engage.web.context import db, now, work, work_each
from engage.web.errors import advice, sentence
from engage.web.qr import draw_code

#: All that a check-in of the door may be told by a form.
Told = Mapping[str, str]


def managed(occurrence_id: uuid.UUID) -> Place:
    """The date, for members of its organisation; nobody else learns that it exists."""
    return queries.get_managed_place(db(), occurrence_id, current_user.id)


def nonce_of(given: str | None) -> str:
    """The number the page was made with; a new one for a form that lost it."""
    return given if given and is_nonce(given) else make_nonce()


@bp.get("/organise/occurrences/<uuid:occurrence_id>/scan")
@signed_in
def show_scanner(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The camera, and three ways without one."""
    return _show_scanner(managed(occurrence_id), CodeForm(formdata=None))


def _show_scanner(place: Place, form: CodeForm) -> str:
    form.nonce.data = make_nonce()
    return render_template(
        "attendance/scanner.html",
        place=place,
        form=form,
        count=queries.count_people(db(), place.id),
        last=queries.find_last_scan(db(), current_user.id, place.id),
    )


@bp.post("/organise/occurrences/<uuid:occurrence_id>/scan")
@signed_in
def scan(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """One code, from the camera, a hardware scanner or the keyboard."""
    place, form = managed(occurrence_id), CodeForm()
    if not form.validate_on_submit():
        return _show_scanner(place, form), 422
    code = (form.code.data or "").strip()
    if read_code(code) is None:
        form.code.errors = [_("That is not one of our codes. Please compare it once more.")]
        return _show_scanner(place, form), 422
    return _check_in(CheckInRequest(place.id, nonce_of(form.nonce.data), code=code))


def _check_in(request_: CheckInRequest) -> ResponseReturnValue:
    caller, instant = OrganiserCaller(current_user.id), now()
    work(lambda s: check_in(s, caller, request_, now=instant))
    return _to_result(request_)


def _to_result(asked: CheckInRequest) -> ResponseReturnValue:
    address = url_for(
        "attendance.show_result", occurrence_id=asked.occurrence_id, nonce=asked.nonce
    )
    return redirect(address, 303)


@bp.get("/organise/occurrences/<uuid:occurrence_id>/scan/<nonce>")
@signed_in
def show_result(occurrence_id: uuid.UUID, nonce: str) -> ResponseReturnValue:
    """The answer fills the screen; the next person is the biggest button."""
    place, kept = managed(occurrence_id), _own_scan(occurrence_id, nonce)
    outcome = Outcome.from_json({"code": kept.code, "facts": kept.facts})
    return render_template(
        "attendance/result.html",
        place=place,
        kept=kept,
        look=results.look_of(outcome, kept),
        outcome=outcome,
        message=sentence(outcome),
        advice=advice(outcome),
        form=LetInForm(formdata=None, nonce=make_nonce()),
        now=now(),
    )


def _own_scan(occurrence_id: uuid.UUID, nonce: str) -> Scan:
    """What this organiser has scanned here. Raises NotFound."""
    kept = queries.find_scan(db(), current_user.id, nonce)
    if kept is None or kept.occurrence_id != occurrence_id:
        raise NotFound()
    return kept


@bp.post("/organise/occurrences/<uuid:occurrence_id>/scan/<nonce>/let-in")
@signed_in
def let_in(occurrence_id: uuid.UUID, nonce: str) -> ResponseReturnValue:
    """The organiser decides: let in although it is full, or old enough after asking."""
    place, form = managed(occurrence_id), LetInForm()
    kept = _own_scan(occurrence_id, nonce)
    again = results.try_again(
        kept,
        place.id,
        nonce_of(form.nonce.data),
        because=(form.reason.data or "").strip(),
        age_ok=form.age_ok.data == "yes",
    )
    if again is None:
        return redirect(url_for("attendance.show_result", occurrence_id=place.id, nonce=nonce), 303)
    return _check_in(again)


@bp.get("/organise/occurrences/<uuid:occurrence_id>/people")
@signed_in
def show_people_search(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """By name: at least three letters, at most five hits, only people of this date."""
    place = managed(occurrence_id)
    return render_template(
        "attendance/names.html", place=place, form=NameForm(formdata=None), hits=None, nonces={}
    )


@bp.post("/organise/occurrences/<uuid:occurrence_id>/people")
@signed_in
def search_people(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The hits; that their names were read is written down for each of them."""
    place, form, actor = managed(occurrence_id), NameForm(), current_user.id
    words = (form.q.data or "").strip()
    try:
        hits = work(lambda s: results.search_noted(s, place.id, words, actor, now=now()))
    except SearchTooShort as refusal:
        form.q.errors = [sentence(refusal)]
        return _show_hits(place, form, None), 422
    return _show_hits(place, form, hits)


def _show_hits(place: Place, form: NameForm, hits: list[queries.Participant] | None) -> str:
    nonces = {one.person_id: make_nonce() for one in hits or []}
    return render_template(
        "attendance/names.html", place=place, form=form, hits=hits, nonces=nonces
    )


@bp.post("/organise/occurrences/<uuid:occurrence_id>/people/check-in")
@signed_in
def check_in_people(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """One or several people by name: one answer each, and one refusal undoes no other."""
    place, caller, instant = managed(occurrence_id), OrganiserCaller(current_user.id), now()
    wanted = results.read_people(request.form)
    if not wanted:
        return redirect(url_for("attendance.show_day", occurrence_id=place.id), 303)
    asked = [CheckInRequest(place.id, nonce, person_id=one) for one, nonce in wanted]
    for one in asked:
        work_each(partial(check_in, caller=caller, request=one, now=instant))
    if len(asked) == 1:
        return _to_result(asked[0])
    session["several"] = [one.nonce for one in asked]
    return redirect(url_for("attendance.show_several", occurrence_id=place.id), 303)


@bp.post("/organise/occurrences/<uuid:occurrence_id>/people/<uuid:person_id>/check-in")
@signed_in
def check_in_by_name(occurrence_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    """One person of the list, seen and known by the organiser."""
    place = managed(occurrence_id)
    return _check_in(CheckInRequest(place.id, make_nonce(), person_id=person_id))


@bp.get("/organise/occurrences/<uuid:occurrence_id>/people/done")
@signed_in
def show_several(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """What became of several people in one go, one line each."""
    place = managed(occurrence_id)
    lines = results.list_lines(db(), current_user.id, session.get("several", []))
    said = [(line, sentence(line.outcome)) for line in lines]
    return render_template("attendance/several.html", place=place, lines=said)


@bp.get("/organise/occurrences/<uuid:occurrence_id>/walk-in")
@signed_in
def show_walk_in(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody new: a name is enough."""
    return _show_walk_in(managed(occurrence_id), WalkInForm(formdata=None))


def _show_walk_in(place: Place, form: WalkInForm) -> str:
    form.nonce.data = form.nonce.data or make_nonce()
    return render_template("attendance/walk_in.html", place=place, form=form)


@bp.post("/organise/occurrences/<uuid:occurrence_id>/walk-in")
@signed_in
def walk_in(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Make the person and check them in; the slip lets them take over the account."""
    place, form = managed(occurrence_id), WalkInForm()
    asks_age = place.minimum_age > 0
    if not form.validate_on_submit():
        return _show_walk_in(place, form), 422
    if asks_age and not form.age_ok.data:
        form.age_ok.errors = [_("Please ask, and say what the person answered.")]
        return _show_walk_in(place, form), 422
    age_ok = form.age_ok.data == "yes" if asks_age else None
    new = WalkIn(form.display_name.data or "", age_ok)
    return _check_in(CheckInRequest(place.id, nonce_of(form.nonce.data), walk_in=new))


@bp.get("/organise/occurrences/<uuid:occurrence_id>/scan/<nonce>/slip")
@signed_in
def show_slip(occurrence_id: uuid.UUID, nonce: str) -> ResponseReturnValue:
    """The claim slip of somebody new, to print or to photograph. Readable until it is used."""
    place, kept = managed(occurrence_id), _own_scan(occurrence_id, nonce)
    code = results.slip_code(db(), kept)
    return render_template(
        "attendance/slip.html",
        place=place,
        next_url=url_for("attendance.show_scanner", occurrence_id=place.id),
        name=kept.facts.get("display_name", ""),
        svg=draw_code(code, _("Code to take over the account"), sturdy=True),
        text=codes.group_for_reading(code.text),
    )


@bp.get("/organise/seen")
@signed_in
def show_seen() -> ResponseReturnValue:
    """A pass or card that the camera app of an organiser's phone has read."""
    places = queries.list_running(db(), current_user.id, now=now())
    if SEEN not in session or not places:
        return redirect(url_for("attendance.show_code_info", kind="pass"), 303)
    return render_template("attendance/seen.html", places=places, nonce=make_nonce())


@bp.post("/organise/occurrences/<uuid:occurrence_id>/seen")
@signed_in
def check_in_seen(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Check in the person whose pass or card was just read."""
    place, sealed = managed(occurrence_id), session.pop(SEEN, None)
    if not isinstance(sealed, str):
        return redirect(url_for("attendance.show_scanner", occurrence_id=place.id), 303)
    code = keys_of(db()).decrypt(sealed).decode()
    nonce = nonce_of(request.form.get("nonce"))
    return _check_in(CheckInRequest(place.id, nonce, code=code))
