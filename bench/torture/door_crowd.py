"""Who comes to which door with what, and the doors that serve them one by one."""

from __future__ import annotations

import json
import queue
import random
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from bench.torture.door_city import DoorCity, Visitor
from bench.torture.server import ROOT
from bench.torture.wire import Wire
from engage.core import codes

#: Shares of all who come.
DOUBLE, FORGED, ANNULLED, WALK_IN = 0.05, 0.02, 0.01, 0.01


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody steps up to a door, or an organiser takes the last scan of them back.

    person:  how the harness knows them; ``forged`` and ``walk-in`` have no account here.
    """

    at: float
    door: int
    person: str
    visitor: Visitor | None = None
    kind: str = "comes"  # comes, again, forged, walk_in, annul, comes_back


def plan_visits(city: DoorCity, times: list[float], dice: random.Random) -> list[Visit]:
    """Everything that happens at the doors, in order of time."""
    doors = len(city.tokens)
    visits = []
    for number, (visitor, at) in enumerate(zip(city.visitors, times, strict=True)):
        door, chance = dice.randrange(doors), dice.random()
        person = str(visitor.id)
        visits.append(Visit(at, door, person, visitor))
        if chance < DOUBLE:
            other = door if dice.random() < 0.5 else dice.randrange(doors)
            again = at + dice.choice([0, 0.5, 3])
            visits.append(Visit(again, other, person, visitor, "again"))
        elif chance < DOUBLE + ANNULLED and not visitor.is_revoked:
            visits.append(Visit(at + 1, door, person, visitor, "annul"))
            if dice.random() < 0.5:
                visits.append(Visit(at + 2, door, person, visitor, "comes_back"))
        elif chance < DOUBLE + ANNULLED + FORGED:
            victim = dice.choice(city.visitors)
            visits.append(Visit(at, dice.randrange(doors), f"forged-{number}", victim, "forged"))
        elif chance < DOUBLE + ANNULLED + FORGED + WALK_IN:
            visits.append(Visit(at, dice.randrange(doors), f"walk-in-{number}", None, "walk_in"))
    return sorted(visits, key=lambda one: one.at)


def forge(victim: Visitor, now: datetime, dice: random.Random) -> str:
    """What looks right: another's number with a made-up secret, nobody's, or an old photo."""
    made_up = codes.make_secret(secrets.token_bytes(16))
    chance = dice.random()
    if chance < 0.4:
        kind = codes.CodeType.CARD if victim.card else codes.CodeType.PASS
        return codes.Code(kind, victim.number, made_up).text
    if chance < 0.7 or victim.card:
        number = codes.make_number(secrets.token_bytes(5))
        return codes.Code(codes.CodeType.CARD, number, made_up).text
    return victim.code(now, steps=-200)


@dataclass
class Door:
    """A door: the device's process, its network, and the people who wait there."""

    #: The device, as a program that is told what to do line by line.
    program: ClassVar[str] = "bench.torture.door_device"

    number: int
    token: str
    folder: Path
    clock_error: float
    wire: Wire
    occurrence: str
    dice: random.Random
    kills: int = 0
    failures: list[str] = field(default_factory=list)
    #: The nonce of the last stored scan of a person at this door.
    last: dict[str, str] = field(default_factory=dict)
    waiting: queue.SimpleQueue[Visit | None] = field(default_factory=queue.SimpleQueue)
    _process: subprocess.Popen[str] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        place = [str(self.folder), str(self.wire.port), self.token, self.occurrence]
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.program, *place, str(self.clock_error)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def kill(self) -> None:
        """In the middle of whatever it does; whoever opens the door next starts it again."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._end()
                self.start()  # nobody has stepped up since it died: it is opened again all the same
            self._slay()
            self.kills += 1

    def prepare(self) -> None:
        """Whatever the device needs before the network may go; nothing here."""

    def hand_over(self) -> None:
        """Bring what the device has kept to ``scans.db``, where this one writes in any case."""

    def _slay(self) -> None:
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._process is None:
            return
        self._slay()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()
        self._process = None

    def serve(self) -> None:
        """One after the other, until the door closes. Who gets no answer steps up again."""
        try:
            while (visit := self.waiting.get()) is not None:
                while not self._serve(visit):
                    with self._lock:
                        self._end()
                        self.start()
        except Exception as reason:
            self.failures.append(f"door {self.number}: {type(reason).__name__}: {reason}")

    def is_ready(self) -> bool:
        """Whether somebody may step up; who waits for long shows a fresh code afterwards."""
        return True

    def _serve(self, visit: Visit) -> bool:
        if not self.is_ready():
            return False
        told = self._told(visit)
        if told is None:
            return True
        said = self.tell(told)
        if said is not None and visit.kind != "annul":
            self.last[visit.person] = said.get("nonce", "")
        return said is not None

    def _told(self, visit: Visit) -> dict[str, Any] | None:
        now = datetime.now(UTC)
        if visit.kind == "annul":
            return self._annulment(visit)
        told: dict[str, Any] = {"do": "scan", "person": visit.person}
        if visit.kind == "walk_in":
            return {**told, "walk_in": {"display_name": visit.person, "age_ok": True}}
        assert visit.visitor is not None
        if visit.kind == "forged":
            return {**told, "code": forge(visit.visitor, now, self.dice)}
        return {**told, "code": visit.visitor.code(now)}

    def _annulment(self, visit: Visit) -> dict[str, Any] | None:
        last = self.last.get(visit.person)
        return {"do": "annul", "person": visit.person, "of_nonce": last} if last else None

    def tell(self, told: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the device says; None when it has died over it."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        try:
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except (OSError, ValueError):
            return None
        said: dict[str, Any] | None = json.loads(line) if line.endswith("\n") else None
        return said

    def count_waiting(self) -> int:
        said = self.tell({"do": "status"})
        return -1 if said is None else int(said["waiting"])


def let_in(visits: list[Visit], doors: list[Door], speed: float = 1) -> None:
    """Send everybody to their door at their time."""
    began = time.monotonic()
    for visit in visits:
        time.sleep(max(0, visit.at / speed - (time.monotonic() - began)))
        doors[visit.door].waiting.put(visit)
