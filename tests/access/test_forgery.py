"""A change is taken from a page of ours only, whatever token it carries."""

from __future__ import annotations

import pytest

from tests.access.roles import named
from tests.access.visiting import City

FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:81"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://shop.localhost"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
)
OURS: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": "null"},
)


def change(city: City, address: str, headers: dict[str, str]) -> tuple[int, str]:
    """With the token of a page of ours, so that nothing else refuses it."""
    browser = city.browser(named("the citizen whose it is"))
    token = {"X-CSRFToken": browser.csrf_token()}
    reply = browser.plain.post(address, headers=headers | token, buffered=True)
    return reply.status_code, reply.get_data(as_text=True)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_change_begun_on_another_site_is_refused(city: City, headers: dict[str, str]) -> None:
    status, page = change(city, "/sign-out", headers)

    assert status == 400
    assert "<h1" in page
    assert change(city, "/api/v1/hours-claims", headers)[0] == 400


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_a_change_from_a_page_of_ours_is_taken(city: City, headers: dict[str, str]) -> None:
    assert change(city, "/sign-out", headers)[0] == 303


def test_a_program_with_a_token_of_its_own_has_no_origin_to_prove(city: City) -> None:
    token = city.world.tokens["scanner"]
    headers = {"Authorization": f"Bearer {token}", "Origin": "https://evil.example"}

    reply = city.app.test_client().post("/api/v1/scans", json={"events": []}, headers=headers)

    assert reply.status_code == 200
