"""A Chromium with the built front end in it, served with the product's own headers."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, ClassVar

from playwright.sync_api import Browser, sync_playwright

from engage.web.assets import delivered_name
from engage.web.headers import headers_of

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-sync", "--no-first-run")


def page_with(script: str, *, before: str = "", body: str = "") -> str:
    """A page that runs one script of ``bench/pages`` and knows where the scan worker is."""
    worker = f"/static/dist/{delivered_name('scan-worker.js')}"
    first = f"<script src='{before}'></script>" if before else ""
    return (
        f"<!doctype html><html lang='en' data-worker='{worker}'><title>Measured</title>"
        f"<body>{body}{first}<script type='module' src='{script}'></script></body></html>"
    )


class _Handler(SimpleHTTPRequestHandler):
    """What ``served`` gives is filled in by a class made for it."""

    folders: ClassVar[dict[str, Path]]
    pages: ClassVar[dict[str, str]]
    told: ClassVar[Queue[str] | None]
    extensions_map = {  # noqa: RUF012 - http.server wants it so
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".wasm": "application/wasm",
    }

    def do_GET(self) -> None:
        page = self.pages.get(self.path)
        if page is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.told is not None:
            self.told.put(body)
        self.send_response(204)
        self.end_headers()

    def translate_path(self, path: str) -> str:
        first, _, rest = path.split("?")[0].lstrip("/").partition("/")
        return str(self.folders.get(first, Path("/nowhere")) / rest)

    def end_headers(self) -> None:
        for name, value in headers_of(self.path).items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Stay silent."""


@contextmanager
def served(
    folders: dict[str, Path], pages: dict[str, str], told: Queue[str] | None = None
) -> Iterator[str]:
    """Serve folders by the first part of the path, and pages; gives the address.

    told:  takes what a page posts.
    """

    handler = type("Served", (_Handler,), {"folders": folders, "pages": pages, "told": told})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium(*arguments: str, wrapper: Path | None = None, **options: Any) -> Iterator[Browser]:
    """Start Chromium, or the wrapper that starts it."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        sys.exit("Chromium is not installed (Debian: chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(wrapper or program), args=[*QUIET, *arguments], **options
        )
        try:
            yield browser
        finally:
            browser.close()
