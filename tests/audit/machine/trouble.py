"""A database that fails at a chosen statement, and a look at all it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

import engage.tables  # noqa: F401  # all tables are known
from engage.core.errors import DomainError, Outcome
from engage.storage.base import Model
from engage.storage.unit_of_work import TryAgain, run_work

T = TypeVar("T")


class Broken(Exception):
    """The server dies here, as far as its unit of work can tell."""


class Trouble:
    """Raises at the nth statement from now, once."""

    def __init__(self, engine: Engine) -> None:
        self._left = 0
        self._what: type[Exception] = Broken
        self.written = False
        event.listen(engine, "before_cursor_execute", self._count)

    @contextmanager
    def after(self, statements: int, what: type[Exception]) -> Iterator[None]:
        self._left, self._what = statements, what
        try:
            yield
        finally:
            self._left = 0

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self.written = self.written or statement.startswith(("INSERT", "UPDATE", "DELETE"))
        if self._left:
            self._left -= 1
            if not self._left:
                raise self._what()


def contents(sessions: sessionmaker[Session]) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with sessions() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Model.metadata.sorted_tables
        }


class Units:
    """Runs units of work, some of which break on the way."""

    def __init__(self, engine: Engine, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        self._trouble = Trouble(engine)

    def has_written(self) -> bool:
        """Whether anything was written since the last time somebody asked."""
        written, self._trouble.written = self._trouble.written, False
        return written

    def run(self, act: Callable[[Session], T], trouble: int = 0) -> T | Outcome:
        """What an act gives, or the refusal it raises.

        trouble: 0 for none; n: the server dies at the nth statement, nothing of the unit may be
                 there, and it is tried again; -n: the database asks for another go there.
        """
        if trouble < 0:
            with self._trouble.after(-trouble, TryAgain):
                return self._run(act)
        if trouble > 0:
            before = contents(self.sessions)
            try:
                with self._trouble.after(trouble, Broken):
                    return self._run(act)
            except Broken:
                assert contents(self.sessions) == before
        return self._run(act)

    def _run(self, act: Callable[[Session], T]) -> T | Outcome:
        with self.sessions() as session:
            try:
                return run_work(session, act)
            except DomainError as refusal:
                return Outcome.of(refusal)

    def job(self, duty: Callable[[Session], Any], trouble: int = 0) -> None:
        """Something the worker does; it may die on the way and runs again later."""
        try:
            with self._trouble.after(abs(trouble), Broken), self.sessions() as session:
                duty(session)
        except Broken:
            with self.sessions() as session:
                duty(session)
