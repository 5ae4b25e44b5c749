"""Organisations and partners: admit, refuse, suspend, and the yearly budget."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engage.acts.service import By
from engage.core.errors import BudgetShort, NotFound
from engage.core.periods import day_of
from engage.office import queries
from engage.office.forms import BudgetForm, NoteForm, ReasonForm
from engage.office.routes.blueprint import bp, by, desk
from engage.office.services import bodies
from engage.web.access import office
from engage.web.context import db, now, settings, work
from engage.web.errors import sentence

Act = Callable[[Any, uuid.UUID, By], object]
Form = NoteForm | ReasonForm


@dataclass(frozen=True, slots=True)
class Kind:
    """What the office looks at alike in organisations and partners.

    name: in the names of pages and in their words.
    get:  finds one, or raises NotFound.
    acts: what can be done to it; an address that names anything else does not exist.
    """

    name: str
    get: Callable[[Any, uuid.UUID], Any]
    acts: dict[str, Act]


ORGANISATION = Kind(
    "organisation",
    queries.get_organisation,
    {
        "verify": bodies.verify_organisation,
        "refuse": bodies.refuse_organisation,
        "suspend": bodies.suspend_organisation,
    },
)
PARTNER = Kind(
    "partner",
    queries.get_partner,
    {
        "verify": bodies.verify_partner,
        "refuse": bodies.refuse_partner,
        "suspend": bodies.suspend_partner,
    },
)


def _year() -> int:
    return day_of(now(), settings().zone).year


@bp.get("/office/organisations")
@office
def show_organisations() -> ResponseReturnValue:
    rows = queries.list_organisations(db(), _year())
    return desk("organisations.html", rows=rows, year=_year())


@bp.get("/office/organisations/<uuid:body_id>")
@office
def show_organisation(body_id: uuid.UUID) -> ResponseReturnValue:
    return _organisation_page(body_id)


def _organisation_page(
    body_id: uuid.UUID, form: BudgetForm | None = None, status: int = 200
) -> ResponseReturnValue:
    body = queries.get_organisation(db(), body_id)
    budget = queries.find_budget(db(), body_id, _year())
    return desk(
        "organisation.html",
        status,
        kind=ORGANISATION.name,
        body=body,
        budget=budget,
        year=_year(),
        form=form or BudgetForm(data={"points": budget.granted if budget else 0}),
        team=queries.list_team(db(), body_id),
        acts=queries.list_acts(db(), subject_id=body_id),
    )


@bp.post("/office/organisations/<uuid:body_id>/budget")
@office
def grant_budget(body_id: uuid.UUID) -> ResponseReturnValue:
    form, year = BudgetForm(), _year()
    if not form.validate_on_submit():
        return _organisation_page(body_id, form, 422)
    points, act = form.points.data, by(form.reason.data)
    try:
        work(lambda session: bodies.grant_budget(session, body_id, year, points, act))
    except BudgetShort as short:
        form.points.errors = [sentence(short)]
        return _organisation_page(body_id, form, 422)
    flash(_("The budget is set."), "success")
    return redirect(url_for("office.show_organisation", body_id=body_id), 303)


@bp.get("/office/organisations/<uuid:body_id>/<word>")
@office
def show_organisation_act(body_id: uuid.UUID, word: str) -> ResponseReturnValue:
    """Asks for the reason first."""
    return _ask(ORGANISATION, body_id, word)


@bp.post("/office/organisations/<uuid:body_id>/<word>")
@office
def decide_organisation(body_id: uuid.UUID, word: str) -> ResponseReturnValue:
    return _decide(ORGANISATION, body_id, word)


@bp.get("/office/partners")
@office
def show_partners() -> ResponseReturnValue:
    return desk("partners.html", rows=queries.list_partners(db()))


@bp.get("/office/partners/<uuid:body_id>")
@office
def show_partner(body_id: uuid.UUID) -> ResponseReturnValue:
    return desk(
        "partner.html",
        kind=PARTNER.name,
        body=queries.get_partner(db(), body_id),
        branches=queries.list_branches(db(), body_id),
        team=queries.list_team(db(), body_id),
        acts=queries.list_acts(db(), subject_id=body_id),
    )


@bp.get("/office/partners/<uuid:body_id>/<word>")
@office
def show_partner_act(body_id: uuid.UUID, word: str) -> ResponseReturnValue:
    """Asks for the reason first."""
    return _ask(PARTNER, body_id, word)


@bp.post("/office/partners/<uuid:body_id>/<word>")
@office
def decide_partner(body_id: uuid.UUID, word: str) -> ResponseReturnValue:
    return _decide(PARTNER, body_id, word)


def _ask(
    kind: Kind, body_id: uuid.UUID, word: str, form: Form | None = None
) -> ResponseReturnValue:
    """The page with the words of one act; with a form that came back, what is wrong in it."""
    return desk(
        "body_act.html",
        200 if form is None else 422,
        body=kind.get(db(), body_id),
        word=word,
        form=_reason_form(word, kind.acts) if form is None else form,
        kind=kind.name,
    )


def _decide(kind: Kind, body_id: uuid.UUID, word: str) -> ResponseReturnValue:
    form = _reason_form(word, kind.acts)
    if not form.validate_on_submit():
        return _ask(kind, body_id, word, form)
    act = by(form.reason.data)
    work(lambda session: kind.acts[word](session, body_id, act))
    flash(_done(word), "success")
    return redirect(url_for(f"office.show_{kind.name}", body_id=body_id), 303)


def _reason_form(word: str, acts: dict[str, Act]) -> Form:
    if word not in acts:
        raise NotFound()
    return NoteForm() if word == "verify" else ReasonForm()


def _done(word: str) -> str:
    said: dict[str, str] = {
        "verify": _("Verified. Its members get a mail."),
        "refuse": _("Refused. Its members read your reason."),
        "suspend": _("Suspended. Its members read your reason."),
    }
    return said[word]
