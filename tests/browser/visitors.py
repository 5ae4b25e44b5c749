"""A person at a browser, watched: no error, nothing blocked, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).parents[2]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
AXE = ROOT / "node_modules/axe-core/axe.min.js"
AXE_RUN = """async () => {
  const found = await axe.run(document, { preload: false, resultTypes: ["violations"] });
  return found.violations.map((one) => ({
    id: one.id, help: one.help, nodes: one.nodes.map((node) => node.html.slice(0, 200)),
  }));
}"""


class Visitor:
    """One browser window in a city. ``page`` is playwright's; the rest watches and helps."""

    def __init__(
        self, context: BrowserContext, url: str, keep: Callable[[str], Path | None]
    ) -> None:
        self.context = context
        self.url = url
        self.faults: list[str] = []
        self._allowed: list[str] = []
        self._keep = keep
        self._shots = 0
        context.on("request", self._see_request)
        context.on("console", self._see_console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        self.page: Page = context.new_page()

    def open(self, path: str) -> Page:
        """Go to a page of the city; keeps a screenshot when ``--screenshots`` is given."""
        self.page.goto(path if path.startswith("http") else self.url + path)
        self.shot(urlsplit(self.page.url).path.strip("/").replace("/", "-") or "start")
        return self.page

    def sign_in(self, cookie: str) -> None:
        """Become the person of this session cookie; see ``City.cookie``."""
        self.context.add_cookies([{"name": "session", "value": cookie, "url": self.url}])

    def shot(self, name: str) -> None:
        """Keep a screenshot of the whole page under this name, if screenshots are wanted."""
        self._shots += 1
        window = self.page.viewport_size
        width = window["width"] if window else 0
        if path := self._keep(f"{self._shots:02d}-{name[:80]}-{width}.png"):
            self.page.screenshot(path=path, full_page=True)

    def allow(self, pattern: str) -> None:
        """This fault is part of the test, such as a failed request without a network."""
        self._allowed.append(pattern)

    def axe(self) -> list[str]:
        """What axe finds wrong on this page, one line each."""
        self.page.evaluate(_axe_source())
        return [
            f"{one['id']}: {one['help']}: {one['nodes']}" for one in self.page.evaluate(AXE_RUN)
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window; 0 on a good page."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def unexpected(self) -> list[str]:
        return [
            fault
            for fault in self.faults
            if not any(re.search(one, fault) for one in self._allowed)
        ]

    def _see_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if (
            address.scheme in {"http", "https", "ws", "wss"}
            and address.netloc != urlsplit(self.url).netloc
        ):
            self.faults.append(f"asked elsewhere: {request.url}")

    def _see_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(
                f"console {message.type}: {message.text} ({message.location.get('url', '')})"
            )


@cache
def _axe_source() -> str:
    return AXE.read_text()
