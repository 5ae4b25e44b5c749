"""What happens by itself: closed months are frozen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from engage.reports import service
from engage.storage.periodic import Task
from engage.storage.unit_of_work import run_work


def freeze_closed_months(session: Session, now: datetime) -> int:
    """One unit of work for each month; a second worker finds them frozen."""
    months = service.list_unfrozen(session, now)
    for month in months:
        run_work(session, partial(_freeze, month=month, now=now))
    return len(months)


def _freeze(session: Session, *, month: date, now: datetime) -> int:
    return service.freeze_month(session, month, now)


TASKS = (Task("freeze_months", timedelta(hours=1), freeze_closed_months),)
