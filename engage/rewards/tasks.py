"""What the worker does about rewards: end what was not collected, without anybody asking."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.rewards import pictures, returning
from engage.storage.periodic import Task
from engage.storage.unit_of_work import run_work


def expire(session: Session, now: datetime) -> int:
    """Give points and stock back; in small units, until nothing is due any more."""
    done = 0
    while ended := run_work(session, lambda s: returning.expire_due(s, now, limit=50)):
        done += len(ended)
    return done


def clear_pictures(session: Session, now: datetime) -> int:
    """Pictures that no reward shows any more take no room."""
    return run_work(session, lambda s: pictures.forget_unused(s, now=now))


TASKS: tuple[Task, ...] = (
    Task("rewards.expire", timedelta(seconds=10), expire),
    Task("rewards.pictures", timedelta(days=1), clear_pictures),
)
