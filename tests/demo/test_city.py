"""The demo city is lively, its books hold, and it is made once."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.accounts.queries import find_by_email
from engage.activities.models import Activity, Occurrence
from engage.attendance.models import Attendance, Review
from engage.audit.verify import verify
from engage.demo import second_factors
from engage.demo.content import SIGN_INS
from engage.demo.shelf import HEARTS, LIKES
from engage.office.models import Adjustment
from engage.organisations.models import Organisation
from engage.partners.models import Partner
from engage.rewards.models import Picture, Redemption, Reward, VoucherCode
from tests.application import Browser
from tests.clock import NOON
from tests.factories.people import person
from tests.pages import CheckingClient


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The demo city lives on SQLite."""
    return sqlite_url


def count(session: Session, *what: object) -> int:
    return session.scalar(select(func.count()).select_from(*what)) or 0  # type: ignore[arg-type]


def shelf_shows_every_kind_of_reward(session: Session) -> None:
    kinds = set(session.scalars(select(Reward.kind)))
    assert kinds == {"event", "points", "welcome", "good_cause"}
    assert set(session.scalars(select(Reward.status))) >= {"published", "submitted"}
    assert (count(session, Picture), count(session, VoucherCode)) == (5, 25)


def minas_shelves_are_filled(browser: CheckingClient) -> None:
    marked = browser.get("/me/favourites").text
    assert all(title in marked for title in HEARTS)
    near = browser.get("/rewards?near=1").text
    assert ("Ein Kaffee nach Wahl" in near, "Kinokarte" in near) == (True, False)
    liked = browser.get("/activities?favourites=1").text
    assert all(title in liked for title in LIKES)


@pytest.mark.slow
def test_the_demo_city_is_lively_and_its_books_hold(
    app: APIFlask, session: Session, client: Browser
) -> None:
    made = app.test_cli_runner().invoke(args=["seed", "demo"])
    again = app.test_cli_runner().invoke(args=["seed", "demo"])

    assert made.exit_code == 0, made.output
    assert again.exit_code == 0
    assert "Building" not in again.output
    assert "mina@example.org" in again.output
    assert count(session, Activity) >= 35
    assert count(session, Person) >= 60
    assert count(session, Attendance) > 300
    assert count(session, Redemption) > 30
    assert count(session, Reward) >= 21
    shelf_shows_every_kind_of_reward(session)
    assert set(session.scalars(select(Organisation.status))) >= {"verified", "pending"}
    assert set(session.scalars(select(Partner.status))) >= {"verified", "pending"}
    assert session.scalars(select(Review.id).where(Review.state == "open")).all()
    assert session.scalars(select(Adjustment.id).where(Adjustment.state == "proposed")).all()
    running = select(Occurrence.id).where(Occurrence.starts_at <= NOON, Occurrence.ends_at > NOON)
    assert session.scalars(running).all()
    assert verify(session) == []

    mina, ada = (find_by_email(session, f"{name}@example.org") for name in ("mina", "ada"))
    for path in ("/", "/figures", "/demo"):
        client().get(path)
    client(mina).get("/me")
    for path in ("/office", "/office/figures", "/office/reviews"):
        client(ada).get(path)
    minas_shelves_are_filled(client(mina))


def test_a_database_with_other_people_is_left_alone(app: APIFlask, session: Session) -> None:
    person(session, "Somebody")

    refused = app.test_cli_runner().invoke(args=["seed", "demo"])

    assert refused.exit_code == 2
    assert "accounts in it" in refused.output
    assert count(session, Person) == 1


def test_the_code_of_a_role_is_told_and_changes(app: APIFlask) -> None:
    told = app.test_cli_runner().invoke(args=["demo", "code", "ada"])

    assert told.output.strip() == second_factors.code_of("ada", NOON)
    assert len({second_factors.secret_of(name) for name, _, _ in SIGN_INS}) == len(SIGN_INS)
    assert app.test_cli_runner().invoke(args=["demo", "code", "eve"]).exit_code == 2
