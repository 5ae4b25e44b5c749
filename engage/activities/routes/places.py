"""A citizen's places: get one, give it back, take an offered one, see all of them."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.accounts import links
from engage.activities import queries, service
from engage.activities.routes.blueprint import bp
from engage.core.errors import AlreadyRegistered, AlreadyWaitlisted, Outcome
from engage.web.access import signed_in
from engage.web.context import db, now, work
from engage.web.errors import advice, sentence


@bp.post("/dates/<uuid:occurrence_id>/register")
@signed_in
def register(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Take a place, or a turn on the waiting list. A second click only says so again."""
    try:
        outcome = work(lambda s: service.register(s, occurrence_id, current_user.id, now=now()))
    except (AlreadyRegistered, AlreadyWaitlisted) as known:
        outcome = Outcome.of(known)
    return _back_to(occurrence_id, outcome)


@bp.post("/dates/<uuid:occurrence_id>/leave")
@signed_in
def leave(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Give the place or the turn back."""
    outcome = work(lambda s: service.leave(s, occurrence_id, current_user.id, now=now()))
    return _back_to(occurrence_id, outcome)


@bp.post("/dates/<uuid:occurrence_id>/take")
@signed_in
def take_offer(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Accept an offered place, signed in."""
    outcome = work(lambda s: service.take_offer(s, occurrence_id, current_user.id, now=now()))
    return _back_to(occurrence_id, outcome)


def _back_to(occurrence_id: uuid.UUID, outcome: Outcome) -> ResponseReturnValue:
    words = " ".join(part for part in (sentence(outcome), advice(outcome)) if part)
    flash(words, "success" if outcome.is_success else "info")
    activity_id = queries.get_occurrence(db(), occurrence_id).activity_id
    return redirect(
        url_for("activities.show_activity", activity_id=activity_id, date=occurrence_id), 303
    )


@bp.get("/places/<token>")
def show_offer(token: str) -> ResponseReturnValue:
    """What the link of a mail offers. Opening it changes nothing."""
    link = links.get_link(db(), token, service.TAKE_PLACE, now=now())
    occurrence = queries.get_occurrence(db(), link.subject_id or uuid.UUID(int=0))
    activity = queries.get_activity(db(), occurrence.activity_id)
    return render_template(
        "activities/offer.html",
        token=token,
        occurrence=occurrence,
        activity=activity,
        until=link.expires_at,
    )


@bp.post("/places/<token>")
def accept_offer(token: str) -> ResponseReturnValue:
    """Take the offered place with the button of the link's page; no sign-in needed."""
    outcome, occurrence_id = work(lambda s: service.accept_offer(s, token, now=now()))
    return _back_to(occurrence_id, outcome)


@bp.get("/me/registrations")
@signed_in
def show_registrations() -> ResponseReturnValue:
    """Everything the person has a place at, what is ahead first."""
    token = queries.find_feed_token(db(), current_user.id)
    feed = url_for("activities.show_feed", token=token, _external=True) if token else ""
    return render_template(
        "activities/registrations.html",
        upcoming=queries.find_person_places(db(), current_user.id, now()),
        past=queries.list_past_places(db(), current_user.id, now()),
        feed=feed,
    )


@bp.post("/me/calendar")
@signed_in
def open_calendar() -> ResponseReturnValue:
    """A new secret address for the own calendar."""
    work(lambda session: service.open_calendar(session, current_user.id, now=now()))
    return redirect(url_for("activities.show_registrations", _anchor="calendar"), 303)


@bp.post("/me/calendar/close")
@signed_in
def close_calendar() -> ResponseReturnValue:
    work(lambda session: service.close_calendar(session, current_user.id))
    return redirect(url_for("activities.show_registrations", _anchor="calendar"), 303)
