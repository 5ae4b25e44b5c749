"""One scanner as a process of its own: a durable queue, a wrong clock, a bad network.

It does what the scanner in the browser does, over the same API: a scan is on the disk under its
nonce before it is sent; with a queue that is not empty it is stored behind it; what has no final
answer is uploaded, oldest first, until it has one. It is told what to do line by line on standard
input, and may be killed at any moment.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.torture.calls import Answer, Away, Line, Tally

ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
#: Seconds that somebody at the door waits for the server; an upload may take longer.
AT_THE_DOOR, UPLOAD = 2.0, 15.0
MOST = 500

SCHEMA = """
CREATE TABLE IF NOT EXISTS scans (
  number INTEGER PRIMARY KEY AUTOINCREMENT, nonce TEXT NOT NULL UNIQUE, person TEXT NOT NULL,
  event TEXT NOT NULL, true_at REAL NOT NULL, shown TEXT, answer TEXT, replayed INTEGER)
"""


@dataclass(frozen=True, slots=True)
class Setup:
    """Where it stands. ``clock_error``: seconds that the device's clock is ahead."""

    folder: Path
    port: int
    token: str
    occurrence: str
    clock_error: float


class Store:
    """The disk of the device: every write is kept, also when it is killed right after."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(SCHEMA)
        self._trying: set[str] = set()

    def add(self, person: str, event: dict[str, Any], true_at: float, *, trying: bool) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO scans (nonce, person, event, true_at) VALUES (?, ?, ?, ?)",
                (event["nonce"], person, json.dumps(event), true_at),
            )
            if trying:
                self._trying.add(event["nonce"])

    def end_try(self, nonce: str, shown: str) -> None:
        with self._lock:
            self._trying.discard(nonce)
            self._db.execute("UPDATE scans SET shown = ? WHERE nonce = ?", (shown, nonce))

    def answer(self, nonce: str, said: dict[str, Any]) -> None:
        values = (json.dumps(said), bool(said.get("replayed")), nonce)
        with self._lock:
            self._db.execute(
                "UPDATE scans SET answer = ?, replayed = ? WHERE nonce = ? AND answer IS NULL",
                values,
            )

    def list_waiting(self, most: int = MOST) -> list[dict[str, Any]]:
        with self._lock:
            rows = self._db.execute(
                "SELECT event FROM scans WHERE answer IS NULL ORDER BY number LIMIT ?", (most + 1,)
            ).fetchall()
            events = [json.loads(row[0]) for row in rows]
            return [one for one in events if one["nonce"] not in self._trying][:most]

    def count_waiting(self) -> int:
        with self._lock:
            rows = self._db.execute("SELECT count(*) FROM scans WHERE answer IS NULL").fetchone()
        return int(rows[0])


class Device:
    """The scanner at one door."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.store = setup, Store(setup.folder / "scans.db")
        headers = {"Authorization": f"Bearer {setup.token}"}
        self.tally = Tally()
        self.door = Line(setup.port, self.tally, headers, AT_THE_DOOR)
        self.upload = Line(setup.port, self.tally, headers, UPLOAD)
        self.is_online = False

    def clock(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.setup.clock_error, UTC)

    def do(self, told: dict[str, Any]) -> dict[str, Any]:
        """Carry out one line; the answer is said only once everything is on the disk."""
        if told["do"] == "status":
            return {"waiting": self.store.count_waiting()}
        event = self._event(told)
        trying = self.is_online and told["do"] == "scan" and not self.store.count_waiting()
        self.store.add(told["person"], event, time.time(), trying=trying)
        shown = self._try(event) if trying else "stored"
        self.store.end_try(event["nonce"], shown)
        return {"nonce": event["nonce"], "shown": shown}

    def _event(self, told: dict[str, Any]) -> dict[str, Any]:
        nonce = make_nonce()
        if told["do"] == "annul":
            return {
                "type": "annul",
                "nonce": nonce,
                "of_nonce": told["of_nonce"],
                "reason": "verscannt",
            }
        subject: dict[str, Any] = {name: told[name] for name in ("code", "walk_in") if name in told}
        return {
            "type": "check_in",
            "nonce": nonce,
            "occurrence_id": self.setup.occurrence,
            "scanned_at": self.clock().isoformat(),
            **subject,
        }

    def _try(self, event: dict[str, Any]) -> str:
        """Ask the server while the person stands here; without an answer it is stored."""
        body = {name: value for name, value in event.items() if name != "type"}
        body["sent_at"] = self.clock().isoformat()
        try:
            answer = self.door.call("scan", "POST", "/api/v1/check-ins", body)
        except Away:
            self.is_online = False
            return "stored"
        if not _is_final(answer):
            self.is_online = False
            return "stored"
        self.store.answer(event["nonce"], answer.said)
        return answer.code

    def keep_uploading(self) -> None:
        """For as long as the process lives."""
        while True:
            with suppress(Away):
                self._upload()
            time.sleep(0.3)

    def _upload(self) -> None:
        events = [{**one, "offline": True} for one in self.store.list_waiting()]
        if self.is_online and not events:
            return
        body = {
            "events": events,
            "sent_at": self.clock().isoformat(),
            "unsent": self.store.count_waiting(),
        }
        answer = self.upload.call("upload", "POST", "/api/v1/scans", body)
        if answer.status != 200:
            return
        self._keep(answer.said["results"])
        self.is_online = not self.store.list_waiting(1)

    def _keep(self, results: Iterable[dict[str, Any]]) -> None:
        for one in results:
            if _is_final(Answer(int(one["status"]), one)):
                self.store.answer(one["nonce"], one)


def make_nonce() -> str:
    """130 random bits in the alphabet of codes."""
    return "".join(secrets.choice(ALPHABET) for _ in range(26))


def _is_final(answer: Answer) -> bool:
    """An answer of section 4; a revoked device and a lost session keep their queue."""
    return answer.is_final and "code" in answer.said and answer.code != "device_revoked"


def main() -> None:
    folder, port, token, occurrence, error = sys.argv[1:]
    device = Device(Setup(Path(folder), int(port), token, occurrence, float(error)))
    threading.Thread(target=device.keep_uploading, daemon=True).start()
    for line in sys.stdin:
        print(json.dumps(device.do(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
