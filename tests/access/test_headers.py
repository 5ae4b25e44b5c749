"""What every answer carries: pages, errors, redirects, files and the API."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from engage.web.headers import WORKER_CSP
from tests.access.roles import ROLES
from tests.access.test_access import may
from tests.access.visiting import CHANGING, City, name_of, requests_of


def faults(reply: TestResponse, *, signed_in: bool) -> Iterator[str]:
    headers = reply.headers
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or ("unsafe" in policy and policy != WORKER_CSP):
        yield f"a strict policy, not {policy!r}"
    if re.search(r"https?:|\*", policy):
        yield f"a policy that names no other host: {policy!r}"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "nosniff"
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        yield "a referrer policy"
    if not headers.get("Cache-Control"):
        yield "a word about caching"
    is_kept = "Clear-Site-Data" not in headers
    if signed_in and is_kept and "no-store" not in headers.get("Cache-Control", ""):
        yield f"nothing kept of somebody signed in: {headers.get('Cache-Control')!r}"
    if "Server" in headers and "Werkzeug" in headers["Server"]:
        yield "no name of the server"


@pytest.mark.parametrize("as_a_stranger", [True, False], ids=["a stranger", "who may"])
def test_every_answer_carries_the_headers_that_protect_it(city: City, as_a_stranger: bool) -> None:
    found = []
    for rule, method in requests_of(city.app):
        role = ROLES[0] if as_a_stranger else may(rule, method)
        reply = city.send(role, rule, method)
        signed_in = bool(role.person) and rule.endpoint != "static"
        where = f"{name_of(rule, method)} ({reply.status_code})"
        found += [f"{where}: {fault}" for fault in faults(reply, signed_in=signed_in)]
        if method in CHANGING and reply.status_code < 400:
            city.restore()

    assert found == []


@pytest.mark.parametrize(
    "address", ["/nothing-here", "/api/v1/nothing-here", "/static/nothing-here", "/%00", "/\\x"]
)
def test_an_address_that_is_none_is_protected_too(city: City, address: str) -> None:
    for role in (ROLES[0], ROLES[1]):
        reply = city.browser(role).plain.get(address)

        assert reply.status_code in {400, 404, 422}
        assert list(faults(reply, signed_in=bool(role.person))) == []


def test_what_a_scanned_code_opens_is_kept_nowhere(city: City) -> None:
    occurrence_number = city.world.parts["text"]
    for text in ("P0000000", f"E{occurrence_number}", "K" + "0" * 20, "%F0%9F%98%80", "x" * 3000):
        reply = city.browser(ROLES[0]).plain.get(f"/Q/{text}")

        assert reply.status_code < 500
        assert "no-store" in reply.headers["Cache-Control"]
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in reply.headers["X-Robots-Tag"]
