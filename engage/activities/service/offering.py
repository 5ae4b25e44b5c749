"""An activity on its way: published, taken back, copied, archived. Rules ACT-8, ACT-9, ACT-11."""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engage.activities import queries
from engage.activities.drafts import Details
from engage.activities.models import Activity, Favourite, Occurrence, Registration
from engage.activities.service.budgets import give_back, set_aside
from engage.activities.service.changes import cancel_occurrence
from engage.activities.service.writing import extend_series
from engage.core.activities import (
    ActivityState,
    BodyState,
    ensure_can_publish,
    next_activity_state,
)
from engage.core.errors import AlreadyPublished, DatesMissing, NotATransition, PlacesTaken
from engage.organisations.models import Organisation
from engage.storage.base import new_id


def publish(session: Session, activity_id: uuid.UUID, *, now: datetime) -> None:
    """Offer an activity to the city and set its points aside; of a series those of 8 weeks.

    Raises AlreadyPublished, NotVerified, OrganisationSuspended, DatesMissing, BudgetShort,
    ExpectedNumberNeeded, NotATransition.
    """
    activity = queries.get_activity(session, activity_id)
    if activity.status == "published":
        raise AlreadyPublished()
    organisation = session.get_one(Organisation, activity.organisation_id)
    refused = organisation.status == "refused"
    ensure_can_publish(BodyState.PENDING if refused else BodyState(organisation.status))
    wanted = next_activity_state(ActivityState(activity.status), ActivityState.PUBLISHED)
    if activity.rrule is not None:
        extend_series(session, activity_id, now=now)
    ahead = _ahead(session, activity_id, now)
    if not ahead:
        raise DatesMissing()
    set_aside(session, activity, ahead)
    activity.status = wanted.value
    activity.published_at = activity.published_at or now


def take_back(session: Session, activity_id: uuid.UUID, *, now: datetime) -> None:
    """Make a published activity a draft again, as long as nobody is registered.

    Raises NotATransition, PlacesTaken.
    """
    activity = queries.get_activity(session, activity_id)
    if activity.status != "published":
        raise NotATransition(state=activity.status, wanted="draft")
    if _has_registrations(session, activity_id):
        raise PlacesTaken()
    for occurrence in _ahead(session, activity_id, now):
        give_back(session, occurrence, now=now)
    activity.status = "draft"


def archive(
    session: Session, activity_id: uuid.UUID, *, reason: str, actor_id: uuid.UUID, now: datetime
) -> None:
    """End an activity: it leaves the catalogue, dates ahead are cancelled and people told.

    Raises NotATransition.
    """
    activity = queries.get_activity(session, activity_id)
    wanted = next_activity_state(ActivityState(activity.status), ActivityState.ARCHIVED)
    for occurrence in _ahead(session, activity_id, now):
        if occurrence.starts_at > now:
            cancel_occurrence(session, occurrence.id, reason=reason, actor_id=actor_id, now=now)
    activity.status = wanted.value
    activity.rrule = None


def take_up_again(session: Session, activity_id: uuid.UUID) -> None:
    """Make a draft of an archived activity. Raises NotATransition."""
    activity = queries.get_activity(session, activity_id)
    wanted = next_activity_state(ActivityState(activity.status), ActivityState.DRAFT)
    activity.status = wanted.value


def copy(
    session: Session, activity_id: uuid.UUID, *, actor_id: uuid.UUID, now: datetime
) -> Activity:
    """A draft with the same words and no dates."""
    original = queries.get_activity(session, activity_id)
    same = {one.name: getattr(original, one.name) for one in fields(Details)}
    activity = Activity(
        id=new_id(),
        organisation_id=original.organisation_id,
        created_at=now,
        created_by=actor_id,
        **same,
    )
    session.add(activity)
    return activity


def remove_draft(session: Session, activity_id: uuid.UUID) -> None:
    """Throw a draft away that was never published. Raises NotATransition, PlacesTaken."""
    activity = queries.get_activity(session, activity_id)
    if activity.status != "draft" or activity.published_at is not None:
        raise NotATransition(state=activity.status, wanted="removed")
    if _has_registrations(session, activity_id):
        raise PlacesTaken()
    session.execute(delete(Favourite).where(Favourite.activity_id == activity_id))
    session.execute(delete(Occurrence).where(Occurrence.activity_id == activity_id))
    session.delete(activity)


def _ahead(session: Session, activity_id: uuid.UUID, now: datetime) -> list[Occurrence]:
    dates = queries.find_next_occurrences(session, activity_id, now=now, limit=1000)
    return [one for one in dates if one.status == "scheduled"]


def _has_registrations(session: Session, activity_id: uuid.UUID) -> bool:
    taken = (
        select(Registration.id)
        .join(Occurrence, Occurrence.id == Registration.occurrence_id)
        .where(Occurrence.activity_id == activity_id)
    )
    return session.scalar(taken.where(Registration.state != "cancelled").limit(1)) is not None
