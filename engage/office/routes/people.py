"""One person at a time: look up, open the file, card, PIN, adjustment."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.accounts import passes
from engage.accounts.service import note_read
from engage.core.codes import read_code
from engage.core.errors import DomainError, NotFound
from engage.core.periods import day_of
from engage.office import queries
from engage.office.forms import AdjustmentForm, AssistForm, LookUpForm
from engage.office.routes.blueprint import bp, by, desk
from engage.office.services import adjustments, people
from engage.rewards.yearly import yearly_statement
from engage.web.access import office
from engage.web.context import db, note, now, settings, work
from engage.web.errors import sentence
from engage.web.pdf import PdfMissing, pdf_file
from engage.web.qr import draw_code


@bp.get("/office/people")
@office
def show_look_up() -> ResponseReturnValue:
    return desk("people.html", form=LookUpForm(formdata=None))


@bp.post("/office/people")
@office
def look_up() -> ResponseReturnValue:
    """Found by what only the person can tell; the reading is written down."""
    form = LookUpForm()
    if not form.validate_on_submit():
        return desk("people.html", 422, form=form)
    text, act = form.text.data, by()
    try:
        person_id = work(lambda session: people.look_up(session, text, act))
    except NotFound:
        form.text.errors = [_("Nobody has this serial number or address.")]
        return desk("people.html", 422, form=form)
    return redirect(url_for("office.show_person", person_id=person_id), 303)


@bp.get("/office/people/<uuid:person_id>")
@office
def show_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """The file, if I opened it lately; else the door to it."""
    if not queries.has_open_file(db(), current_user.id, person_id, now()):
        return desk("file_closed.html", person_id=person_id)
    return _file(person_id, AdjustmentForm())


def _file(person_id: uuid.UUID, form: AdjustmentForm, status: int = 200) -> ResponseReturnValue:
    file = queries.get_file(db(), person_id)
    worth = yearly_statement(db(), person_id, _this_year(), now=now())
    return desk("person.html", status, file=file, form=form, me=current_user.id, worth=worth)


def _this_year() -> int:
    return day_of(now(), settings().zone).year


@bp.get("/office/people/<uuid:person_id>/rewards/<int(min=2000, max=2999):year>.pdf")
@office
def download_yearly(person_id: uuid.UUID, year: int) -> ResponseReturnValue:
    """The rewards of a year and what they were worth; that it was read is written down."""
    if not queries.has_open_file(db(), current_user.id, person_id, now()):
        return redirect(url_for("office.show_person", person_id=person_id), 303)
    yearly = yearly_statement(db(), person_id, year, now=now())
    html = render_template("rewards/yearly_print.html", yearly=yearly, made_on=now())
    try:
        file = pdf_file(html, f"rewards-{year}.pdf")
    except PdfMissing:
        flash(_("This installation cannot make PDF files."), "warning")
        return redirect(url_for("office.show_person", person_id=person_id), 303)
    me, at = current_user.id, now()
    note(lambda session: note_read(session, me, person_id, "yearly_rewards", now=at))
    return file


@bp.post("/office/people/<uuid:person_id>/open")
@office
def open_file(person_id: uuid.UUID) -> ResponseReturnValue:
    act = by()
    work(lambda session: people.open_file(session, person_id, act))
    return redirect(url_for("office.show_person", person_id=person_id), 303)


@bp.post("/office/people/<uuid:person_id>/adjustments")
@office
def propose_adjustment(person_id: uuid.UUID) -> ResponseReturnValue:
    if not queries.has_open_file(db(), current_user.id, person_id, now()):
        return redirect(url_for("office.show_person", person_id=person_id), 303)
    form = AdjustmentForm()
    if not form.validate_on_submit():
        return _file(person_id, form, 422)
    points, act = form.points.data, by(form.reason.data)
    try:
        work(lambda session: adjustments.propose(session, person_id, points, act))
    except DomainError as refused:
        form.points.errors = [sentence(refused)]
        return _file(person_id, form, refused.status)
    flash(_("Proposed. A colleague has to agree before anything moves."), "success")
    return redirect(url_for("office.show_adjustments"), 303)


@bp.post("/office/people/<uuid:person_id>/card")
@office
def hand_out_card(person_id: uuid.UUID) -> ResponseReturnValue:
    """Shown at once and never again: the card, its PIN, and the code to claim the account."""
    pin, act = people.make_pin(), by()
    hashed = passes.hash_pin(db(), pin, quick=settings().quick_hashes)
    card = work(lambda session: people.hand_out_card(session, person_id, hashed, act))
    person = queries.get_file(db(), person_id).person
    code = read_code(card.code)
    svg = draw_code(code, _("Code of the card")) if code else ""
    page = render_template("office/card.html", card=card, pin=pin, person=person, svg=svg)
    return page, 200, {"Cache-Control": "no-store"}


@bp.post("/office/people/<uuid:person_id>/pin")
@office
def renew_pin(person_id: uuid.UUID) -> ResponseReturnValue:
    """Shown at once and never again."""
    pin, act = people.make_pin(), by()
    hashed = passes.hash_pin(db(), pin, quick=settings().quick_hashes)
    work(lambda session: people.renew_pin(session, person_id, hashed, act))
    person = queries.get_file(db(), person_id).person
    page = render_template("office/pin.html", pin=pin, person=person)
    return page, 200, {"Cache-Control": "no-store"}


@bp.post("/office/people/<uuid:person_id>/passes/<uuid:pass_id>/block")
@office
def block_pass(person_id: uuid.UUID, pass_id: uuid.UUID) -> ResponseReturnValue:
    act = by()
    work(lambda session: people.block_pass(session, person_id, pass_id, act))
    flash(_("Blocked. The points stay with the person."), "success")
    return redirect(url_for("office.show_person", person_id=person_id), 303)


@bp.get("/office/people/new")
@office
def show_assist() -> ResponseReturnValue:
    return desk("assist.html", form=AssistForm(formdata=None))


@bp.post("/office/people/new")
@office
def assist() -> ResponseReturnValue:
    """An account at the desk; the card follows on the next page."""
    form = AssistForm(request.form)
    if not form.validate_on_submit():
        return desk("assist.html", 422, form=form)
    joining, act = people.Assisted(form.display_name.data, form.told()), by()
    try:
        person_id = work(lambda session: people.assist(session, joining, act))
    except DomainError as refused:
        form.display_name.errors = [sentence(refused)]
        return desk("assist.html", refused.status, form=form)
    flash(_("The account is open. Now hand out the card."), "success")
    return redirect(url_for("office.show_person", person_id=person_id), 303)
