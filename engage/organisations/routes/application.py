"""Apply as an organisation, and keep its profile."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.organisations import queries, service
from engage.organisations.forms import ProfileForm
from engage.organisations.routes.blueprint import bp
from engage.web.access import second_factor, signed_in
from engage.web.city import district_choices
from engage.web.context import db, now, work


@bp.get("/organisations/apply")
@signed_in
def show_application() -> ResponseReturnValue:
    form = ProfileForm(email=current_user.email or "").offer(district_choices())
    return render_template("organisations/apply.html", form=form)


@bp.post("/organisations/apply")
@signed_in
def apply() -> ResponseReturnValue:
    """Ask the programme office to be admitted."""
    form = ProfileForm().offer(district_choices())
    if not form.validate_on_submit():
        return render_template("organisations/apply.html", form=form), 422
    profile = form.profile()
    slug = work(lambda s: service.apply(s, profile, person_id=current_user.id, now=now()).slug)
    flash(_("Your application is with the programme office."), "success")
    return redirect(url_for("organisations.show_organisation", slug=slug), 303)


@bp.get("/organise/<slug>/profile")
@second_factor
def show_profile(slug: str) -> ResponseReturnValue:
    organisation = queries.get_own(db(), slug, current_user.id, manager=True)
    form = ProfileForm(obj=organisation).offer(district_choices())
    return render_template("organisations/profile.html", organisation=organisation, form=form)


@bp.post("/organise/<slug>/profile")
@second_factor
def describe(slug: str) -> ResponseReturnValue:
    """Change the profile."""
    organisation = queries.get_own(db(), slug, current_user.id, manager=True)
    form = ProfileForm().offer(district_choices())
    if not form.validate_on_submit():
        page = render_template("organisations/profile.html", organisation=organisation, form=form)
        return page, 422
    profile = form.profile()
    work(lambda s: service.describe(s, queries.get_by_id(s, organisation.id), profile))
    flash(_("The profile is saved."), "success")
    return redirect(url_for("organisations.show_profile", slug=slug), 303)


@bp.post("/organise/<slug>/apply-again")
@second_factor
def apply_again(slug: str) -> ResponseReturnValue:
    """Ask once more after a refusal."""
    own = queries.get_own(db(), slug, current_user.id, manager=True).id
    work(lambda s: service.apply_again(s, queries.get_by_id(s, own), now=now()))
    return redirect(url_for("organisations.show_organisation", slug=slug), 303)
