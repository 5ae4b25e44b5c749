"""One date in the organiser's hands: change it, call it off, see who is coming."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from engage.accounts.service import note_read
from engage.activities import queries, service
from engage.activities.forms import ChangeForm, ReasonForm
from engage.activities.models import Activity, Occurrence
from engage.activities.routes.blueprint import bp
from engage.core.errors import DomainError, InvalidInput
from engage.organisations import queries as organisations
from engage.organisations.models import Organisation
from engage.web.access import signed_in
from engage.web.city import district_choices
from engage.web.context import db, note, now, work
from engage.web.errors import advice, sentence

#: What stands for one date in an address.
DATE = "/organise/<slug>/dates/<uuid:occurrence_id>"

Own = tuple[Organisation, Occurrence, Activity]


def _own(slug: str, occurrence_id: uuid.UUID) -> Own:
    organisation = organisations.get_own(db(), slug, current_user.id)
    return organisation, *queries.get_own_occurrence(db(), organisation.id, occurrence_id)


def _page(own: Own, form: ChangeForm, cancel_form: ReasonForm) -> str:
    organisation, occurrence, activity = own
    return render_template(
        "activities/date.html",
        organisation=organisation,
        occurrence=occurrence,
        activity=activity,
        form=form,
        cancel_form=cancel_form,
        is_over=occurrence.ends_at <= now(),
    )


@bp.get(DATE)
@signed_in
def show_date(slug: str, occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """A date with everything that can be done about it."""
    own = _own(slug, occurrence_id)
    form = ChangeForm.like(own[1]).offer(district_choices())
    return _page(own, form, ReasonForm(formdata=None, prefix="cancel-"))


@bp.post(DATE)
@signed_in
def change_date(slug: str, occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Change it; who has a place is told when time or place differ."""
    own = _own(slug, occurrence_id)
    form = ChangeForm().offer(district_choices())
    if not (form.validate_on_submit() and _changed(form, own[1])):
        return _page(own, form, ReasonForm(formdata=None, prefix="cancel-")), 422
    return redirect(url_for("activities.show_date", slug=slug, occurrence_id=occurrence_id), 303)


def _changed(form: ChangeForm, occurrence: Occurrence) -> bool:
    """Do it, or put the refusal beside its field."""
    change, reason, own = form.change(occurrence.timezone), form.reason.data, occurrence.id
    try:
        told = work(lambda s: service.change_occurrence(s, own, change, reason=reason, now=now()))
    except InvalidInput as refusal:
        taken = refusal.facts.get("taken", 0)
        said = _("There are already %(taken)s people with a place.", taken=taken)
        form.capacity.errors = [said]
        return False
    except DomainError as refusal:
        form.day.errors = [" ".join((sentence(refusal), advice(refusal)))]
        return False
    flash(_("The date is changed.") + _told(told), "success")
    return True


def _told(count: int) -> str:
    if not count:
        return ""
    said: str = ngettext("%(num)d person is told.", "%(num)d people are told.", count)
    return f" {said}"


@bp.post(f"{DATE}/cancel")
@signed_in
def cancel_date(slug: str, occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Call it off with a reason that everybody gets."""
    own = _own(slug, occurrence_id)
    form = ReasonForm(prefix="cancel-")
    if not form.validate_on_submit():
        return _page(own, ChangeForm.like(own[1]).offer(district_choices()), form), 422
    said = {"reason": form.reason.data, "actor_id": current_user.id}
    told = work(lambda s: service.cancel_occurrence(s, occurrence_id, now=now(), **said))
    flash(_("The date is cancelled.") + _told(told), "success")
    return redirect(url_for("activities.show_date", slug=slug, occurrence_id=occurrence_id), 303)


@bp.get(f"{DATE}/people")
@signed_in
def show_participants(slug: str, occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Who has a place and who waits: display names only. Also to print."""
    organisation, occurrence, activity = _own(slug, occurrence_id)
    actor = current_user.id
    note(lambda s: note_read(s, actor, None, "participants", now=now()))
    return render_template(
        "activities/participants.html",
        organisation=organisation,
        occurrence=occurrence,
        activity=activity,
        people=queries.list_people(db(), occurrence_id),
    )


@bp.post(f"{DATE}/people/<uuid:person_id>/remove")
@signed_in
def remove_person(slug: str, occurrence_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    """Take somebody off the list, with a reason that they are told."""
    _own(slug, occurrence_id)
    form = ReasonForm()
    if form.validate_on_submit():
        why = form.reason.data
        work(lambda s: service.remove_person(s, occurrence_id, person_id, reason=why, now=now()))
        flash(_("The person is told and off the list."), "success")
    else:
        flash(_("Please give a reason; the person is told."), "error")
    return redirect(
        url_for("activities.show_participants", slug=slug, occurrence_id=occurrence_id), 303
    )
