"""Many hands at once: each is a real process with a database connection of its own.

Processes come from a server that has loaded the application once, so twenty cost little.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from types import TracebackType
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from engage.core.errors import DomainError, Outcome

#: What one hand does in its unit of work: a partial of a service, so that it can be sent.
Order = Callable[[Session], object]

#: What every hand needs, loaded once.
PRELOAD = ["tests.hands", "engage.tables", "engage.rewards.service", "engage.attendance.checkin"]
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(PRELOAD)
#: Seconds until a hand that does not come is missed.
PATIENCE = 120


def _live(url: str, orders: Connection, start: Barrier) -> None:
    """Wait for an order, then for all others, then do it."""
    from config import Settings
    from engage import tables  # noqa: F401  # every table, as in the application
    from engage.storage.engine import make_engine, make_sessions
    from engage.storage.keys import Keyring
    from engage.storage.unit_of_work import run_work

    settings = Settings.for_tests(url)
    engine = make_engine(url, pool_size=1)
    sessions = make_sessions(engine, Keyring(settings.code_keys))
    while (order := orders.recv()) is not None:
        with sessions() as session:
            session.connection()  # connected before the start
            session.rollback()
            start.wait(PATIENCE)
            try:
                done = run_work(session, order)
            except DomainError as refusal:
                done = Outcome.of(refusal)
            except Exception as reason:
                done = f"{type(reason).__name__}: {reason}"
        orders.send(done)
    engine.dispose()
    orders.close()


class Hands:
    """``count`` processes that are released at the same moment, again and again."""

    def __init__(self, sessions: sessionmaker[Session], count: int) -> None:
        url = sessions.kw["bind"].url.render_as_string(hide_password=False)
        self._start = _processes.Barrier(count)  # kept: hands that start late look it up
        pairs = [_processes.Pipe() for _ in range(count)]
        self._links = [mine for mine, _ in pairs]
        self._processes = [
            _processes.Process(target=_live, args=(url, theirs, self._start)) for _, theirs in pairs
        ]
        for process in self._processes:
            process.start()
        for _, theirs in pairs:
            theirs.close()

    def __enter__(self) -> Hands:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for link in self._links:
            link.send(None)
        for process in self._processes:
            process.join(PATIENCE)
            process.close()
        for link in self._links:
            link.close()

    def at_once(self, orders: Sequence[Order]) -> list[Any]:
        """One order for each hand; their results in the same order."""
        for link, order in zip(self._links, orders, strict=True):
            link.send(order)
        return [link.recv() for link in self._links]


def at_once(sessions: sessionmaker[Session], orders: Sequence[Order]) -> list[Any]:
    """Each order in a process of its own, all released at the same moment, once."""
    with Hands(sessions, len(orders)) as hands:
        return hands.at_once(orders)


def codes(answers: Sequence[object]) -> Counter[str]:
    """How often each code was answered; what is no answer in its own words."""
    return Counter(one.code if isinstance(one, Outcome) else repr(one) for one in answers)
