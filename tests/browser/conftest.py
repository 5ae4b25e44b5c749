"""A city, and people with phones and desktops who visit it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from sqlalchemy.orm import Session

from config import Settings
from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence
from engage.organisations.models import Organisation
from tests import databases
from tests.browser.cities import City, Served, demo_database, open_city, serve_city
from tests.browser.scanners import Open, Scanner, pair
from tests.browser.visitors import DESKTOP, PHONE, Visitor
from tests.factories.activities import occurrence as make_occurrence

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

GERMAN = {"locale": "de-DE", "timezone_id": "Europe/Berlin"}

Visit = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file share a city, so they stay on one worker."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    """Starts Chromium; ``camera`` is the film that its camera shows.

    refused: whoever is asked for the camera says no.
    """
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        databases.missing("Chromium is not installed (Debian: chromium)")
    running: list[Browser] = []

    def start(camera: Path | None = None, *, refused: bool = False) -> Browser:
        film = (*CAMERA, f"--use-file-for-fake-video-capture={camera}") if camera else ()
        says_no = ("--deny-permission-prompts",) if refused else ()
        flags = [flag for flag in film if not (refused and "fake-ui" in flag)]
        args = [*QUIET, *flags, *says_no]
        running.append(playwright.chromium.launch(executable_path=program, args=args))
        return running[-1]

    yield start
    for browser in running:
        browser.close()


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Browser:
    return launch()


@pytest.fixture
def own_city(tmp_path: Path) -> Iterator[tuple[City, Served]]:
    with serve_city(tmp_path, databases.sqlite_database(tmp_path)) as own:
        yield own


@pytest.fixture
def city(own_city: tuple[City, Served]) -> City:
    """A city of this test's own, empty until ``session`` or the cast put something in."""
    return own_city[0]


@pytest.fixture
def server(own_city: tuple[City, Served]) -> Served:
    """The server of ``city``, which may be killed and started again."""
    return own_city[1]


@pytest.fixture(scope="module")
def demo_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The demo city, served for the tests of one file."""
    folder = tmp_path_factory.mktemp("city")
    with open_city(folder, demo_database(folder)) as city:
        yield city


@pytest.fixture
def database_url(city: City) -> str:
    """The cast lives in the city that is served."""
    return city.database_url


@pytest.fixture
def settings(city: City) -> Settings:
    return city.settings()


@pytest.fixture
def occurrence(session: Session, activity: Activity, mina: Person) -> Occurrence:
    """Has begun an hour ago and lasts two more, by the server's clock; Mina has a place."""
    begun = datetime.now(UTC) - timedelta(hours=1)  # noqa: TID251 - the server's clock is the real one
    return make_occurrence(session, activity, starts_at=begun, hours=3, places=[mina])


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens windows: ``visit()`` a phone, ``visit(DESKTOP)``, ``visit(person=mina)``.

    ``city=demo_city`` visits another city than ``city``; ``browser=launch(camera=film)`` brings a
    camera; what playwright's ``new_context`` takes may follow (``locale="en-GB"``).

    When the test is over, no window may have seen an error or asked another host.
    """
    visitors: list[Visitor] = []

    def open_window(
        device: dict[str, Any] = PHONE,
        *,
        person: Any = None,
        city: City | None = None,
        browser: Browser = browser,
        **options: Any,
    ) -> Visitor:
        where: City = city or request.getfixturevalue("city")
        context = browser.new_context(**{**GERMAN, **device, **options})
        context.set_default_timeout(10_000)
        visitors.append(Visitor(context, where.url, lambda name: _kept(request, name)))
        if person is not None:
            visitors[-1].sign_in(where.cookie(person))
        return visitors[-1]

    yield open_window
    faults = [fault for visitor in visitors for fault in visitor.unexpected()]
    for visitor in visitors:
        visitor.context.close()
    assert faults == []


def _kept(request: pytest.FixtureRequest, name: str) -> Path | None:
    folder = request.config.getoption("--screenshots")
    if not folder:
        return None
    path = Path(folder, re.sub(r"\W+", "-", request.node.name).strip("-"), name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def phone(visit: Visit) -> Visitor:
    return visit(PHONE)


@pytest.fixture
def desktop(visit: Visit) -> Visitor:
    return visit(DESKTOP)


@pytest.fixture
def token(session: Session, organisation: Organisation) -> str:
    return pair(session, organisation)[1]


@pytest.fixture
def door(visit: Visit, token: str, occurrence: Occurrence) -> Open:
    """Opens the app of the paired scanner; its list of the date is there."""

    def open_door(**options: object) -> Scanner:
        scanner = Scanner(visit(PHONE, **{"service_workers": "block", **options}), token)
        scanner.open(occurrence)
        scanner.wait_for_roster()
        return scanner

    return open_door
