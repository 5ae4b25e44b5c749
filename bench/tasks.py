"""``make bench ARGS=tasks``: how long the scanner's page is ever too busy for a finger or a frame.

The whole app in Chromium, not held back: opening it, the list of 2,000 people, scans with a
network, 300 scans without one, opening it again with them, and sending them. The browser itself
says which of its tasks took more than 50 ms. A busy machine makes tasks longer than they are: of
several rounds the least disturbed counts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserContext, Page
from sqlalchemy import update

from bench.browser import chromium
from bench.torture.commands import load
from bench.torture.databases import database, environment_for
from bench.torture.door_city import DoorCity, build
from bench.torture.server import Server
from config import Settings
from engage import create_app
from engage.devices.models import Device
from engage.storage.unit_of_work import run_work

PEOPLE, ONLINE, STORED, ROUNDS = 2000, 20, 300, 3
#: The browser calls a task long from here on, in milliseconds.
LONGEST = 50
HANDS = Path(__file__).parent / "pages/door.js"
WATCH = """globalThis.longTasks = [];
const told = (list) => longTasks.push(...list.getEntries().map(({ duration }) => duration));
new PerformanceObserver(told).observe({ type: "longtask", buffered: true });"""

Phases = dict[str, float]


def run(_arguments: list[str]) -> None:
    """Measure, print, and fail if a task of the page is too long in every round."""
    print(load(), flush=True)
    with (
        TemporaryDirectory(prefix="engage-bench-") as place,
        database("sqlite", Path(place)) as url,
    ):
        environment = {**os.environ, **environment_for(url)}
        city = build(Settings.from_env(environment), PEOPLE, ROUNDS)
        _may_search(environment)
        with Server(environment, Path(place) / "server.log", 1) as server:
            rounds = [_round(server, city, number) for number in range(ROUNDS)]
    print(load())
    least = {name: min(one[name] for one in rounds) for name in rounds[0]}
    for name, longest in least.items():
        shown = f"{longest:.0f} ms" if longest else f"under {LONGEST} ms"
        each = " ".join(f"{one[name]:.0f}" for one in rounds)
        print(f"{name:<44} longest task {shown:<12} (each round: {each})")
    if max(least.values()) > LONGEST:
        sys.exit(f"The page was busy for more than {LONGEST} ms.")


def _may_search(environment: dict[str, str]) -> None:
    """With names: the longer list."""
    app = create_app(Settings.from_env(environment))
    with app.extensions["sessions"]() as session:
        run_work(session, lambda s: s.execute(update(Device).values(may_search=True)) and None)
    app.extensions["engine"].dispose()


def _round(server: Server, city: DoorCity, number: int) -> Phases:
    """One browser, one device, people of its own."""
    found: Phases = {}
    share = PEOPLE // ROUNDS
    people = city.visitors[number * share : (number + 1) * share]
    shown = iter([one for one in people if not one.is_revoked])
    url = f"http://127.0.0.1:{server.port}"
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="de-DE")
        context.set_default_timeout(60_000)
        context.add_init_script(WATCH)
        context.add_init_script(path=HANDS)
        token = {"name": "device", "value": city.tokens[number], "url": url, "httpOnly": True}
        context.add_cookies([token])  # type: ignore[list-item]  # playwright names a type of its own
        page = context.new_page()

        def scan(count: int) -> None:
            for _ in range(count):
                page.evaluate("(code) => atTheDoor.scan(code)", next(shown).code(datetime.now(UTC)))

        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("open the app, learn the list of 2,000", lambda: _open(page, url, city)),
            (f"{ONLINE} scans with a network", lambda: scan(ONLINE)),
            ("open it again with the list kept", lambda: _open(page, url, city)),
            (f"{STORED} scans without a network", lambda: _offline(context, page, scan)),
            (f"open it again with {STORED} unsent", lambda: _open(page, url, city)),
            (f"send {STORED}", lambda: _send(context, page)),
        )
        for name, do in steps:
            with _watched(page, found, name):
                do()
    return found


@contextmanager
def _watched(page: Page, found: Phases, name: str) -> Iterator[None]:
    page.evaluate("globalThis.longTasks ? (longTasks.length = 0) : 0")
    yield
    page.wait_for_timeout(300)  # what comes after it belongs to it
    found[name] = max(page.evaluate("longTasks"), default=0.0)


def _open(page: Page, url: str, city: DoorCity) -> None:
    page.goto(f"{url}/scanner?at={city.occurrence_id}")
    page.wait_for_selector("[data-part='scan']:not([hidden])")
    while not page.evaluate("atTheDoor.isPrepared()"):
        page.wait_for_timeout(100)


def _offline(context: BrowserContext, page: Page, scan: Callable[[int], None]) -> None:
    context.set_offline(True)
    page.locator("[data-part='openMenu']").first.dispatch_event("click")
    page.locator("[data-part='menuOffline']").first.dispatch_event("click")
    scan(STORED)


def _send(context: BrowserContext, page: Page) -> None:
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    while page.evaluate("atTheDoor.waiting()"):
        page.wait_for_timeout(100)
