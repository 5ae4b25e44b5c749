"""What happens by itself: office and partner hear that a budget runs out (SET-6)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.core.outlook import BudgetState
from engage.core.periods import day_of
from engage.mail import service as mail
from engage.partners.models import PartnerMember
from engage.settlement.models import BudgetWarning
from engage.settlement.watching import PartnerBudget, list_budgets
from engage.storage.base import new_id
from engage.storage.engine import zone_of
from engage.storage.periodic import Task
from engage.storage.unit_of_work import run_work


def warn_of_budgets(session: Session, now: datetime) -> int:
    """One unit of work for each partner; a second worker, or a second run, tells nothing twice."""
    tz = zone_of(session)
    near = [
        one.partner_id
        for one in list_budgets(session, now, tz)
        if one.state in (BudgetState.NEAR, BudgetState.USED)
    ]
    return sum(run_work(session, partial(_warn, partner_id=one, now=now)) for one in near)


def _warn(session: Session, *, partner_id: uuid.UUID, now: datetime) -> int:
    """1 if it was told now. A budget that was raised since is another budget."""
    tz = zone_of(session)
    found = list_budgets(session, now, tz, partner_id)
    if not found or found[0].state not in (BudgetState.NEAR, BudgetState.USED):
        return 0
    one = found[0]
    year = day_of(now, tz).year
    told = select(BudgetWarning.id).where(
        BudgetWarning.partner_id == partner_id,
        BudgetWarning.year == year,
        BudgetWarning.budget_points == one.budget,
    )
    if session.scalar(told) is not None:
        return 0
    session.add(
        BudgetWarning(
            id=new_id(), partner_id=partner_id, year=year, budget_points=one.budget, told_at=now
        )
    )
    session.flush()  # a second worker fails here, before anything is told
    _tell(session, one, now)
    return 1


def _tell(session: Session, one: PartnerBudget, now: datetime) -> None:
    facts = {"partner": one.name, "slug": one.slug, "taken": one.taken, "budget": one.budget}
    managers = select(PartnerMember.person_id).where(
        PartnerMember.partner_id == one.partner_id,
        PartnerMember.role == "manager",
        PartnerMember.removed_at.is_(None),
    )
    staff = select(Person.id).where(Person.office_role.is_not(None), Person.erased_at.is_(None))
    for people, is_office in ((managers, False), (staff, True)):
        for person_id in session.scalars(people).all():
            told = facts | {"is_office": is_office}
            mail.send(session, to=person_id, template="partner_budget", facts=told, now=now)


TASKS: tuple[Task, ...] = (Task("settlement.budgets", timedelta(hours=1), warn_of_budgets),)
