"""Work that nobody asks for: what a feature does by itself, again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.storage.unit_of_work import run_work

#: Opens its own units of work (``run_work``), best one per item, and returns how many it did.
Duty = Callable[[Session, datetime], int]


@dataclass(frozen=True, slots=True)
class Task:
    """Something the worker does. Two workers, or a second run, must do no harm.

    name:  as the operator sees it, e.g. ``rewards.expire``.
    every: how long after one run the next begins.
    """

    name: str
    every: timedelta
    do: Duty


def until_done(step: Duty) -> Duty:
    """A duty that works through a pile in portions, each a unit of work of its own.

    step: works inside a unit of work and returns how many it did, 0 when nothing is left.
    """

    def do(session: Session, now: datetime) -> int:
        done = 0
        while portion := run_work(session, lambda s: step(s, now)):
            done += portion
        return done

    return do
