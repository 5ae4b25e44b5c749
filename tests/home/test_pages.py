"""The first page, the citizen's home, and what the city must say about itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from config import Settings
from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence
from engage.attendance.models import Attendance
from engage.core import privacy
from engage.core.policy import Policy
from engage.organisations.models import Organisation
from engage.partners.models import Partner
from engage.policies import service as policies
from tests.application import Browser
from tests.clock import NOON
from tests.factories import activities
from tests.html import Element
from tests.pages import CheckingClient

PAPERS = ("/help", "/rules", "/privacy", "/terms", "/imprint", "/accessibility")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("path", PAPERS)
def test_everybody_reads_the_papers_of_the_city(
    client: Browser, app: APIFlask, path: str, language: str
) -> None:
    page = client().page(path, headers={"Accept-Language": language})

    assert page.one("html")["lang"] == language
    assert len(page.one("main").text) > 300


def test_the_imprint_says_who_runs_this_city(client: Browser, settings: Settings) -> None:
    said = client().page("/imprint").one("main").text

    for fact in (settings.city.operator, settings.city.street, settings.city.represented_by):
        assert fact in said


def test_the_rules_page_follows_the_policy_of_today(client: Browser, session: Session) -> None:
    today = NOON.date()
    policies.add_version(
        session,
        replace(Policy(), starts_on=today, points_per_day=77),
        reason="A calmer year",
        actor_id=None,
        now=NOON,
    )
    session.commit()

    english = {"Accept-Language": "en"}

    assert "77 points" in client().page("/rules", headers=english).one("main").text


def test_pri_1_the_privacy_page_shows_every_class_of_data(client: Browser) -> None:
    said = client().page("/privacy", headers={"Accept-Language": "en"}).one("main").text

    for row in privacy.TABLE:
        assert row.what in said
        assert row.keep.after in said


def test_a_stranger_sees_what_happens_this_week(
    client: Browser, session: Session, occurrence: Occurrence, activity: Activity
) -> None:
    occurrence.starts_at = NOON + timedelta(days=2)
    occurrence.ends_at = NOON + timedelta(days=2, hours=2)
    session.commit()

    assert activity.title in client().page("/").one("main").text


def test_a_full_or_later_date_is_not_on_the_first_page(
    client: Browser, session: Session, activity: Activity
) -> None:
    soon, later = NOON + timedelta(days=1), NOON + timedelta(days=9)
    activities.occurrence(session, activity, starts_at=soon, capacity=1, taken=1)
    activities.occurrence(session, activity, starts_at=later)

    assert activity.title not in client().page("/").one("main").text


def home_of(browser: CheckingClient) -> Element:
    browser.plain.set_cookie("language", "en")
    return browser.page("/me")


def test_home_shows_the_next_date_and_the_place_in_the_queue(
    client: Browser, session: Session, mina: Person, occurrence: Occurrence, activity: Activity
) -> None:
    page = home_of(client(mina))

    assert activity.title in page.one("main").text
    assert "Your place is safe" in page.one("main").text


def test_home_hides_the_balance_of_who_hides_points(
    client: Browser, session: Session, mina: Person
) -> None:
    mina.hides_points = True
    session.commit()

    page = home_of(client(mina))

    assert "Your points are hidden" in page.one("main").text
    assert not page.with_class("e-balance__n")


def test_home_tells_what_somebody_else_recorded_and_counts_the_hours(
    client: Browser, session: Session, mina: Person, juno: Person, occurrence: Occurrence
) -> None:
    session.add(
        Attendance(
            occurrence_id=occurrence.id,
            person_id=mina.id,
            kind="volunteering",
            way="by_hand",
            actor_id=juno.id,
            checked_in_at=NOON,
            received_at=NOON,
            starts_at=occurrence.starts_at,
            ends_at=occurrence.ends_at,
            minutes=150,
            work_on=NOON.date(),
            points=30,
            credited=0,
        )
    )
    session.commit()

    said = home_of(client(mina)).one("main").text

    assert "added you by hand" in said
    assert "2.5 h" in said


def test_metrics_are_there_for_who_knows_the_token_alone(app: APIFlask, client: Browser) -> None:
    assert client().get("/metrics", status=404)

    app.extensions["settings"] = replace(app.extensions["settings"], metrics_token="tell-me")

    client().get("/metrics", status=404)
    client().get("/metrics", status=404, headers={"Authorization": "Bearer else"})
    told = client().get("/metrics", headers={"Authorization": "Bearer tell-me"}).text
    assert "engage_reviews_open 0.0" in told


def test_machines_find_robots_and_a_security_contact(client: Browser, settings: Settings) -> None:
    assert "Disallow: /me" in client().get("/robots.txt").text
    contact = client().get("/.well-known/security.txt").text
    assert f"Contact: mailto:{settings.city.email}" in contact
    assert "Expires: 2031-" in contact


def test_who_works_for_others_finds_their_desk_from_every_page(  # the cast
    client: Browser, organisation: Organisation, juno: Person, partner: Partner, vera: Person
) -> None:
    for person, desk in (
        (juno, f"/organise/{organisation.slug}"),
        (vera, f"/partner/{partner.slug}"),
    ):
        for path in ("/", "/me", "/activities"):
            links = [one["href"] for one in client(person).page(path).all("a")]
            assert desk in links, f"{person.display_name}: {path}"


def test_the_office_finds_its_desk_and_a_citizen_none(
    client: Browser, ada: Person, mina: Person
) -> None:
    assert client(ada).page("/me").one("a", href="/office")
    assert not client(mina).page("/me").all("a", href="/office")
