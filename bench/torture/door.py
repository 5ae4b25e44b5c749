"""``torture-door``: eight scanners, two thousand people, everything fails, nobody is lost."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.torture import door_books
from bench.torture.door_books import Kept
from bench.torture.door_city import DoorCity, arrivals, build
from bench.torture.door_crowd import Door, Visit, let_in, plan_visits
from bench.torture.door_window import BrowserDoor
from bench.torture.server import Server
from bench.torture.wire import Mode, Wire
from config import Settings
from engage import create_app

#: Clocks are wrong by up to this many seconds.
CLOCK_ERROR = 600.0
#: When the network is back for good, every queue must be empty within this time.
EMPTY_WITHIN = 180.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard it gets.

    flap:         most seconds in a row with and without a network.
    device_kills: of each device.
    browsers:     each device is a Chromium with the scanner's page, not a process of ours.
    """

    people: int = 2000
    devices: int = 8
    seconds: float = 240
    kills: int = 10
    device_kills: int = 4
    flap: tuple[float, float] = (12, 8)
    workers: int = 2
    seed: int = 1
    sample: Path | None = None
    browsers: bool = False


@dataclass
class Report:
    """Figures of one run; ``broken`` is empty if everything held."""

    name: str
    plan: Plan
    kills: int = 0
    away: float = 0
    took: float = 0
    emptied: float = 0
    flaps: int = 0
    device_kills: int = 0
    kept: list[Kept] = field(default_factory=list)
    off_by: list[float] = field(default_factory=list)
    attendances: int = 0
    annulled: int = 0
    reviews: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @property
    def answers(self) -> Counter[str]:
        return Counter(f"{one.verb}: {one.code}" for one in self.kept)

    @property
    def _devices(self) -> str:
        return "browsers" if self.plan.browsers else "devices"

    @property
    def stored(self) -> int:
        """Shown as stored here, not yet confirmed."""
        return sum(one.shown in ("", "stored") for one in self.kept)

    @property
    def replays(self) -> int:
        return sum(one.replayed for one in self.kept)

    def __str__(self) -> str:
        codes = ", ".join(f"{code} {count}" for code, count in sorted(self.answers.items()))
        reviews = ", ".join(f"{one} {count}" for one, count in sorted(self.reviews.items()))
        cuts = statistics.quantiles(self.off_by, n=100) if len(self.off_by) > 1 else [0.0] * 99
        held = "held" if not self.broken else f"BROKEN ({len(self.broken)})"
        return "\n".join(
            [
                f"{self.name}: {self.plan.people} people, {self.plan.devices} {self._devices}, "
                f"{self.took:.0f} s; server killed {self.kills} times (away {self.away:.0f} s), "
                f"devices killed {self.device_kills} times, network cut {self.flaps} times",
                f"  scans       {len(self.kept)}, stored without an answer {self.stored}, "
                f"answered by a replay {self.replays}, queues empty after {self.emptied:.0f} s",
                f"  answers     {codes}",
                f"  attendances {self.attendances} live, {self.annulled} annulled; "
                f"reviews: {reviews or 'none'}",
                f"  times       off by {cuts[49]:.2f} s (p50), {cuts[98]:.2f} s (p99), "
                f"{max(self.off_by, default=0):.2f} s at most; clocks up to "
                f"{CLOCK_ERROR / 60:.0f} min wrong",
                f"  invariants  {held}",
                *(f"    - {one}" for one in self.broken[:20]),
            ]
        )


def torture(name: str, environment: dict[str, str], folder: Path, plan: Plan) -> Report:
    """Let everybody in through bad doors, on the migrated, empty database of the environment."""
    settings = Settings.from_env(environment)
    dice = random.Random(plan.seed)
    city = build(settings, plan.people, plan.devices)
    visits = plan_visits(city, arrivals(plan.people, plan.seconds, plan.sample), dice)
    report = Report(name, plan)
    with Server(environment, folder / f"{name}-server.log", plan.workers) as server:
        began = time.monotonic()
        doors = _open_doors(city, server, folder / name, plan, dice)
        _rush(server, doors, visits, plan, dice)
        report.took = time.monotonic() - began
        report.broken += _empty(doors, report)
        report.kills, report.away = server.kills, server.away
        verified = server.flask("ledger", "verify")
    if verified.returncode:
        report.broken.append(f"ledger verify: {verified.stdout[-500:]}{verified.stderr[-500:]}")
    _compare(settings, city, visits, report)
    return report


