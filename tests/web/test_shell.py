"""Service worker, manifests and the page without a network: what a browser keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from apiflask import APIFlask

from engage.web.assets import DIST
from engage.web.headers import CSP


def test_the_service_worker_is_served_from_the_root_and_asked_for_anew_each_time(
    app: APIFlask,
) -> None:
    answer = app.test_client().get("/service-worker.js", buffered=True)

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Security-Policy"] == CSP


def test_the_service_worker_names_files_that_are_there(app: APIFlask) -> None:
    script = app.test_client().get("/service-worker.js").get_data(as_text=True)

    named = [path.name for path in DIST.glob("*.*") if f'"{path.name}"' in script]

    assert any(name.startswith("zxing") for name in named)
    assert any(name.startswith("engage-") and name.endswith(".css") for name in named)
    assert not any(name.startswith("service-worker") for name in named)


@pytest.mark.parametrize(
    ("kind", "start"), [("", "/"), ("scanner", "/scanner"), ("till", "/till"), ("../x", "/")]
)
def test_each_kind_of_app_starts_at_its_own_page(app: APIFlask, kind: str, start: str) -> None:
    client = app.test_client()

    answer = client.get("/manifest.webmanifest", query_string={"for": kind})

    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.data)
    assert manifest["start_url"] == start
    for icon in manifest["icons"]:
        assert (DIST / Path(icon["src"]).name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("at", "start"), [("corner-bakery", "/partner/corner-bakery/till"), ("//elsewhere", "/till")]
)
def test_the_till_of_a_member_starts_at_their_partner(app: APIFlask, at: str, start: str) -> None:
    answer = app.test_client().get("/manifest.webmanifest", query_string={"for": "till", "at": at})

    manifest = json.loads(answer.data)
    assert (manifest["start_url"], manifest["id"]) == (start, start)


def test_case_27_signing_out_leaves_a_scanner_what_it_has_stored(app: APIFlask) -> None:
    phone, scanner = app.test_client(), app.test_client()
    scanner.set_cookie("device", "dev_something")

    for client in (phone, scanner):
        page = client.get("/sign-in").get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post("/sign-out", data={"csrf_token": token})
        client.said = answer.headers["Clear-Site-Data"]  # type: ignore[attr-defined]

    assert '"storage"' in phone.said  # type: ignore[attr-defined]
    assert scanner.said == '"cache"'  # type: ignore[attr-defined]
