"""``torture-till``: tills and citizens at random, a server that is killed, and the books after."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.torture import till_books
from bench.torture.calls import Tally
from bench.torture.diary import Diary, Voucher
from bench.torture.server import Server
from bench.torture.till_city import City, build
from bench.torture.till_people import Counter as Desk
from bench.torture.till_people import Person, Scene, Till
from config import Settings
from engage import create_app

#: After the last request the worker has this long to end what ran out (every 10 s).
SETTLES_WITHIN = 40.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard it gets. A quarter of ``clients`` are tills."""

    clients: int = 200
    seconds: float = 60
    kills: int = 5
    workers: int = 2
    seed: int = 1

    @property
    def tills(self) -> int:
        return max(4, self.clients // 5)

    @property
    def people(self) -> int:
        return self.clients - self.tills


@dataclass
class Report:
    """Figures of one run; ``broken`` is empty if everything held."""

    name: str
    plan: Plan
    tally: Tally
    kills: int = 0
    away: float = 0
    took: float = 0
    states: Counter[str] = field(default_factory=Counter)
    own_codes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        times = [one * 1000 for one in self.tally.times]
        cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
        codes = ", ".join(f"{code} {count}" for code, count in sorted(self.tally.codes.items()))
        states = ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))
        own_codes = ", ".join(f"{count} {state}" for state, count in self.own_codes.items())
        rate = len(times) / max(0.1, self.took - self.away)
        held = "held" if not self.broken else f"BROKEN ({len(self.broken)})"
        return "\n".join(
            [
                f"{self.name}: {self.plan.people} citizens, {self.plan.tills} tills, "
                f"{self.took:.0f} s, killed {self.kills} times (away {self.away:.0f} s)",
                f"  requests    {self.tally.requests}, {rate:.0f} answers/s while up, "
                f"{self.tally.unanswered} unanswered and asked again, "
                f"{self.tally.replays} replays, p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms",
                f"  answers     {codes}",
                f"  vouchers    {states}",
                f"  own codes   {own_codes}",
                f"  invariants  {held}",
                *(f"    - {one}" for one in self.broken[:20]),
            ]
        )


def torture(name: str, environment: dict[str, str], folder: Path, plan: Plan) -> Report:
    """Run one storm on the migrated, empty database of the environment."""
    settings = Settings.from_env(environment)
    city = build(settings, plan.people, plan.tills, plan.seconds)
    diary = Diary(folder / f"{name}-answers.jsonl")
    diary.begin(city.held)
    report = Report(name, plan, Tally())
    log = folder / f"{name}-server.log"
    with Server(environment, log, plan.workers) as server:
        began = time.monotonic()
        report.broken += _storm(server, city, diary, report.tally, plan)
        report.took = time.monotonic() - began
        report.kills, report.away = server.kills, server.away
        settled = _settle(settings)
        verified = server.flask("ledger", "verify")
    if verified.returncode:
        report.broken.append(f"ledger verify: {verified.stdout[-500:]}{verified.stderr[-500:]}")
    _compare(settings, city, diary, report, settled)
    report.broken += report.tally.errors
    return report


def _storm(server: Server, city: City, diary: Diary, tally: Tally, plan: Plan) -> list[str]:
    with ThreadPoolExecutor(plan.clients) as pool:
        desk = Desk(list(city.tills))
        scene = Scene(city, diary, tally, desk, server.port, threading.Event(), pool)
        for one in city.held:
            voucher = Voucher(one.id, one.person_id, one.reward_id, one.cost, one.expires_at)
            desk.bring(city.main, voucher, one.code)
        threads = [threading.Thread(target=live) for live in _lives(scene, plan)]
        for thread in threads:
            thread.start()
        _kill_at_random(server, plan)
        scene.ended.set()
        for thread in threads:
            thread.join()
    return scene.failures


def _lives(scene: Scene, plan: Plan) -> list[Callable[[], None]]:
    tills = [(partner, token) for partner, tokens in scene.city.tills.items() for token in tokens]
    people = [Person(scene, who, plan.seed * 1000 + n) for n, who in enumerate(scene.city.citizens)]
    return [
        *(one.live for one in people),
        *(Till(scene, *one, plan.seed * 2000 + n).live for n, one in enumerate(tills)),
    ]


def _kill_at_random(server: Server, plan: Plan) -> None:
    """Let time pass; once in each share of it the server dies. Only served time counts."""
    dice = random.Random(plan.seed)
    share = plan.seconds / max(1, plan.kills)
    for _ in range(plan.kills):
        first = dice.uniform(0.3, 0.7) * share
        time.sleep(first)
        server.kill()
        time.sleep(share - first)
    if not plan.kills:
        time.sleep(plan.seconds)


def _settle(settings: Settings) -> datetime:
    """Wait until the worker has ended what ran out by now, as it does without anybody asking.

    Returns the instant that it was waited for.
    """
    app = create_app(settings)
    now, end = datetime.now(UTC), time.monotonic() + SETTLES_WITHIN
    with app.extensions["sessions"]() as session:
        while till_books.list_overdue(session, now) and time.monotonic() < end:
            session.rollback()
            time.sleep(0.5)
    app.extensions["engine"].dispose()
    return now


def _compare(
    settings: Settings, city: City, diary: Diary, report: Report, settled: datetime
) -> None:
    app = create_app(settings)
    with app.extensions["sessions"]() as session:
        books = till_books.read(session, city, datetime.now(UTC), settled)
    app.extensions["engine"].dispose()
    report.states = Counter(row.state for row in books.states.values())
    report.own_codes = Counter(one.state for one in books.codes)
    report.broken += till_books.compare(city, diary, books)
