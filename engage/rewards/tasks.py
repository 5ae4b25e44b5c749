"""What the worker does about rewards: end what was not collected, without anybody asking."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from engage.rewards import favourites, letters, pictures, returning
from engage.storage.periodic import Task
from engage.storage.unit_of_work import run_work


def expire(session: Session, now: datetime) -> int:
    """Give points and stock back; in small units, until nothing is due any more."""
    done = 0
    while ended := run_work(session, lambda s: _expire_some(s, now)):
        done += len(ended)
    return done


def clear_pictures(session: Session, now: datetime) -> int:
    """Pictures that no reward shows any more take no room."""
    return run_work(session, lambda s: pictures.forget_unused(s, now=now))


def _expire_some(session: Session, now: datetime) -> list[returning.Returned]:
    ended = returning.expire_due(session, now, limit=50)
    letters.tell_expired(session, ended, now)
    return ended


def remind(session: Session, now: datetime) -> int:
    """Tell of reservations that end within a day; one unit for each."""
    done = 0
    while ids := letters.list_ending(session, now):
        session.rollback()  # the look is over before the writing begins
        for one in ids:
            done += run_work(session, partial(letters.remind, redemption_id=one, now=now))
    return done


def tell_favourites(session: Session, now: datetime) -> int:
    """Tell people who asked for it that a favourite can be had; one unit for each person."""
    people = favourites.list_waiting(session)
    session.rollback()
    looks = (partial(favourites.look, person_id=who, now=now) for who in people)
    return sum(run_work(session, look) for look in looks)


TASKS: tuple[Task, ...] = (
    Task("rewards.expire", timedelta(seconds=10), expire),
    Task("rewards.pictures", timedelta(days=1), clear_pictures),
    Task("rewards.remind", timedelta(minutes=15), remind),
    Task("rewards.favourites", timedelta(hours=1), tell_favourites),
)
