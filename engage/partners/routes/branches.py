"""A partner's branches: where its rewards are given."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.partners import queries, service
from engage.partners.forms import BranchForm, offer, place
from engage.partners.models import Branch, Partner
from engage.partners.routes.blueprint import bp, districts
from engage.web import access
from engage.web.context import db, now, work
from engage.web.filters import weekly


def _own(slug: str) -> Partner:
    return queries.get_own(db(), slug, current_user.id, manager=True)


@bp.get("/partner/<slug>/branches")
@access.second_factor
def show_branches(slug: str) -> ResponseReturnValue:
    partner = _own(slug)
    branches = queries.list_branches(db(), partner.id)
    return render_template("partners/branches.html", partner=partner, branches=branches)


@bp.get("/partner/<slug>/branches/new")
@access.second_factor
def show_new_branch(slug: str) -> ResponseReturnValue:
    return _page(_own(slug), None, offer(BranchForm(formdata=None), districts()))


def _page(partner: Partner, branch: Branch | None, form: BranchForm) -> str:
    return render_template("partners/branch.html", partner=partner, branch=branch, form=form)


@bp.post("/partner/<slug>/branches")
@access.second_factor
def open_branch(slug: str) -> ResponseReturnValue:
    partner = _own(slug)
    form = offer(BranchForm(), districts())
    if not form.validate_on_submit():
        return _page(partner, None, form), 422
    there = place(form, form.branch_name.data)
    work(lambda s: service.open_branch(s, partner.id, there).id)
    flash(_("The branch is there."), "success")
    return redirect(url_for("partners.show_branches", slug=slug), 303)


@bp.get("/partner/<slug>/branches/<uuid:branch_id>")
@access.second_factor
def show_branch(slug: str, branch_id: uuid.UUID) -> ResponseReturnValue:
    partner = _own(slug)
    branch = queries.get_branch(db(), branch_id, partner.id)
    form = BranchForm(
        formdata=None,
        obj=branch,
        branch_name=branch.name,
        district=branch.district_code or "",
    )
    form.hours.data = weekly(branch.hours)
    return _page(partner, branch, offer(form, districts()))


@bp.post("/partner/<slug>/branches/<uuid:branch_id>")
@access.second_factor
def change_branch(slug: str, branch_id: uuid.UUID) -> ResponseReturnValue:
    partner = _own(slug)
    branch = queries.get_branch(db(), branch_id, partner.id)
    form = offer(BranchForm(), districts())
    if not form.validate_on_submit():
        return _page(partner, branch, form), 422
    there = place(form, form.branch_name.data)
    work(lambda s: service.change_branch(queries.get_branch(s, branch_id, partner.id), there))
    flash(_("The branch is changed."), "success")
    return redirect(url_for("partners.show_branches", slug=slug), 303)


@bp.post("/partner/<slug>/branches/<uuid:branch_id>/close")
@access.second_factor
def close_branch(slug: str, branch_id: uuid.UUID) -> ResponseReturnValue:
    partner = _own(slug)
    work(lambda s: service.close_branch(queries.get_branch(s, branch_id, partner.id), now=now()))
    flash(_("The branch is closed."), "success")
    return redirect(url_for("partners.show_branches", slug=slug), 303)
