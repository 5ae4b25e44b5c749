"""A date with its rules, and paying for the time somebody was there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence, Registration
from engage.attendance import crediting
from engage.attendance.crediting import Work
from engage.attendance.models import Attendance
from engage.core.activities import Kind
from engage.core.errors import (
    NotFound,
)
from engage.core.places import Registration as Place
from engage.core.points import PointsRule
from engage.core.policy import Policy
from engage.policies.queries import policy_at


@dataclass(frozen=True, slots=True)
class DateFacts:
    """An occurrence, what is done there, and the rules that give its points."""

    occurrence: Occurrence
    activity: Activity
    policy: Policy

    @property
    def rule(self) -> PointsRule:
        if self.activity.points_rule:
            return PointsRule.from_json(self.activity.points_rule)
        return self.policy.rule_for(Kind(self.activity.kind))


def get_date(session: Session, occurrence_id: uuid.UUID) -> DateFacts:
    """Raises NotFound."""
    row = session.execute(
        select(Occurrence, Activity)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .where(Occurrence.id == occurrence_id)
    ).one_or_none()
    if row is None:
        raise NotFound()
    return DateFacts(row.Occurrence, row.Activity, policy_at(session, row.Occurrence.starts_at))


def pay(session: Session, attendance: Attendance, date: DateFacts, now: datetime) -> None:
    """Work out the points of the minutes that count, and book what may be booked."""
    attendance.points = worth_of(attendance, date)
    occurrence = date.occurrence
    place = place_of(session, occurrence.id, attendance.person_id)
    booked = crediting.credit(
        session,
        Work(
            kind="attendance",
            id=attendance.id,
            person_id=attendance.person_id,
            organisation_id=occurrence.organisation_id,
            starts_at=attendance.starts_at,
            ends_at=attendance.ends_at,
            work_on=attendance.work_on,
            points=0 if attendance.without_points else attendance.points,
            caps=date.policy.caps,
            policy_version=date.policy.version,
            actor_id=attendance.actor_id,
            planned=place is Place.REGISTERED and occurrence.budget_released_at is None,
        ),
        now=now,
    )
    attendance.credited = booked.credited


def worth_of(attendance: Attendance, date: DateFacts) -> int:
    """What the minutes that count give, by the rule at the start of the work."""
    if attendance.way == "poster":
        return int(date.rule.points_for_poster(attendance.minutes))
    return int(date.rule.points_for(attendance.minutes))


def place_of(session: Session, occurrence_id: uuid.UUID, person_id: uuid.UUID) -> Place | None:
    state = session.scalar(
        select(Registration.state).where(
            Registration.occurrence_id == occurrence_id,
            Registration.person_id == person_id,
            Registration.state != "cancelled",
        )
    )
    return Place(state) if state else None
