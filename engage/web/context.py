"""What a route may take from the application: a session, a unit of work, a clock, settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar, cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from config import Settings
from engage.storage.unit_of_work import run_work

T = TypeVar("T")


def db() -> Session:
    """The session of this request: opened on first use, closed at its end."""
    if "db" not in g:
        g.db = current_app.extensions["sessions"]()
    return cast(Session, g.db)


def work(do: Callable[[Session], T]) -> T:
    """The unit of work of this request: all of ``do`` is kept, or none. A GET has none.

    do:  is run again whole after a deadlock or a busy database, so it must not keep state.
    """
    if request.method in {"GET", "HEAD"} or "worked" in g:
        raise RuntimeError("one unit of work per request, and none in a GET")
    g.worked = True
    return run_work(db(), do)


def work_each(do: Callable[[Session], T]) -> T:
    """One unit of work of a batch (several people in one go, an upload): one per item."""
    if request.method in {"GET", "HEAD"}:
        raise RuntimeError("no unit of work in a GET")
    return run_work(db(), do)


def note(do: Callable[[Session], object]) -> None:
    """Write down that somebody's data was read, or that a device was in touch.

    do:  adds rows to the log of reads, or notes a device's contact, and changes nothing else.
    """
    run_work(db(), do)


def now() -> datetime:
    """The current instant, in UTC."""
    return cast(datetime, current_app.extensions["clock"](UTC))


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def close_db(_error: BaseException | None) -> None:
    if (session := g.pop("db", None)) is not None:
        session.close()


def init_app(app: Flask) -> None:
    app.teardown_appcontext(close_db)
