"""One scanner as a real browser: the product's own page, its storage, its service worker.

It is told what to do by the same lines as ``door_device``, and does it with the page: codes are
typed as a hardware scanner or a hand types them. What is on its disk is the page's own database in
the browser's profile, which outlives the browser; beside it lie the notes of whoever stood there:
what they typed for whom, when, and what the screen then said.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright, Response, sync_playwright

from bench.browser import CHROMIUM, QUIET, ROOT
from bench.torture.door_device import SCHEMA, Setup

HANDS = ROOT / "bench/pages/door.js"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "locale": "de-DE"}
#: A device whose clock is wrong: every way in which a page asks for the time says so.
WRONG_CLOCK = """(() => {
  const Right = Date;
  globalThis.Date = class Date extends Right {
    constructor(...given) { given.length ? super(...given) : super(Right.now() + AHEAD); }
    static now() { return Right.now() + AHEAD; }
  };
})();"""
NOTES = """
CREATE TABLE IF NOT EXISTS typed (
  number INTEGER PRIMARY KEY, person TEXT NOT NULL, text TEXT NOT NULL, at REAL NOT NULL,
  look TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS replays (nonce TEXT PRIMARY KEY)
"""
#: How often somebody tries who sees no result.
TRIES = 5


@dataclass(frozen=True, slots=True)
class Typed:
    """One line of the notes."""

    person: str
    at: float
    look: str


class Notes:
    """What those at the door know: on the disk before the page is touched."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(NOTES)

    def begin(self, person: str, text: str) -> int:
        row = (person, text, time.time())
        done = self._db.execute("INSERT INTO typed (person, text, at) VALUES (?, ?, ?)", row)
        return int(done.lastrowid or 0)

    def end(self, number: int, look: str) -> None:
        self._db.execute("UPDATE typed SET look = ? WHERE number = ?", (look, number))

    def add_replay(self, nonce: str) -> None:
        self._db.execute("INSERT OR IGNORE INTO replays VALUES (?)", (nonce,))

    def replays(self) -> set[str]:
        return {row[0] for row in self._db.execute("SELECT nonce FROM replays")}

    def find(self, text: str, about: float) -> Typed | None:
        """Who was meant by a text that the page took at about this time."""
        query = "SELECT person, at, look FROM typed WHERE text = ? ORDER BY abs(at - ?) LIMIT 1"
        row = self._db.execute(query, (text, about)).fetchone()
        return Typed(*row) if row else None


class Window:
    """The app of a paired browser, and the hands before it."""

    def __init__(self, playwright: Playwright, setup: Setup) -> None:
        self._setup, self._notes = setup, Notes(setup.folder / "notes.db")
        self._url = f"http://127.0.0.1:{setup.port}"
        self._page = self._open(playwright)

    def _open(self, playwright: Playwright) -> Page:
        program = next(filter(None, map(shutil.which, CHROMIUM)), None)
        context = playwright.chromium.launch_persistent_context(
            self._setup.folder / "profile", executable_path=program, args=list(QUIET), **PHONE
        )
        context.set_default_timeout(30_000)
        ahead = str(round(self._setup.clock_error * 1000))
        context.add_init_script(WRONG_CLOCK.replace("AHEAD", ahead))
        context.add_init_script(path=HANDS)
        self._carry_token(context)
        page = context.pages[0] if context.pages else context.new_page()
        page.on("response", self._note_replays)
        return page

    def _carry_token(self, context: BrowserContext) -> None:
        """This browser is that device."""
        context.add_cookies(
            [{"name": "device", "value": self._setup.token, "url": self._url, "httpOnly": True}]
        )

    def _note_replays(self, response: Response) -> None:
        """What the page reads of an answer is not said on its screen: that it was one before."""
        if response.request.method != "POST" or "/api/v1/" not in response.url:
            return
        with suppress(Error, ValueError):
            said = response.json()
            if said.get("replayed") and response.request.post_data_json:
                self._notes.add_replay(response.request.post_data_json["nonce"])
            for one in said.get("results", ()):
                if one.get("replayed"):
                    self._notes.add_replay(one["nonce"])

    def show(self) -> None:
        """Open the page at its date; without a network it comes from the browser's own store."""
        while True:
            with suppress(Error):
                self._page.goto(f"{self._url}/scanner?at={self._setup.occurrence}")
                self._page.wait_for_selector("[data-part='scan']:not([hidden])", timeout=15_000)
                return
            time.sleep(0.3)

    def do(self, told: dict[str, Any]) -> dict[str, Any]:
        """Carry out one line."""
        ways: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "status": lambda _: {"waiting": self._ask("waiting")},
            "prepare": lambda _: self._prepare(),
            "hand over": lambda _: self._hand_over(),
            "annul": lambda told: {"shown": self._ask("annul", told["name"])},
            "scan": lambda told: {"shown": self._scan(told)},
        }
        return ways[told["do"]](told)

    def _ask(self, what: str, *given: str) -> Any:
        return self._page.evaluate(f"(given) => atTheDoor.{what}(...given)", list(given))

    def _prepare(self) -> dict[str, Any]:
        while not self._ask("isPrepared"):
            time.sleep(0.2)
        return {"ready": True}

    def _scan(self, told: dict[str, Any]) -> str:
        walk_in = told.get("walk_in")
        text = walk_in["display_name"] if walk_in else told["code"]
        for _ in range(TRIES):
            number = self._notes.begin(told["person"], text)
            by = "walkIn" if walk_in else "type" if number % 4 == 0 else "scan"
            if look := str(self._ask(by, text)):
                self._notes.end(number, look)
                return look
        raise RuntimeError(f"the page shows nothing for {told['person']}")

    def _hand_over(self) -> dict[str, Any]:
        """Write everything that the page has stored as ``door_device`` keeps it, to be compared."""
        scans = self._ask("everything")
        rows = list(self._rows(scans))
        with closing(sqlite3.connect(self._setup.folder / "scans.db")) as store, store:
            store.execute(SCHEMA)
            store.executemany(
                "INSERT INTO scans (nonce, person, event, true_at, shown, answer, replayed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
        return {"scans": len(rows)}

    def _rows(self, scans: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
        people: dict[str, str] = {}
        replays = self._notes.replays()
        for scan in scans:
            event, at = scan["event"], scan["at"] / 1000 - self._setup.clock_error
            walk_in = event.get("walk_in") or {}
            typed = self._notes.find(event.get("code") or walk_in.get("display_name", ""), at)
            person = typed.person if typed else people.get(event.get("of_nonce"), "nobody")
            people[scan["nonce"]] = person
            answer = scan.get("answer")
            yield (
                scan["nonce"],
                person,
                json.dumps(event),
                typed.at if typed else at,
                _shown(typed.look if typed else "", event, answer),
                json.dumps({"code": answer["code"]}) if answer else None,
                scan["nonce"] in replays,
            )


def _shown(look: str, event: dict[str, Any], answer: dict[str, Any] | None) -> str:
    """The word that stands for what the screen said.

    Without a network the page may say "already in" or "no" by what it knows itself: that is no
    answer yet, as little as "stored". Green is one.
    """
    if answer and look == answer["look"]:
        return str(answer["code"])
    by_itself = {"stored", "known", "refused"} if event.get("offline") else {"stored"}
    return "stored" if look in by_itself else look


def main() -> None:
    folder, port, token, occurrence, error = sys.argv[1:]
    setup = Setup(Path(folder), int(port), token, occurrence, float(error))
    with sync_playwright() as playwright:
        window = Window(playwright, setup)
        window.show()
        for line in sys.stdin:
            print(json.dumps(window.do(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
