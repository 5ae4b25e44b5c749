"""The team: invite, change, remove, join."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.accounts import links
from engage.organisations import queries, service
from engage.organisations.forms import InviteForm, MemberForm
from engage.organisations.models import Organisation
from engage.organisations.routes.blueprint import bp
from engage.web.access import second_factor, signed_in
from engage.web.context import db, now, work


@bp.get("/organise/<slug>/team")
@signed_in
def show_team(slug: str) -> ResponseReturnValue:
    """Who works for the organisation; managers can change it."""
    organisation = queries.get_own(db(), slug, current_user.id)
    return _team(organisation, InviteForm())


def _team(organisation: Organisation, form: InviteForm) -> str:
    role = queries.get_member_role(db(), organisation.id, current_user.id)
    return render_template(
        "organisations/team.html",
        organisation=organisation,
        members=queries.list_members(db(), organisation.id),
        is_manager=role == "manager",
        form=form,
    )


@bp.post("/organise/<slug>/team")
@second_factor
def invite(slug: str) -> ResponseReturnValue:
    """Mail somebody a link into the team."""
    organisation = queries.get_own(db(), slug, current_user.id, manager=True)
    form = InviteForm()
    if not form.validate_on_submit():
        return _team(organisation, form), 422
    said = {"role": form.role.data, "paid": form.paid.data, "inviter": current_user.display_name}
    email = form.email.data
    work(
        lambda s: service.invite(s, queries.get_by_id(s, organisation.id), email, now=now(), **said)
    )
    flash(_("The invitation is on its way to %(email)s.", email=email), "success")
    return redirect(url_for("organisations.show_team", slug=slug), 303)


@bp.post("/organise/<slug>/team/<uuid:person_id>")
@second_factor
def change_member(slug: str, person_id: uuid.UUID) -> ResponseReturnValue:
    """Change role or payroll of a member."""
    organisation = queries.get_own(db(), slug, current_user.id, manager=True)
    form = MemberForm()
    if form.validate_on_submit():
        role, paid = form.role.data, form.paid.data
        work(lambda s: service.change_member(s, organisation.id, person_id, role=role, paid=paid))
        flash(_("Saved."), "success")
    return redirect(url_for("organisations.show_team", slug=slug), 303)


@bp.post("/organise/<slug>/team/<uuid:person_id>/remove")
@second_factor
def remove_member(slug: str, person_id: uuid.UUID) -> ResponseReturnValue:
    """Take a member out of the team."""
    organisation = queries.get_own(db(), slug, current_user.id, manager=True)
    work(lambda s: service.remove_member(s, organisation.id, person_id, now=now()))
    flash(_("The person is no longer in the team."), "success")
    return redirect(url_for("organisations.show_team", slug=slug), 303)


@bp.post("/organise/<slug>/team/leave")
@signed_in
def leave_team(slug: str) -> ResponseReturnValue:
    """Leave the team oneself; the last manager stays."""
    organisation = queries.get_own(db(), slug, current_user.id)
    work(lambda s: service.remove_member(s, organisation.id, current_user.id, now=now()))
    flash(_("You have left the team of %(name)s.", name=organisation.name), "success")
    return redirect("/", 303)


@bp.get("/join/<token>")
def show_invitation(token: str) -> ResponseReturnValue:
    """What the link of an invitation is about. Opening it changes nothing."""
    link = links.get_link(db(), token, service.JOIN_TEAM, now=now())
    organisation = queries.get_by_id(db(), link.subject_id or uuid.UUID(int=0))
    role = (link.facts or {}).get("role", "organiser")
    return render_template(
        "organisations/invitation.html", organisation=organisation, role=role, token=token
    )


@bp.post("/join/<token>")
@signed_in
def join(token: str) -> ResponseReturnValue:
    """Become a member, signed in."""
    slug = work(lambda s: service.join(s, token, current_user.id, now=now()).slug)
    flash(_("Welcome to the team."), "success")
    return redirect(url_for("organisations.show_organisation", slug=slug), 303)
