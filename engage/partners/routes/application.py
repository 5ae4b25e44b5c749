"""Apply as a partner, and keep its profile."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.partners import queries, service
from engage.partners.forms import ApplyForm, ProfileForm, offer, place
from engage.partners.routes.blueprint import bp, districts
from engage.web import access
from engage.web.context import db, now, work


@bp.get("/partners/apply")
@access.signed_in
def show_application() -> ResponseReturnValue:
    form = offer(ApplyForm(formdata=None, email=current_user.email or ""), districts())
    return render_template("partners/apply.html", form=form)


@bp.post("/partners/apply")
@access.signed_in
def apply() -> ResponseReturnValue:
    """Ask the programme office to be admitted."""
    form = offer(ApplyForm(), districts())
    if not form.validate_on_submit():
        return render_template("partners/apply.html", form=form), 422
    profile, first = form.profile(), place(form, form.name.data)
    slug = work(
        lambda s: service.apply(s, profile, first, person_id=current_user.id, now=now()).slug
    )
    flash(_("Your application is with the programme office."), "success")
    return redirect(url_for("partners.show_partner", slug=slug), 303)


@bp.get("/partner/<slug>/profile")
@access.second_factor
def show_profile(slug: str) -> ResponseReturnValue:
    partner = queries.get_own(db(), slug, current_user.id, manager=True)
    form = ProfileForm(formdata=None, obj=partner)
    return render_template("partners/profile.html", partner=partner, form=form)


@bp.post("/partner/<slug>/profile")
@access.second_factor
def describe(slug: str) -> ResponseReturnValue:
    """Change the profile."""
    partner = queries.get_own(db(), slug, current_user.id, manager=True)
    form = ProfileForm()
    if not form.validate_on_submit():
        return render_template("partners/profile.html", partner=partner, form=form), 422
    profile = form.profile()
    work(lambda s: service.describe(queries.get_partner(s, partner.id), profile))
    flash(_("The profile is saved."), "success")
    return redirect(url_for("partners.show_profile", slug=slug), 303)


@bp.post("/partner/<slug>/apply-again")
@access.second_factor
def apply_again(slug: str) -> ResponseReturnValue:
    """Ask once more after a refusal."""
    own = queries.get_own(db(), slug, current_user.id, manager=True).id
    work(lambda s: service.apply_again(queries.get_partner(s, own), now=now()))
    return redirect(url_for("partners.show_partner", slug=slug), 303)
