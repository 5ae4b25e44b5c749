"""Somebody who was there and was missed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.accounts.queries import age_of, get_person
from engage.attendance import crediting, queries
from engage.attendance.models import Attendance
from engage.attendance.service.dates import DateFacts, get_date, pay, place_of
from engage.core import checkin
from engage.core.ages import AgeNeed
from engage.core.checkin import CheckInFacts, Way, Window, Worth
from engage.core.claims import (
    Annuller,
    counts_as_said_at,
    ensure_can_add_by_hand,
    ensure_reason,
)
from engage.core.errors import (
    AlreadyCheckedIn,
)
from engage.core.periods import day_of
from engage.core.points import minutes_between, minutes_counted
from engage.organisations.models import Member, Organisation
from engage.storage.base import new_id
from engage.storage.conflicts import refuse_duplicate
from engage.storage.engine import zone_of

#: Nobody is in twice.
ONE_LIVE = "uq_attendances_occurrence_id_person_id"


@dataclass(frozen=True, slots=True)
class Span:
    """When somebody came and left."""

    came_at: datetime
    left_at: datetime


@dataclass(frozen=True, slots=True)
class ByHand:
    """Somebody who was there and was missed, and who says so.

    by:   as what they say it; the office may do so later than an organiser.
    span: when the person was there; None for the whole date.
    """

    occurrence_id: uuid.UUID
    person_id: uuid.UUID
    because: str
    actor_id: uuid.UUID
    by: Annuller = Annuller.ORGANISER
    span: Span | None = None


def add_by_hand(session: Session, act: ByHand, *, now: datetime) -> Attendance:
    """Add somebody who was there and was missed, until 14 days after the end, with a reason.

    Counts in the caps of the day of the work, like any check-in; the citizen is told.

    Raises NotFound, ReasonNeeded, TooEarly, ByHandTooLate, AlreadyCheckedIn, OccurrenceCancelled,
    UnderAge, OwnOccurrence, PaidDuty, OrganisationSuspended. Source: CLM-7, CHK-15.
    """
    date = get_date(session, act.occurrence_id)
    occurrence, activity = date.occurrence, date.activity
    reason = ensure_reason(act.because)
    said_at = counts_as_said_at(act.by, occurrence.ends_at, now)
    ensure_can_add_by_hand(occurrence.starts_at, occurrence.ends_at, said_at, reason)
    person = get_person(session, act.person_id)
    _ensure_may_be_added(session, date, person, act.actor_id, said_at)
    whole = Span(occurrence.starts_at, occurrence.ends_at)
    span = (act.span if activity.uses_check_out else None) or whole
    planned = minutes_between(whole.came_at, whole.left_at)
    attendance = Attendance(
        id=new_id(),
        occurrence_id=occurrence.id,
        person_id=person.id,
        kind=activity.kind,
        way=Way.BY_HAND.value,
        actor_id=act.actor_id,
        checked_in_at=span.came_at,
        received_at=now,
        checked_out_at=span.left_at if activity.uses_check_out else None,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        minutes=minutes_counted(planned, span.came_at, span.left_at) if act.span else planned,
        work_on=day_of(occurrence.starts_at, zone_of(session)),
        points=0,
        credited=0,
        policy_version=date.policy.version,
        without_points=not person.collects_points,
        note=reason,
    )
    crediting.hold_account(session, person.id)
    already = AlreadyCheckedIn(first_checked_in_at=occurrence.starts_at)
    with refuse_duplicate(session, ONE_LIVE, already):
        session.add(attendance)
    pay(session, attendance, date, now)
    return attendance


def _ensure_may_be_added(
    session: Session, date: DateFacts, person: Person, actor_id: uuid.UUID, now: datetime
) -> None:
    """Ask the order of checks, as at the door. Raises its refusal."""
    occurrence, policy = date.occurrence, date.policy
    live = queries.find_live(session, occurrence.id, person.id)
    member = session.scalars(
        select(Member).where(
            Member.organisation_id == occurrence.organisation_id,
            Member.person_id == person.id,
            Member.removed_at.is_(None),
        )
    ).one_or_none()
    organisation = session.get(Organisation, occurrence.organisation_id)
    decision = checkin.decide(
        CheckInFacts(
            window=Window(
                occurrence.starts_at,
                occurrence.ends_at,
                timedelta(minutes=occurrence.opens_minutes),
                timedelta(minutes=occurrence.closes_minutes),
            ),
            scan=checkin.Scan(now, now),
            way=Way.BY_HAND,
            worth=Worth(0),
            day=day_of(occurrence.starts_at, zone_of(session)),
            caller=checkin.Caller(
                organisation_suspended=organisation is None or organisation.status == "suspended",
                is_the_citizen=person.id == actor_id,
            ),
            first_checked_in_at=live.checked_in_at if live else None,
            cancelled_at=occurrence.starts_at if occurrence.status == "cancelled" else None,
            registration=place_of(session, occurrence.id, person.id),
            age=age_of(person),
            age_need=AgeNeed(date.activity.minimum_age, policy.age_alone, policy.age_with_consent),
            manages=member is not None,
            paid_duty=member is not None and (member.paid or person.office_role is not None),
        )
    )
    if not decision.is_success:
        raise decision.outcome().as_error()
