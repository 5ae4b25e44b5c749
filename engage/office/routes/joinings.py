"""Two accounts of one person: proposed by one of the office, joined by another."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.core.errors import DomainError
from engage.office import queries
from engage.office.forms import JoinForm
from engage.office.routes.blueprint import bp, by, desk
from engage.office.services import joining
from engage.web.access import office
from engage.web.context import db, now, work
from engage.web.errors import sentence


@bp.get("/office/joinings")
@office
def show_joinings() -> ResponseReturnValue:
    return desk("joinings.html", rows=queries.list_joinings(db()), me=current_user.id)


@bp.get("/office/people/<uuid:person_id>/join")
@office
def show_join(person_id: uuid.UUID) -> ResponseReturnValue:
    if not queries.has_open_file(db(), current_user.id, person_id, now()):
        return desk("file_closed.html", person_id=person_id)
    file = queries.get_file(db(), person_id)
    return desk("join.html", person=file.person, form=JoinForm())


@bp.post("/office/people/<uuid:person_id>/join")
@office
def propose_joining(person_id: uuid.UUID) -> ResponseReturnValue:
    form, person = JoinForm(), queries.get_file(db(), person_id).person
    if not form.validate_on_submit():
        return desk("join.html", 422, person=person, form=form)
    other, act = form.other.data, by(form.reason.data)
    try:
        work(lambda session: joining.propose(session, person_id, other, act))
    except DomainError as refused:
        form.other.errors = [sentence(refused)]
        return desk("join.html", refused.status, person=person, form=form)
    flash(_("Proposed. A colleague has to agree before anything moves."), "success")
    return redirect(url_for("office.show_joinings"), 303)


@bp.post("/office/joinings/<uuid:joining_id>/join")
@office
def join_accounts(joining_id: uuid.UUID) -> ResponseReturnValue:
    act = by()
    work(lambda session: joining.join(session, joining_id, act))
    flash(_("Joined. There is one account now."), "success")
    return redirect(url_for("office.show_joinings"), 303)


@bp.post("/office/joinings/<uuid:joining_id>/refuse")
@office
def refuse_joining(joining_id: uuid.UUID) -> ResponseReturnValue:
    act = by()
    work(lambda session: joining.refuse(session, joining_id, act))
    flash(_("Refused. Both accounts stay as they are."), "success")
    return redirect(url_for("office.show_joinings"), 303)
