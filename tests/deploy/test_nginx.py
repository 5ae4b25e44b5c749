"""What docs/deploy/nginx.conf promises, asked of a real nginx."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from apiflask import APIFlask
from flask import request, request_started
from werkzeug.routing import PathConverter, UnicodeConverter

from config import Settings
from engage import create_app
from engage.web.logs import SECRET_PLACES
from tests import databases
from tests.deploy.front import SITE, Front, open_city, open_front
from tests.ports import free_port

#: Parts of an address that anybody may read. A new one is a decision: whatever else is a secret.
PUBLIC = {
    "filename",
    "slug",
    "cause",  # the short name of a good cause
    "digest",  # names a picture that everybody may see
    "district",
    "month",
    "year",
    "language",
    "kind",
    "page",
    "name",
    "nonce",
    "word",
}
CODE = "P0A1B2C3D4E5F6G7H8J9K"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("city")
    with open_city(folder, databases.sqlite_database(folder)) as front:
        yield front


class Told(ThreadingHTTPServer):
    """Stands in the application's place and keeps the headers that reach it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", free_port()), _Keeps)
        self.headers: list[dict[str, str]] = []


class _Keeps(BaseHTTPRequestHandler):
    server: Told

    def do_GET(self) -> None:
        self.server.headers.append(dict(self.headers))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is written down here."""


def addresses_with_secrets(app: APIFlask) -> list[str]:
    """Every address of the application in which somebody could find a secret, with one in it."""
    found = []
    for rule in app.url_map.iter_rules():
        for name, converter in rule._converters.items():
            if isinstance(converter, UnicodeConverter | PathConverter) and name not in PUBLIC:
                secret = secrets.token_urlsafe(24)
                address = re.sub(rf"<[^<>]*\b{name}>", secret, rule.rule)
                found.append(re.sub(r"<[^<>]*>", "0", address))
    return found


def test_no_code_and_no_link_reaches_any_log(city: Front, app_on_sqlite: APIFlask) -> None:
    links = addresses_with_secrets(app_on_sqlite)
    for path in [f"/Q/{CODE}", f"/q/{CODE.lower()}", f"//Q/{CODE}", f"/later/{CODE}", *links]:
        city.ask(path)
        city.ask(path, secure=False)
        city.ask(path, "POST", body=b"x=1")
        city.ask(path, "POST", body=b"x" * 13_000_000)
    city.ask(f"/sign-in?next=/Q/{CODE}", headers={"Referer": f"https://localhost/Q/{CODE}"})
    city.ask("/api/v1/check-ins", "POST", body=json.dumps({"code": CODE}).encode())

    logs = city.logs()

    assert '"path":"/Q/-"' in logs
    assert '"path":"/later/-"' in logs
    assert CODE not in logs.upper()
    assert [link for link in links if link.rsplit("/", 1)[-1].removesuffix(".ics") in logs] == []


def test_no_code_reaches_a_log_while_the_application_is_down(tmp_path: Path) -> None:
    with open_front(tmp_path, free_port()) as front:
        answers = [front.ask(path).status for path in (f"/Q/{CODE}", f"/later/{CODE}", "/")]

        logs = front.logs()

    assert answers == [502, 502, 502]
    assert "Connection refused" in logs
    assert CODE not in logs


def test_all_who_write_logs_know_where_secrets_stand(
    app_on_sqlite: APIFlask,
) -> None:
    hidden = re.findall(r"/\((Q\|[^)]*)\)/", SITE.read_text())

    assert [tuple(places.split("|")) for places in hidden] == [SECRET_PLACES, SECRET_PLACES]
    links = addresses_with_secrets(app_on_sqlite)
    assert [link for link in links if not set(link.split("/")) & set(SECRET_PLACES)] == []


def test_whoever_calls_cannot_say_who_they_are(tmp_path: Path) -> None:
    told = Told()
    Thread(target=told.serve_forever, daemon=True).start()
    forged = {
        "Forwarded": "for=6.6.6.6",
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Request-Id": "a-forged-request-id",
        "Host": "evil.example",
    }

    with open_front(tmp_path, told.server_port) as front:
        front.ask("/", headers=forged)
    told.shutdown()
    told.server_close()

    (headers,) = told.headers
    assert "Forwarded" not in headers
    assert "6.6.6.6" not in str(headers)
    assert "evil" not in str(headers)
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert (headers["Host"], headers["X-Forwarded-Host"]) == ("localhost", "localhost")
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-Id"])


@pytest.mark.parametrize(
    ("proxies", "caller"), [(0, ("10.0.0.9", "http")), (1, ("7.7.7.7", "https"))]
)
def test_forwarded_headers_count_only_as_set(
    sqlite_url: str, proxies: int, caller: tuple[str, str]
) -> None:
    app = create_app(Settings.for_tests(sqlite_url, trusted_proxies=proxies))
    seen: list[tuple[str | None, str]] = []

    def look(_app: object) -> None:
        seen.append((request.remote_addr, request.scheme))

    with request_started.connected_to(look, app):
        app.test_client().get(
            "/healthz",
            headers={"X-Forwarded-For": "6.6.6.6, 7.7.7.7", "X-Forwarded-Proto": "https"},
            environ_base={"REMOTE_ADDR": "10.0.0.9"},
        )

    assert seen == [caller]
    app.extensions["engine"].dispose()


def test_whoever_comes_without_encryption_is_sent_to_the_encrypted_address(city: Front) -> None:
    answer = city.ask("/activities?q=park", secure=False)

    assert (answer.status, answer.headers["Location"]) == (
        301,
        "https://localhost/activities?q=park",
    )


def test_behind_encryption_cookies_and_headers_are_strict(city: Front) -> None:
    page = city.ask("/sign-in")

    assert page.status == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "__Host-session=" in page.headers["Set-Cookie"]
    assert "Secure" in page.headers["Set-Cookie"]
    assert "Content-Encoding" not in page.headers


def test_a_form_is_taken_from_browsers_that_do_not_say_where_they_come_from(city: Front) -> None:
    page = city.ask("/sign-in")
    token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page.body)
    assert token is not None
    body = b"language=en&csrf_token=" + token.group(1)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": page.headers["Set-Cookie"].split(";")[0],
    }

    answer = city.ask("/language", "POST", body=body, headers=headers)

    assert answer.status == 303


def test_a_body_that_is_too_large_is_refused_at_the_front(city: Front) -> None:
    answer = city.ask("/sign-in", "POST", body=b"x" * 13_000_000)

    assert answer.status == 413


@pytest.fixture
def app_on_sqlite(sqlite_url: str) -> Iterator[APIFlask]:
    app = create_app(Settings.for_tests(sqlite_url))
    yield app
    app.extensions["engine"].dispose()


def test_styles_come_compressed_and_stay_with_the_browser(city: Front) -> None:
    page = city.ask("/sign-in")
    style = re.search(rb"/static/dist/engage-[^\"]+\.css", page.body)
    assert style is not None

    answer = city.ask(style.group().decode(), headers={"Accept-Encoding": "gzip, br"})

    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert len(answer.body) < 30_000
