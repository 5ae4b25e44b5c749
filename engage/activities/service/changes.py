"""What happens to a date that people rely on: moved, changed, cancelled. Rule ACT-12."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from engage.activities import queries
from engage.activities.drafts import OccurrenceChange
from engage.activities.models import Occurrence
from engage.activities.service.budgets import give_back, set_aside, year_of
from engage.activities.service.counting import move_places
from engage.activities.service.letters import tell
from engage.activities.service.registration import leave, promote
from engage.core.activities import ensure_can_change
from engage.core.errors import InvalidInput, OccurrenceCancelled, ReasonNeeded
from engage.organisations import budget

#: What people with a place must be told of.
_TOLD = ("starts_at", "ends_at", "place", "address")


def change_occurrence(
    session: Session,
    occurrence_id: uuid.UUID,
    change: OccurrenceChange,
    *,
    reason: str,
    now: datetime,
) -> int:
    """Change a date. When or where it is, is told to everybody with a place or waiting.

    Returns how many were told. Raises OccurrenceCancelled, OccurrenceOver, AttendancesExist,
    InvalidInput (fewer places than given, end before start), BudgetShort.
    """
    occurrence = _changeable(session, occurrence_id, now)
    if change.ends_at <= change.starts_at:
        raise InvalidInput(fields={"ends_at": "before_start"})
    if change.capacity is not None and change.capacity < occurrence.taken:
        raise InvalidInput(fields={"capacity": "below_taken"}, taken=occurrence.taken)
    before = {name: getattr(occurrence, name) for name in _TOLD}
    _release_other_year(session, occurrence, change)
    for name in OccurrenceChange.__dataclass_fields__:
        setattr(occurrence, name, getattr(change, name))
    session.flush()  # the budget and the waiting list are judged by the new facts
    activity = queries.get_activity(session, occurrence.activity_id)
    activity.changed_at = now
    if activity.status == "published":
        set_aside(session, activity, [occurrence])
    told = 0
    if before != {name: getattr(occurrence, name) for name in _TOLD}:
        occurrence.reminded_at = None
        told = _tell_all(
            session, "date_changed", occurrence, now=now, reason=reason, was_at=before["starts_at"]
        )
    move_places(session, occurrence_id, 0)
    promote(session, occurrence_id, now=now)
    return told


def cancel_occurrence(
    session: Session,
    occurrence_id: uuid.UUID,
    *,
    reason: str,
    actor_id: uuid.UUID,
    now: datetime,
) -> int:
    """Call a date off: everybody gets a letter with the reason, its points return to the budget.

    actor_id: who called it off; kept by the caller's log, not told.

    Returns how many were told. Raises ReasonNeeded, OccurrenceCancelled, OccurrenceOver,
    AttendancesExist.
    """
    if not reason.strip():
        raise ReasonNeeded()
    occurrence = _changeable(session, occurrence_id, now)
    occurrence.status = "cancelled"
    occurrence.status_reason = reason.strip()
    occurrence.closed_at = now
    give_back(session, occurrence, now=now)
    told = _tell_all(session, "date_cancelled", occurrence, now=now, reason=reason.strip())
    move_places(session, occurrence_id, 0)
    return told


def remove_person(
    session: Session,
    occurrence_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Take somebody off the list, with a reason that they are told.

    Raises ReasonNeeded, NotOnList, LeaveTooLate.
    """
    if not reason.strip():
        raise ReasonNeeded()
    occurrence = queries.get_occurrence(session, occurrence_id)
    leave(session, occurrence_id, person_id, now=now, because="organiser")
    tell(session, "place_withdrawn", person_id, occurrence, now=now, reason=reason.strip())


def _changeable(session: Session, occurrence_id: uuid.UUID, now: datetime) -> Occurrence:
    occurrence = queries.get_occurrence(session, occurrence_id)
    if occurrence.status == "cancelled":
        raise OccurrenceCancelled()
    here = queries.has_attendances(session, occurrence_id)
    ensure_can_change(occurrence.ends_at, now, attendances=here)
    return occurrence


def _release_other_year(session: Session, occurrence: Occurrence, change: OccurrenceChange) -> None:
    """A date that moves into another year takes its points out of this year's budget first."""
    old = year_of(session, occurrence)
    moved = Occurrence(starts_at=change.starts_at)
    if year_of(session, moved) != old:
        budget.release(session, occurrence.organisation_id, old, occurrence.budget_points)
        occurrence.budget_points = 0


def _tell_all(
    session: Session,
    template: str,
    occurrence: Occurrence,
    *,
    now: datetime,
    reason: str,
    was_at: datetime | None = None,
) -> int:
    people = queries.list_registered(session, occurrence.id)
    more = {"was_at": was_at} if was_at else {}
    for one in people:
        tell(session, template, one.person_id, occurrence, now=now, reason=reason, **more)
    return len(people)
