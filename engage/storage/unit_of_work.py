"""The only place in the project that commits."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from engage.storage.engine import writer_lock

T = TypeVar("T")

#: How often a unit of work is run when the database could not serve it at the first go.
ATTEMPTS = 5

#: PostgreSQL: serialization_failure, deadlock_detected, lock_not_available; and unique_violation,
#: for two who add the same at once: the second look finds what the other has added. (On SQLite one
#: unit of work comes after the other, so there the first look finds it.)
_PASSING = {"40001", "40P01", "55P03", "23505"}


class TryAgain(Exception):
    """What was decided on has changed meanwhile; the whole unit must be run again."""


def run_work(session: Session, do: Callable[[Session], T]) -> T:
    """All of ``do`` is kept, or none of it; run again whole when the database asks for it.

    do:  works with the session, never commits, and can be run more than once.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with unit_of_work(session):
                return do(session)
        except (DBAPIError, psycopg.Error, TryAgain) as reason:
            if attempt == ATTEMPTS or not _passes(reason):
                raise
            time.sleep(attempt * (5 + secrets.randbelow(20)) / 1000)
    raise AssertionError("unreachable")


def _passes(reason: Exception) -> bool:
    if isinstance(reason, TryAgain):
        return True
    told = getattr(reason, "orig", reason)  # the driver's own error, wrapped or not
    state = getattr(told, "sqlstate", None)
    busy = isinstance(reason, OperationalError) and "locked" in str(reason.orig)
    return state in _PASSING or busy


@contextmanager
def unit_of_work(session: Session) -> Iterator[Session]:
    """All of the block is kept, or none of it.

    Starts from the newest data, commits when the block ends, rolls back
    when it raises. A unit of work inside another is a programming error,
    so that no service can commit behind its caller's back.
    """
    if session.info.get("working"):
        raise RuntimeError("one unit of work at a time")
    session.info["working"] = True
    promises: list[Callable[[], None]] = session.info.setdefault("promises", [])
    try:
        session.rollback()  # leave the snapshot of earlier reads behind
        session.expire_all()
        with writer_lock(session.get_bind()):
            try:
                session.connection(execution_options={"writes": True})
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
    except BaseException:
        promises.clear()
        raise
    finally:
        session.info["working"] = False
    while promises:
        promises.pop(0)()


def after_commit(session: Session, promise: Callable[[], None]) -> None:
    """Do this only once the data is safe: mail, webhooks, file removal."""
    session.info.setdefault("promises", []).append(promise)
