"""The organiser's desk: overview, offers, and an offer in four short steps."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.activities import queries, service
from engage.activities.forms import DateForm, PeopleForm, ReasonForm, WhatForm
from engage.activities.models import Activity
from engage.activities.routes.blueprint import bp
from engage.core.errors import DomainError
from engage.core.geography import CATEGORIES, FORMATS
from engage.core.periods import day_of
from engage.organisations import queries as organisations
from engage.organisations.models import Organisation
from engage.organisations.routes.blueprint import bp as desk
from engage.web.access import signed_in
from engage.web.city import district_choices
from engage.web.context import db, now, settings, work
from engage.web.errors import advice, sentence

#: What stands for one offer in an address.
OFFER = "/organise/<slug>/activities/<uuid:activity_id>"


@desk.get("/organise/<slug>", endpoint="show_organisation")
@signed_in
def show_organisation(slug: str) -> ResponseReturnValue:
    """The first page of the desk: what is next, and how the organisation stands."""
    organisation = organisations.get_own(db(), slug, current_user.id)
    role = organisations.get_member_role(db(), organisation.id, current_user.id)
    year = day_of(now(), settings().zone).year
    return render_template(
        "organisations/overview.html",
        organisation=organisation,
        is_manager=role == "manager",
        dates=queries.list_own_dates(db(), organisation.id, now=now(), limit=12),
        drafts=queries.list_own_activities(db(), organisation.id, now=now(), status="draft"),
        budget=organisations.find_budget(db(), organisation.id, year),
        year=year,
    )


@bp.get("/organise/<slug>/activities")
@signed_in
def show_own_activities(slug: str) -> ResponseReturnValue:
    """Everything the organisation offers, has offered and prepares."""
    organisation = organisations.get_own(db(), slug, current_user.id)
    return render_template(
        "activities/own.html",
        organisation=organisation,
        activities=queries.list_own_activities(db(), organisation.id, now=now()),
    )


@bp.get("/organise/<slug>/activities/new")
@signed_in
def show_new(slug: str) -> ResponseReturnValue:
    organisation = organisations.get_own(db(), slug, current_user.id)
    return _step(organisation, None, "what", WhatForm().offer())


@bp.post("/organise/<slug>/activities/new")
@signed_in
def draft(slug: str) -> ResponseReturnValue:
    """Step 1 of a new offer: a draft is kept from here on."""
    organisation = organisations.get_own(db(), slug, current_user.id)
    form = WhatForm().offer()
    if not form.validate_on_submit():
        return _step(organisation, None, "what", form), 422
    details, own, actor = form.details(), organisation.id, current_user.id
    made = work(lambda s: service.draft(s, own, details, actor_id=actor, now=now()).id)
    return _to("show_when", slug, made)


def _own(slug: str, activity_id: uuid.UUID) -> tuple[Organisation, Activity]:
    organisation = organisations.get_own(db(), slug, current_user.id)
    return organisation, queries.get_own_activity(db(), organisation.id, activity_id)


def _to(page: str, slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(f"activities.{page}", slug=slug, activity_id=activity_id), 303)


def _step(
    organisation: Organisation, activity: Activity | None, step: str, form: Any, **more: Any
) -> str:
    """The page of one of the four steps."""
    return render_template(
        f"activities/steps/{step}.html",
        organisation=organisation,
        activity=activity,
        form=form,
        **more,
    )


@bp.get(f"{OFFER}/what")
@signed_in
def show_what(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    organisation, activity = _own(slug, activity_id)
    return _step(organisation, activity, "what", WhatForm(obj=activity).offer())


@bp.post(f"{OFFER}/what")
@signed_in
def write_what(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """Step 1: title, words, kind."""
    organisation, activity = _own(slug, activity_id)
    form = WhatForm().offer()
    if not form.validate_on_submit():
        return _step(organisation, activity, "what", form), 422
    details = form.details(service.details_of(activity))
    work(lambda s: service.write(s, activity_id, details, now=now()))
    flash(_("Saved."), "success")
    return _to("show_when" if activity.status == "draft" else "show_check", slug, activity_id)


@bp.get(f"{OFFER}/when")
@signed_in
def show_when(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """Step 2: the dates there are, and one more."""
    organisation, activity = _own(slug, activity_id)
    return _when(organisation, activity, _next_date(activity))


def _next_date(activity: Activity) -> DateForm:
    """A form like the newest date, so that only the day is left to say."""
    dates = queries.list_occurrences(db(), activity.id)
    form = DateForm.like(dates[-1]) if dates else DateForm(formdata=None)
    form.day.data = None
    offered: DateForm = form.offer(district_choices())
    return offered


def _when(organisation: Organisation, activity: Activity, form: DateForm) -> str:
    dates = queries.list_occurrences(db(), activity.id)
    ahead = [one for one in dates if one.ends_at > now()]
    return _step(organisation, activity, "when", form, dates=ahead, past=len(dates) - len(ahead))


@bp.post(f"{OFFER}/when")
@signed_in
def add_dates(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """Step 2: one date, or a series."""
    organisation, activity = _own(slug, activity_id)
    form = DateForm().offer(district_choices())
    if form.validate_on_submit():
        date, rule = form.date(settings().timezone), form.rule()
        try:
            work(lambda s: service.add_dates(s, activity_id, date, rule, now=now()))
        except DomainError as refusal:
            form.day.errors = [" ".join((sentence(refusal), advice(refusal)))]
        else:
            flash(_("The dates are saved."), "success")
            return _to("show_when", slug, activity_id)
    return _when(organisation, activity, form), 422


@bp.get(f"{OFFER}/people")
@signed_in
def show_people_step(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    organisation, activity = _own(slug, activity_id)
    policy = queries.worths(db()).policy_at(now())
    return _step(organisation, activity, "people", PeopleForm.of(activity), policy=policy)


@bp.post(f"{OFFER}/people")
@signed_in
def write_people(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """Step 3: for whom, and which points it gives."""
    organisation, activity = _own(slug, activity_id)
    policy = queries.worths(db()).policy_at(now())
    form = PeopleForm()
    form.most_points = policy.points_per_day
    if not form.validate_on_submit():
        return _step(organisation, activity, "people", form, policy=policy), 422
    details = form.details(service.details_of(activity))
    work(lambda s: service.write(s, activity_id, details, now=now()))
    flash(_("Saved."), "success")
    return _to("show_check", slug, activity_id)


@bp.get(f"{OFFER}/check")
@signed_in
def show_check(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """Step 4: everything at a glance, and the button that makes it public."""
    organisation, activity = _own(slug, activity_id)
    return _check(organisation, activity)


def _check(organisation: Organisation, activity: Activity, refusal: str = "") -> str:
    dates = queries.find_next_occurrences(db(), activity.id, now=now(), limit=100)
    going = [one for one in dates if one.status == "scheduled"]
    by_rule = queries.worths(db())
    at = going[0].starts_at if going else now()
    return _step(
        organisation,
        activity,
        "check",
        ReasonForm(),
        dates=dates,
        going=len(going),
        rule=by_rule.rule(activity.points_rule, activity.kind, at),
        cost=service.estimate(db(), activity, going),
        refusal=refusal,
        formats=FORMATS,
        categories={one.code: one.name for one in CATEGORIES},
    )


@bp.post(f"{OFFER}/publish")
@signed_in
def publish(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """Offer it to the city; what stands against it is said on the page."""
    _organisation, _activity = _own(slug, activity_id)
    try:
        work(lambda s: service.publish(s, activity_id, now=now()))
    except DomainError as refusal:
        page = _check(*_own(slug, activity_id), " ".join((sentence(refusal), advice(refusal))))
        return page, refusal.status
    flash(_("Published. People can find it now."), "success")
    return _to("show_check", slug, activity_id)


@bp.post(f"{OFFER}/take-back")
@signed_in
def take_back(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """A draft again, as long as nobody is registered."""
    _own(slug, activity_id)
    work(lambda s: service.take_back(s, activity_id, now=now()))
    flash(_("It is a draft again."), "success")
    return _to("show_check", slug, activity_id)


@bp.post(f"{OFFER}/copy")
@signed_in
def copy(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """A new draft with the same words."""
    _own(slug, activity_id)
    actor = current_user.id
    made = work(lambda s: service.copy(s, activity_id, actor_id=actor, now=now()).id)
    flash(_("Copied. Please add dates."), "success")
    return _to("show_what", slug, made)


@bp.post(f"{OFFER}/archive")
@signed_in
def archive(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """End the offer; dates ahead are cancelled with the reason."""
    organisation, activity = _own(slug, activity_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        return _check(organisation, activity, _("Please say why it ends.")), 422
    reason, actor = form.reason.data, current_user.id
    work(lambda s: service.archive(s, activity_id, reason=reason, actor_id=actor, now=now()))
    flash(_("The offer is in the archive."), "success")
    return redirect(url_for("activities.show_own_activities", slug=slug), 303)


@bp.post(f"{OFFER}/take-up")
@signed_in
def take_up_again(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """A draft again, out of the archive."""
    _own(slug, activity_id)
    work(lambda s: service.take_up_again(s, activity_id))
    return _to("show_check", slug, activity_id)


@bp.post(f"{OFFER}/remove")
@signed_in
def remove_draft(slug: str, activity_id: uuid.UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    _own(slug, activity_id)
    work(lambda s: service.remove_draft(s, activity_id))
    flash(_("The draft is gone."), "success")
    return redirect(url_for("activities.show_own_activities", slug=slug), 303)
