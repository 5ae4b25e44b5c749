"""Case 23: whatever is sent to the API, the answer is a problem document that names the field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests import databases
from tests.access.roles import ALLOWED, ROLES, Role
from tests.access.table import TABLE
from tests.access.visiting import CHANGING, City, name_of, requests_of
from tests.robustness.strings import BUILT_IN, HALF, NUL

DEEP = "[" * 60_000 + "]" * 60_000
#: No field takes any of these, or it is a rule that refuses what it takes.
WRONG: tuple[object, ...] = (
    None,
    True,
    -1,
    1.5,
    10**30,
    "",
    [],
    {},
    [[[["deep"]]]],
    {"a": {"b": {}}},
    NUL,
    HALF,
    "x" * 100_000,
    "9999-99-99T99:99:99Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
)
#: Whole bodies that are none.
NO_BODIES = (b"", b"null", b"[]", b'"x"', b"7", b"{", b"\xff\xfe", b'{"a": NaN}', DEEP.encode())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    city = City(databases.sqlite_database(folder), folder / "as-built.db")
    yield city
    city.app.extensions["engine"].dispose()


@pytest.fixture
def city(built: City) -> City:
    built.restore()
    return built


def bodies_of(city: City) -> list[tuple[Rule, Role, dict[str, Any]]]:
    """Every address of the API that takes a body, who may send it, and what its fields are."""
    document = city.browser(ROLES[0]).plain.get("/api/v1/openapi.json").get_json()
    found = []
    for rule, method in requests_of(city.app):
        path = re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule)
        said = document["paths"].get(path, {}).get(method.lower(), {})
        letters = TABLE[name_of(rule, method)]
        if "requestBody" not in said or ALLOWED not in letters:
            continue
        schema = said["requestBody"]["content"]["application/json"]["schema"]
        name = schema["$ref"].rpartition("/")[2]
        role = ROLES[letters.index(ALLOWED)]
        found.append((rule, role, document["components"]["schemas"][name]["properties"]))
    return found


def post(city: City, rule: Rule, role: Role, body: bytes, **more: Any) -> TestResponse:
    browser = city.browser(role)
    headers = {"X-CSRFToken": browser.csrf_token()}
    if role.device:
        headers["Authorization"] = f"Bearer {city.world.tokens[role.device]}"
    sent = {"content_type": "application/json", **more}
    reply = browser.plain.post(city.address(rule), data=body, headers=headers, **sent)
    if reply.status_code < 400:
        city.restore()
    return reply


def fault(reply: TestResponse, field: str = "") -> str:
    """What is wrong with the answer to something wrong; empty if nothing.

    ``_schema`` names the body as a whole: two of its fields contradict each other.
    """
    if reply.status_code >= 500:
        return f"{reply.status_code}"
    problem: dict[str, Any] = {"code": "fine"}
    if reply.status_code >= 400:
        problem = reply.get_json()
    if reply.status_code >= 400 and reply.mimetype != "application/problem+json":
        return f"{reply.status}: {reply.mimetype} is no problem document"
    named = {one["field"] for one in problem.get("errors", [])}
    is_named = any(field in one or one == "_schema" for one in named)
    if field and problem["code"] == "invalid_input" and not is_named:
        return f"{field} is not named: {named}"
    return ""


def test_case_23_every_body_of_the_api_is_described(city: City) -> None:
    assert len(bodies_of(city)) >= 10


def test_case_23_wrong_missing_and_unknown_fields_are_named(city: City) -> None:
    faults = []
    for rule, role, properties in bodies_of(city):
        good = city.body(rule.endpoint)
        for name in properties:
            for wrong in WRONG:
                body = json.dumps({**good, name: wrong}).encode()
                if said := fault(post(city, rule, role, body), name):
                    faults.append(f"{rule.rule} {name}={wrong!a:.40}: {said}")
            without = {key: value for key, value in good.items() if key != name}
            if said := fault(post(city, rule, role, json.dumps(without).encode())):
                faults.append(f"{rule.rule} without {name}: {said}")
        unknown = json.dumps({**good, "no_such_field": 1}).encode()
        if said := fault(post(city, rule, role, unknown), "no_such_field"):
            faults.append(f"{rule.rule} with an unknown field: {said}")

    assert faults == []


def test_case_23_what_is_no_json_is_a_problem_and_no_fault(city: City) -> None:
    faults = []
    for rule, role, _properties in bodies_of(city):
        for body in NO_BODIES:
            if said := fault(post(city, rule, role, body)):
                faults.append(f"{rule.rule} {body[:20]!r}: {said}")
        for kind in ("text/plain", "application/xml", "multipart/form-data", ""):
            if said := fault(post(city, rule, role, b"<a>", content_type=kind)):
                faults.append(f"{rule.rule} as {kind}: {said}")

    assert faults == []


def test_case_23_events_of_an_upload_are_answered_one_by_one(city: City) -> None:
    rule = next(one for one, _ in requests_of(city.app) if one.rule == "/api/v1/scans")
    scanner = next(role for role in ROLES if role.device == "scanner")
    good = {"type": "check_in", **city.body("attendance_api.check_in_one")}
    events = [{**good, name: wrong} for name in (*good, "scanned_at") for wrong in WRONG]

    reply = post(city, rule, scanner, json.dumps({"events": events}).encode())

    results = reply.get_json()["results"]
    assert len(results) == len(events)
    assert [one for one in results if one["status"] >= 500] == []


@pytest.mark.parametrize("prefix", ["/api/v1/", "/"])
def test_case_23_any_query_of_any_address_is_answered(city: City, prefix: str) -> None:
    names = (
        "q", "kind", "format", "district", "from", "to", "limit", "cursor", "page", "before",
        "month", "year", "date", "show", "category", "partner", "organisation", "step_free",
        "view", "next", "refused", "mapping", "token", "status", "reason", "id",
    )  # fmt: skip
    texts = [*BUILT_IN, "-1", "0", "2030-02-30", "2030-13", "00000000-0000-0000-0000-000000000000"]
    failed = []
    for number, (rule, method) in enumerate(requests_of(city.app)):
        letters = TABLE[name_of(rule, method)]
        is_api = rule.rule.startswith("/api/")
        if method != "GET" or ALLOWED not in letters or is_api != (prefix == "/api/v1/"):
            continue
        role = ROLES[letters.index(ALLOWED)]
        turns = len(texts) if is_api or not rule.arguments else 3
        for turn in range(turns):
            text = texts[(number + turn) % len(texts)][:2000]
            if text == HALF:
                continue
            browser = city.browser(role)
            headers = {}
            if role.device:
                headers["Authorization"] = f"Bearer {city.world.tokens[role.device]}"
            reply = browser.plain.get(
                city.address(rule),
                query_string=dict.fromkeys(names, text),
                headers=headers,
                buffered=True,
            )
            if reply.status_code >= 500:
                failed.append(f"{rule.rule}: {text!a:.40}")
            where = reply.headers.get("Location", "")
            if re.match(r"(?!https?://localhost)(\w+:|//|\\)", where):
                failed.append(f"{rule.rule} leaves the city: {where}")

    assert failed == []


def test_no_word_in_an_address_is_a_fault(city: City) -> None:
    failed = []
    for rule, method in requests_of(city.app):
        letters = TABLE[name_of(rule, method)]
        words = [
            name
            for name in rule.arguments
            if rule._converters[name].__class__.__name__ in {"UnicodeConverter", "PathConverter"}
        ]
        if not words or method in CHANGING or ALLOWED not in letters:
            continue
        for text in BUILT_IN:
            if text in {HALF, ""}:
                continue
            values = city.world.values(rule.endpoint, rule.rule, rule.arguments)
            values |= dict.fromkeys(words, text[:500].replace("/", "|"))
            address = rule.build(values, append_unknown=False)
            assert address is not None
            reply = city.browser(ROLES[letters.index(ALLOWED)]).plain.get(address[1], buffered=True)
            if reply.status_code >= 500:
                failed.append(f"{rule.rule}: {text!a:.40}")

    assert failed == []
