"""The yearly points budget of an organisation: one counter, conditional updates (ACT-8)."""

from __future__ import annotations

import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.core.errors import BudgetShort
from engage.organisations.models import Budget


def get_free_points(session: Session, organisation_id: uuid.UUID, year: int) -> int:
    """Points of the year that nothing has been set aside from; 0 without a budget."""
    row = session.execute(
        select(Budget.granted, Budget.reserved).where(
            Budget.organisation_id == organisation_id, Budget.year == year
        )
    ).one_or_none()
    return row.granted - row.reserved if row else 0


def grant(session: Session, organisation_id: uuid.UUID, year: int, points: int) -> Budget:
    """Set the year's budget. It never falls below what is already set aside.

    points: whole points, 0 or more. Raises BudgetShort.
    """
    budget = session.scalars(
        select(Budget).where(Budget.organisation_id == organisation_id, Budget.year == year)
    ).one_or_none()
    if budget is None:
        budget = Budget(organisation_id=organisation_id, year=year, granted=points)
        session.add(budget)
        return budget
    changed = session.execute(
        update(Budget)
        .where(Budget.id == budget.id, Budget.reserved <= points)
        .values(granted=points)
        .returning(Budget.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise BudgetShort(missing_points=budget.reserved - points)
    session.refresh(budget)
    return budget


def reserve(session: Session, organisation_id: uuid.UUID, year: int, points: int) -> None:
    """Set points aside for what is being published. Raises BudgetShort with what is missing."""
    if not draw(session, organisation_id, year, points):
        free = get_free_points(session, organisation_id, year)
        raise BudgetShort(missing_points=points - free)


def draw(session: Session, organisation_id: uuid.UUID, year: int, points: int) -> bool:
    """Take points from the free rest, if it is enough; False leaves the counter as it was."""
    if points <= 0:
        return True
    taken = session.execute(
        update(Budget)
        .where(
            Budget.organisation_id == organisation_id,
            Budget.year == year,
            Budget.granted - Budget.reserved >= points,
        )
        .values(reserved=Budget.reserved + points)
        .returning(Budget.id)
        .execution_options(synchronize_session=False)
    ).first()
    return taken is not None


def release(session: Session, organisation_id: uuid.UUID, year: int, points: int) -> None:
    """Return points that were set aside and not needed; never below 0."""
    if points <= 0:
        return
    session.execute(
        update(Budget)
        .where(
            Budget.organisation_id == organisation_id,
            Budget.year == year,
            Budget.reserved >= points,
        )
        .values(reserved=Budget.reserved - points)
        .execution_options(synchronize_session=False)
    )