def _open_doors(
    city: DoorCity, server: Server, folder: Path, plan: Plan, dice: random.Random
) -> list[Door]:
    folder.mkdir(parents=True, exist_ok=True)
    kind = BrowserDoor if plan.browsers else Door
    doors = []
    for number, token in enumerate(city.tokens):
        error = round(dice.uniform(-CLOCK_ERROR, CLOCK_ERROR), 1)
        place = folder / f"device-{number}"
        wire = Wire(server.port)
        its_dice = random.Random(dice.random())
        door = kind(number, token, place, error, wire, str(city.occurrence_id), its_dice)
        door.start()
        doors.append(door)
    for door in doors:
        door.prepare()
    return doors


def _rush(
    server: Server, doors: list[Door], visits: list[Visit], plan: Plan, dice: random.Random
) -> None:
    """Everybody comes; meanwhile networks flap, devices die and the server dies."""
    over = threading.Event()
    serving = [threading.Thread(target=door.serve) for door in doors]
    chaos = [threading.Thread(target=one) for one in _chaos(server, doors, plan, dice, over)]
    for thread in [*serving, *chaos]:
        thread.start()
    let_in(visits, doors)
    for door in doors:
        door.waiting.put(None)
    for thread in serving:
        thread.join()
    over.set()
    for thread in chaos:
        thread.join()
    for door in doors:
        door.wire.set(Mode.UP)


def _chaos(
    server: Server, doors: list[Door], plan: Plan, dice: random.Random, over: threading.Event
) -> list[Callable[[], None]]:
    up, down = plan.flap

    def flap(door: Door, own: random.Random) -> None:
        door.wire.flap(own, over, up, down)

    def kill_devices(own: random.Random) -> None:
        kills = [one for one in doors for _ in range(plan.device_kills)]
        own.shuffle(kills)
        for door in kills:
            over.wait(plan.seconds / (len(kills) + 1))  # those who have gone home are killed too
            door.kill()

    def kill_server(own: random.Random) -> None:
        share = plan.seconds / max(1, plan.kills)
        began = time.monotonic()
        for number in range(plan.kills):
            at = began + share * (number + own.uniform(0.2, 0.6))
            time.sleep(max(0, at - time.monotonic()))
            server.kill()

    def with_dice(do: Callable[..., None], *first: object) -> Callable[[], None]:
        own = random.Random(dice.random())
        return lambda: do(*first, own)

    flapping = [with_dice(flap, door) for door in doors]
    return [*flapping, with_dice(kill_devices), with_dice(kill_server)]


def _empty(doors: list[Door], report: Report) -> list[str]:
    """The network is back: every queue must run empty by itself. Then read the disks."""
    began = time.monotonic()
    while time.monotonic() < began + EMPTY_WITHIN:
        for door in doors:
            if door.count_waiting() < 0:  # killed after its last visitor
                door.stop()
                door.start()
        if all(door.count_waiting() == 0 for door in doors):
            break
        time.sleep(0.2)
    report.emptied = time.monotonic() - began
    report.flaps = sum(door.wire.flaps for door in doors)
    report.device_kills = sum(door.kills for door in doors)
    for door in doors:
        door.hand_over()
        door.stop()
        door.wire.close()
        report.kept += door_books.read_device(door.folder)
    return [one for door in doors for one in door.failures]


def _compare(settings: Settings, city: DoorCity, visits: list[Visit], report: Report) -> None:
    app = create_app(settings)
    with app.extensions["sessions"]() as session:
        books = door_books.read(session, city.occurrence_id)
    app.extensions["engine"].dispose()
    found = door_books.compare(visits, report.kept, books)
    report.off_by, report.reviews = found.off_by, books.reviews
    report.annulled = sum(one.annulled_at is not None for one in books.attendances.values())
    report.attendances = len(books.attendances) - report.annulled
    report.broken += found.broken
