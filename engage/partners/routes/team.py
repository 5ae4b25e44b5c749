"""The team of a partner: invite, change, remove, join."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.partners import queries, service
from engage.partners.forms import InviteForm, RoleForm
from engage.partners.models import Partner
from engage.partners.routes.blueprint import bp
from engage.web import access
from engage.web.context import db, now, work


@bp.get("/partner/<slug>/team")
@access.second_factor
def show_team(slug: str) -> ResponseReturnValue:
    """Who works for the partner; managers can change it."""
    return _team(queries.get_own(db(), slug, current_user.id), InviteForm(formdata=None))


def _team(partner: Partner, form: InviteForm) -> str:
    team = queries.list_team(db(), partner.id)
    roles = {one.person_id: one.role for one in team}
    return render_template(
        "partners/team.html",
        partner=partner,
        team=team,
        is_manager=roles.get(current_user.id) == "manager",
        form=form,
    )


@bp.post("/partner/<slug>/team")
@access.second_factor
def invite(slug: str) -> ResponseReturnValue:
    """Mail somebody a link into the team."""
    partner = queries.get_own(db(), slug, current_user.id, manager=True)
    form = InviteForm()
    if not form.validate_on_submit():
        return _team(partner, form), 422
    said = {"role": form.role.data, "inviter": current_user.display_name}
    email = form.email.data
    work(lambda s: service.invite(s, partner, email, now=now(), **said))
    flash(_("The invitation is on its way to %(email)s.", email=email), "success")
    return redirect(url_for("partners.show_team", slug=slug), 303)


@bp.post("/partner/<slug>/team/<uuid:person_id>")
@access.second_factor
def change_role(slug: str, person_id: uuid.UUID) -> ResponseReturnValue:
    partner = queries.get_own(db(), slug, current_user.id, manager=True)
    form = RoleForm()
    if form.validate_on_submit():
        role = form.role.data
        work(lambda s: service.change_role(s, partner.id, person_id, role))
        flash(_("Saved."), "success")
    return redirect(url_for("partners.show_team", slug=slug), 303)


@bp.post("/partner/<slug>/team/<uuid:person_id>/remove")
@access.second_factor
def remove_member(slug: str, person_id: uuid.UUID) -> ResponseReturnValue:
    """Take a member out of the team."""
    partner = queries.get_own(db(), slug, current_user.id, manager=True)
    work(lambda s: service.remove_member(s, partner.id, person_id, now=now()))
    flash(_("The person is no longer in the team."), "success")
    return redirect(url_for("partners.show_team", slug=slug), 303)


@bp.post("/partner/<slug>/team/leave")
@access.signed_in
def leave_team(slug: str) -> ResponseReturnValue:
    """Leave the team oneself; the last manager stays."""
    partner = queries.get_own(db(), slug, current_user.id)
    work(lambda s: service.remove_member(s, partner.id, current_user.id, now=now()))
    flash(_("You have left the team of %(name)s.", name=partner.name), "success")
    return redirect("/", 303)


@bp.get("/partners/join/<token>")
def show_invitation(token: str) -> ResponseReturnValue:
    """What the link of an invitation is about. Opening it changes nothing."""
    link, partner = service.get_invitation(db(), token, now=now())
    role = (link.facts or {}).get("role", "till")
    return render_template("partners/invitation.html", partner=partner, role=role, token=token)


@bp.post("/partners/join/<token>")
@access.signed_in
def join(token: str) -> ResponseReturnValue:
    """Become a member, signed in."""
    slug = work(lambda s: service.join(s, token, current_user.id, now=now()).slug)
    flash(_("Welcome to the team."), "success")
    return redirect(url_for("partners.show_partner", slug=slug), 303)
