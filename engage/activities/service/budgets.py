"""What a date costs the organisation's points budget. Rules ACT-8 to ACT-10."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities import queries
from engage.activities.models import Activity, Occurrence
from engage.core.activities import RELEASE_AFTER, points_to_set_aside
from engage.core.periods import day_of
from engage.core.points import minutes_between
from engage.organisations import budget
from engage.storage.engine import zone_of


def cost_of(by_rule: queries.Worths, activity: Activity, occurrence: Occurrence) -> int:
    """Places × most points of the rule. Raises ExpectedNumberNeeded."""
    rule = by_rule.rule(activity.points_rule, activity.kind, occurrence.starts_at)
    return points_to_set_aside(
        rule,
        minutes_between(occurrence.starts_at, occurrence.ends_at),
        occurrence.capacity,
        occurrence.expected,
        has_check_out=activity.uses_check_out,
    )


def estimate(session: Session, activity: Activity, occurrences: Iterable[Occurrence]) -> int:
    """What publishing would still set aside; dates without a number of people count as 0."""
    total, by_rule = 0, queries.worths(session)
    for one in occurrences:
        if one.capacity is not None or one.expected is not None:
            total += cost_of(by_rule, activity, one) - one.budget_points
    return max(0, total)


def set_aside(session: Session, activity: Activity, occurrences: Iterable[Occurrence]) -> int:
    """Reserve what these dates can cost, one movement of the counter for each year.

    Returns the points. Raises BudgetShort with how many are missing, ExpectedNumberNeeded.
    """
    needed: Counter[int] = Counter()
    by_rule = queries.worths(session)
    for occurrence in occurrences:
        cost = cost_of(by_rule, activity, occurrence)
        needed[year_of(session, occurrence)] += cost - occurrence.budget_points
        occurrence.budget_points, occurrence.budget_released_at = cost, None
    for year, points in sorted(needed.items()):
        if points > 0:
            budget.reserve(session, activity.organisation_id, year, points)
        else:
            budget.release(session, activity.organisation_id, year, -points)
    return needed.total()


def give_back(session: Session, occurrence: Occurrence, *, now: datetime) -> None:
    """Return all that a date had set aside: it was cancelled or taken back."""
    if occurrence.budget_released_at is not None:
        return
    year = year_of(session, occurrence)
    budget.release(session, occurrence.organisation_id, year, occurrence.budget_points)
    occurrence.budget_points = 0
    occurrence.budget_released_at = now


def list_unreleased(session: Session, now: datetime, *, limit: int = 200) -> list[uuid.UUID]:
    """Dates over for 72 hours whose rest has not returned yet."""
    return list(
        session.scalars(
            select(Occurrence.id)
            .where(
                Occurrence.budget_points > 0,
                Occurrence.budget_released_at.is_(None),
                Occurrence.ends_at <= now - RELEASE_AFTER,
            )
            .order_by(Occurrence.ends_at)
            .limit(limit)
        )
    )


def release_unused(session: Session, occurrence_id: uuid.UUID, *, now: datetime) -> int:
    """Return what a date did not use, once, 72 hours after its end (ACT-10)."""
    occurrence = session.get(Occurrence, occurrence_id, with_for_update=True)
    if occurrence is None or occurrence.budget_released_at is not None:
        return 0
    used = queries.sum_attended_points(session, occurrence_id)
    rest = max(0, occurrence.budget_points - used)
    occurrence.budget_points -= rest
    occurrence.budget_released_at = now
    budget.release(session, occurrence.organisation_id, year_of(session, occurrence), rest)
    return rest


def year_of(session: Session, occurrence: Occurrence) -> int:
    """The year of the work in the city's time."""
    return day_of(occurrence.starts_at, zone_of(session)).year
