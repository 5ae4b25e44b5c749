"""Hours that citizens report themselves, and the answers of the organisations."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from engage.attendance import claims, history
from engage.attendance.claims import Report
from engage.attendance.forms import DecideForm, HoursForm
from engage.attendance.routes import bp
from engage.core.errors import DomainError
from engage.organisations.queries import get_own
from engage.web.access import signed_in
from engage.web.context import db, now, settings, work
from engage.web.errors import sentence


@bp.get("/me/hours")
@signed_in
def show_hours() -> ResponseReturnValue:
    """What this person has reported, and what became of it."""
    return render_template(
        "attendance/hours.html", lines=claims.list_of_person(db(), current_user.id)
    )


@bp.get("/me/hours/new")
@signed_in
def show_hours_form() -> ResponseReturnValue:
    """Step 1 finds the organisation, step 2 asks for the day."""
    return _show_form(HoursForm(formdata=None), request.args.get("q", ""))


def _show_form(form: HoursForm, words: str) -> str:
    known = [] if words else history.recent_organisations(db(), current_user.id)
    found = known or claims.search_organisations(db(), words)
    chosen = form.organisation.data
    if chosen and chosen not in {str(one[0]) for one in found}:
        found = [*claims.find_organisation(db(), chosen), *found]
    form.organisation.choices = [
        SelectChoice(str(key), f"{name}, {town}" if town else name) for key, name, town in found
    ]
    if len(found) == 1 and not chosen:
        form.organisation.data = str(found[0][0])
    return render_template("attendance/hours_form.html", form=form, words=words, found=found)


@bp.post("/me/hours")
@signed_in
def submit_hours() -> ResponseReturnValue:
    """Report hours; the organisation is asked."""
    form, person, words = HoursForm(), current_user.id, request.args.get("q", "")
    form.organisation.choices = [SelectChoice(request.form.get("organisation", ""), "")]
    report = _report(form) if form.validate_on_submit() else None
    if report is None:
        return _show_form(form, words), 422
    try:
        work(lambda s: claims.submit(s, person, report, now=now()))
    except DomainError as refusal:
        form.form_errors = [sentence(refusal)]
        return _show_form(form, words), refusal.status
    flash(_("Reported. The organisation has been asked; you hear from us by mail."), "success")
    return redirect(url_for("attendance.show_hours"), 303)


def _report(form: HoursForm) -> Report | None:
    """What the form says; an end at midnight still belongs to the day."""
    zone = settings().zone
    day, starts, ends = form.day.data, form.starts.data, form.ends.data
    if day is None or starts is None or ends is None:
        return None
    until = day + timedelta(days=1) if not ends.hour and not ends.minute else day
    return Report(
        claims.read_id(form.organisation.data),
        datetime.combine(day, starts, zone),
        datetime.combine(until, ends, zone),
        form.what.data or "",
    )


@bp.post("/me/hours/<uuid:claim_id>/withdraw")
@signed_in
def withdraw_hours(claim_id: uuid.UUID) -> ResponseReturnValue:
    """Take a report back before it was answered."""
    person = current_user.id
    work(lambda s: claims.withdraw(s, claim_id, person, now=now()))
    flash(_("Taken back. Nobody needs to answer it any more."), "success")
    return redirect(url_for("attendance.show_hours"), 303)


@bp.get("/hours/<token>")
def show_hours_link(token: str) -> ResponseReturnValue:
    """What a mailed link asks. Looking changes nothing, whoever looks."""
    return _show_link(token, DecideForm())


def _show_link(token: str, form: DecideForm) -> str:
    _link, line = claims.find_linked(db(), token, now=now())
    return render_template("attendance/hours_link.html", line=line, token=token, form=form)


@bp.post("/hours/<token>")
def decide_hours_by_link(token: str) -> ResponseReturnValue:
    """The button behind the link: works once."""
    form = DecideForm()
    reason = form.answer.data or ""
    confirms = request.form.get("decision") == "confirm"
    if not confirms and not reason.strip():
        form.answer.errors = [_("Please give a reason.")]
        return _show_link(token, form), 422
    claim = work(
        lambda s: claims.decide_by_link(s, token, confirms=confirms, reason=reason, now=now())
    )
    return render_template("attendance/hours_decided.html", claim=claim)


@bp.get("/organise/<slug>/hours")
@signed_in
def show_claims(slug: str) -> ResponseReturnValue:
    """What an organisation has to answer, and what it has answered lately."""
    return _show_claims(slug, DecideForm())


def _show_claims(slug: str, form: DecideForm, at: uuid.UUID | None = None) -> str:
    organisation = get_own(db(), slug, current_user.id)
    return render_template(
        "attendance/claims.html",
        organisation=organisation,
        waiting=claims.list_of_organisation(db(), organisation.id),
        decided=claims.list_of_organisation(db(), organisation.id, open_only=False, limit=20),
        form=form,
        at=at,
    )


@bp.post("/organise/<slug>/hours/<uuid:claim_id>")
@signed_in
def decide_hours(slug: str, claim_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm or refuse one report, in the list."""
    person, form = current_user.id, DecideForm()
    get_own(db(), slug, person)
    reason = form.answer.data or ""
    if request.form.get("decision") == "confirm":
        work(lambda s: claims.confirm(s, claim_id, by=person, now=now()))
        flash(_("Confirmed. The points are booked."), "success")
    elif not reason.strip():
        form.answer.errors = [_("Please give a reason.")]
        return _show_claims(slug, form, claim_id), 422
    else:
        work(lambda s: claims.refuse(s, claim_id, by=person, reason=reason, now=now()))
        flash(_("Refused. The person sees your reason."), "success")
    return redirect(url_for("attendance.show_claims", slug=slug), 303)
