"""A visitor must notice what must not happen, else every other browser test proves nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.films import film_code
from tests.browser.visitors import DESKTOP, PHONE, Visitor

PAGES = {
    "/good": "<h1>Good</h1>",
    "/elsewhere": "<h1>Elsewhere</h1><img alt='' src='http://127.0.0.2:9/pixel.png'>",
    "/inline": "<h1>Inline</h1><p style='color: red'>Red</p>",
    "/script": "<h1>Script</h1><script src='/broken.js'></script>",
    "/wide": "<h1>Wide</h1><svg width='900' height='9' role='img'><title>A line</title></svg>",
    "/unlabelled": "<h1>Unlabelled</h1><main><input></main>",
    "/camera": "<h1>Camera</h1><video muted playsinline></video><script src='/camera.js'></script>",
}
SCRIPTS = {
    "/broken.js": "nothing.at.all();",
    "/camera.js": """navigator.mediaDevices.getUserMedia({ video: true }).then((stream) => {
      const video = document.querySelector("video");
      video.srcObject = stream;
      return video.play().then(() => { document.querySelector("h1").textContent = "Filmed"; });
    });""",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http://127.0.0.2:9"
)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        html = (
            f"<!doctype html><html lang='en'><title>{self.path}</title><body>{body}</body></html>"
        )
        answer = html if body else SCRIPTS.get(self.path, "")
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if body else "text/javascript")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Stay silent."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visitor(site: str, browser: Browser) -> Iterator[Visitor]:
    visitor = Visitor(browser.new_context(**PHONE), site, lambda _name: None)
    yield visitor
    visitor.context.close()


def test_a_good_page_is_left_alone(visitor: Visitor) -> None:
    visitor.open("/good")

    assert visitor.unexpected() == []
    assert visitor.overflow() == 0


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/elsewhere", "asked elsewhere"),
        ("/inline", "Content Security Policy"),
        ("/script", "nothing is not defined"),
    ],
)
def test_what_must_not_happen_is_noticed(visitor: Visitor, path: str, fault: str) -> None:
    visitor.open(path).wait_for_load_state("networkidle")

    assert any(fault in one for one in visitor.unexpected()), visitor.faults


def test_a_fault_that_belongs_to_the_test_is_allowed(visitor: Visitor) -> None:
    visitor.allow("nothing is not defined")
    visitor.open("/script").wait_for_load_state("networkidle")

    assert visitor.unexpected() == []


def test_a_page_wider_than_the_window_is_noticed(browser: Browser, site: str) -> None:
    narrow = Visitor(
        browser.new_context(viewport={"width": 320, "height": 600}), site, lambda _name: None
    )
    narrow.open("/wide")

    assert narrow.overflow() > 500
    narrow.context.close()


def test_axe_finds_a_field_without_a_name(visitor: Visitor) -> None:
    visitor.open("/unlabelled")

    assert [fault.split(":")[0] for fault in visitor.axe() if fault.startswith("label")] == [
        "label"
    ]


def test_screenshots_are_kept_when_asked_for(browser: Browser, site: str, tmp_path: Path) -> None:
    visitor = Visitor(browser.new_context(**DESKTOP), site, lambda name: tmp_path / name)
    visitor.open("/good")
    visitor.context.close()

    assert [path.name for path in tmp_path.iterdir()] == ["01-good-1280.png"]


def test_a_film_runs_in_the_pretended_camera(launch: object, site: str, tmp_path: Path) -> None:
    film = film_code("HTTPS://CITY.EXAMPLE/Q/P0", tmp_path / "camera.mjpeg")
    browser = launch(camera=film)  # type: ignore[operator]  # a fixture's function
    visitor = Visitor(
        browser.new_context(**PHONE, permissions=["camera"]), site, lambda _name: None
    )

    visitor.open("/camera").get_by_role("heading", name="Filmed").wait_for()

    assert film.stat().st_size > 10_000
    visitor.context.close()
