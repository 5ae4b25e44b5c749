"""A city, and people with phones and desktops who visit it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests import databases
from tests.browser.cities import City, open_city
from tests.browser.visitors import DESKTOP, PHONE, Visitor

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
    """Starts Chromium; ``camera`` is the film that its camera shows."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        databases.missing("Chromium is not installed (Debian: chromium)")
    running: list[Browser] = []

    def start(camera: Path | None = None) -> Browser:
        film = (*CAMERA, f"--use-file-for-fake-video-capture={camera}") if camera else ()
        running.append(playwright.chromium.launch(executable_path=program, args=[*QUIET, *film]))
        return running[-1]

    yield start
    for browser in running:
        browser.close()


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Browser:
    return launch()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The demo city, served for the tests of one file."""
    with open_city(tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest.fixture
def visit(city: City, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens windows: ``visit()`` a phone, ``visit(DESKTOP)``, ``visit(browser=…, locale="en-GB")``.

    When the test is over, no window may have seen an error or asked another host.
    """
    visitors: list[Visitor] = []

    def open_window(
        device: dict[str, Any] = PHONE, *, browser: Browser = browser, **options: Any
    ) -> Visitor:
        context = browser.new_context(
            **{"locale": "de-DE", "timezone_id": "Europe/Berlin", **device, **options}
        )
        context.set_default_timeout(10_000)
        visitors.append(Visitor(context, city.url, lambda name: _kept(request, name)))
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
