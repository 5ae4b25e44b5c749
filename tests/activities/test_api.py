"""The catalogue as JSON, and a place over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session

from engage.activities.models import Occurrence
from tests.clock import NOON
from tests.factories import activities as make

if TYPE_CHECKING:
    from engage.accounts.models import Person
    from engage.activities.models import Activity
    from tests.application import Browser

SOON = NOON + timedelta(days=2)


@pytest.fixture
def dates(session: Session, activity: Activity) -> list[Occurrence]:
    return [
        make.occurrence(session, activity, starts_at=SOON + timedelta(days=number))
        for number in range(3)
    ]


def test_dates_come_page_by_page(client: Browser, dates: list[Occurrence]) -> None:
    first = client().json("GET", "/api/v1/occurrences?limit=2")
    second = client().json("GET", f"/api/v1/occurrences?limit=2&cursor={first['next']}")

    found = [one["id"] for page in (first, second) for one in page["items"]]
    assert found == [str(one.id) for one in dates]
    assert second["next"] is None
    assert first["items"][0]["points"] == 30
    assert first["items"][0]["starts_at"] == "2030-05-06T12:00:00Z"


def test_an_unchanged_answer_is_not_sent_again(client: Browser, dates: list[Occurrence]) -> None:
    reply = client().get("/api/v1/activities")

    again = client().get(
        "/api/v1/activities", status=304, headers={"If-None-Match": reply.headers["ETag"]}
    )

    assert again.data == b""
    assert [one["title"] for one in reply.get_json()["items"]] == ["Clean the river bank"]


def test_one_activity_and_the_districts(
    client: Browser, activity: Activity, dates: list[Occurrence]
) -> None:
    one = client().json("GET", f"/api/v1/activities/{activity.id}")
    districts = client().json("GET", "/api/v1/districts")

    assert (one["title"], len(one["occurrences"])) == ("Clean the river bank", 3)
    assert len(districts["items"]) == 12


def test_case_23_a_wrong_question_names_its_fields(client: Browser) -> None:
    problem = client().json(
        "GET",
        "/api/v1/occurrences?limit=0&kind=work&from=2030-05-04T10:00:00&colour=red",
        status=422,
    )

    assert problem["code"] == "invalid_input"
    assert {one["field"] for one in problem["errors"]} >= {"limit", "kind", "from", "colour"}


def test_mina_registers_and_leaves_over_the_api(
    client: Browser, dates: list[Occurrence], mina: Person
) -> None:
    browser, url = client(mina), f"/api/v1/occurrences/{dates[0].id}/registrations"
    token: dict[str, Any] = {"X-CSRFToken": browser.csrf_token()}

    assert browser.json("POST", url, status=201, **token)["code"] == "registered"
    assert browser.json("POST", url, status=409, **token)["code"] == "already_registered"
    assert browser.json("DELETE", url, **token)["code"] == "left"
    assert browser.json("DELETE", url, status=409, **token)["code"] == "not_on_list"


def test_strangers_are_told_to_sign_in(client: Browser, dates: list[Occurrence]) -> None:
    browser = client()
    token = {"X-CSRFToken": browser.csrf_token()}

    url = f"/api/v1/occurrences/{dates[0].id}/registrations"
    problem = browser.json("POST", url, status=401, X_CSRFToken=token["X-CSRFToken"])

    assert problem["code"] == "not_signed_in"
