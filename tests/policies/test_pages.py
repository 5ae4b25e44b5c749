"""The points rules are changed by a new version, with words beside every wrong field."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.core.policy import DEFAULT, differences
from engage.policies import queries
from tests.application import Browser
from tests.clock import NOON

TYPED: dict[str, Any] = {
    "starts_on": "2030-05-05",
    "volunteering-kind": "bands",
    "volunteering-under_1": "135",
    "volunteering-points_1": "20",
    "volunteering-points_last": "40",
    "participation-kind": "flat",
    "participation-points": "10",
    "points_per_day": "80",
    "points_per_year": "1500",
    "expiry_months": "24",
    "age_alone": "16",
    "age_with_consent": "14",
    "claim_hours": "12",
    "claim_days_back": "60",
    "value_cap": "240.00",
    "review_value": "30.00",
    "organisation_budget": "50000",
    "reason": "Calmer days",
}


def test_a_new_version_applies_from_its_day_on(
    client: Browser, session: Session, ada: Person
) -> None:
    client(ada).get("/office/rules/new")
    client(ada).post("/office/rules/new", **TYPED)

    assert queries.policy_at(session, NOON) == DEFAULT
    (version,) = queries.list_versions(session)
    policy = queries.read_policy(version.rules)
    assert policy.points_per_day == 80
    assert policy.volunteering.points_for(200) == 40
    assert policy.value_cap_cents == 24_000
    assert differences(DEFAULT, policy) == ("volunteering", "participation", "points_per_day")
    browser = client(ada)
    browser.plain.set_cookie("language", "en")
    assert "Calmer days" in browser.page("/office/rules").one("main").text
    record = browser.get("/office/acts").text
    assert "New points rules" in record
    assert "Calmer days" in record


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("starts_on", "2030-05-03"),
        ("starts_on", "soon"),
        ("points_per_day", "0"),
        ("points_per_day", "many"),
        ("age_with_consent", "18"),
        ("value_cap", "-1"),
        ("value_cap", "NaN"),
        ("participation-kind", "gift"),
        ("participation-points", ""),
        ("volunteering-points_1", "-5"),
        ("reason", ""),
    ],
)
def test_pol_1_what_is_wrong_is_said_beside_its_field(
    client: Browser, session: Session, ada: Person, name: str, value: str
) -> None:
    page = client(ada).post("/office/rules/new", status=422, **{**TYPED, name: value})

    assert 'aria-invalid="true"' in page.text or 'id="errors"' in page.text
    assert queries.list_versions(session) == []


def test_pol_1_bands_that_do_not_rise_are_refused(
    client: Browser, session: Session, ada: Person
) -> None:
    falling = {**TYPED, "volunteering-under_2": "100", "volunteering-points_2": "30"}

    client(ada).post("/office/rules/new", status=422, **falling)

    assert queries.list_versions(session) == []
