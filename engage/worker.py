"""``flask worker``: sends mail and does what the city does by itself, e.g. ending reservations.

A feature writes its duties in its ``tasks.py``; they are listed here and nowhere else.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

import click
import structlog
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from engage.activities import tasks as activities
from engage.attendance import tasks as attendance
from engage.mail.message import make_message
from engage.mail.sending import send_waiting
from engage.policies import tasks as policies
from engage.privacy import tasks as privacy
from engage.reports import tasks as reports
from engage.rewards import tasks as rewards
from engage.settlement import tasks as settlement
from engage.storage.periodic import Task

log = structlog.get_logger()

#: Everything the city does by itself, in the order of one round; then the mail goes out.
TASKS: tuple[Task, ...] = (
    *rewards.TASKS,
    *attendance.TASKS,
    *activities.TASKS,
    *policies.TASKS,
    *privacy.TASKS,
    *reports.TASKS,
    *settlement.TASKS,
)

#: Seconds between two looks at what is due.
ROUND_SECONDS = 2

Clock = Callable[[tzinfo], datetime]


class Rota:
    """Knows which task is due; a failing one harms no other."""

    def __init__(self, tasks: Iterable[Task], sessions: Callable[[], Session]) -> None:
        self._tasks = list(tasks)
        self._sessions = sessions
        self._done_at: dict[str, datetime] = {}

    def run_due(self, now: datetime) -> dict[str, int | None]:
        """Do what is due: how many each did, None for one that failed."""
        done: dict[str, int | None] = {}
        for task in self._tasks:
            last = self._done_at.get(task.name)
            if last is None or now >= last + task.every:
                self._done_at[task.name] = now
                done[task.name] = self._run(task, now)
        return done

    def _run(self, task: Task, now: datetime) -> int | None:
        try:
            with self._sessions() as session:
                count = task.do(session, now)
        except Exception:
            log.exception("task failed", task=task.name)
            return None
        if count:
            log.info("task done", task=task.name, count=count)
        return count


@click.command("worker")
@click.option("--once", is_flag=True, help="One round, for cron; else until it is stopped.")
@with_appcontext
def worker(*, once: bool) -> None:
    """Send mail, end reservations, remind, promote, forget: whatever is due."""
    clock: Clock = current_app.extensions["clock"]
    mail_url = current_app.extensions["settings"].mail_url
    sending = partial(send_waiting, mail_url=mail_url, write=make_message)
    mail = Task("mail.send", timedelta(0), sending)
    rota = Rota((*TASKS, mail), current_app.extensions["sessions"])
    if once:
        done = rota.run_due(clock(UTC))
        for name, count in done.items():
            click.echo(f"{name}: {'failed' if count is None else count}")
        raise SystemExit(1 if None in done.values() else 0)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.is_set():
        rota.run_due(clock(UTC))
        stopped.wait(ROUND_SECONDS)
