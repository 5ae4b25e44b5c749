"""The desk of the programme office in the browser of Ada, and closed to everybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.office.models import Adjustment
from engage.organisations.models import Organisation
from engage.partners.models import Partner
from engage.rewards.models import Reward
from tests.application import Browser
from tests.clock import NOON, Clock
from tests.factories.people import person

PAGES = (
    "/office",
    "/office/organisations",
    "/office/partners",
    "/office/rewards",
    "/office/people",
    "/office/people/new",
    "/office/adjustments",
    "/office/acts",
    "/office/staff",
    "/office/unanswered",
    "/office/guesses",
    "/office/figures",
    "/office/rules",
    "/office/rules/new",
)


@pytest.mark.parametrize("path", PAGES)
def test_case_44_the_office_is_closed_to_others(
    client: Browser, mina: Person, ada: Person, path: str
) -> None:
    assert "/sign-in" in client().get(path, status=303).headers["Location"]
    client(mina).get(path, status=403)
    client(ada, second_factor=False).get(path, status=303)
    client(ada).get(path)


def test_what_waits_stands_on_the_desk(
    client: Browser, session: Session, organisation: Organisation, ada: Person
) -> None:
    organisation.status, organisation.applied_at = "pending", NOON - timedelta(days=9)
    session.commit()

    browser = client(ada)
    browser.plain.set_cookie("language", "en")
    said = browser.page("/office").one("main").text

    assert "Check organisations" in said
    assert "overdue" in said


def test_an_organisation_is_verified_and_suspended_with_a_reason(
    client: Browser, session: Session, organisation: Organisation, ada: Person
) -> None:
    organisation.status = "pending"
    session.commit()
    path = f"/office/organisations/{organisation.id}"

    client(ada).get(f"{path}/verify")
    client(ada).post(f"{path}/verify", reason="")
    client(ada).post(f"{path}/suspend", status=422, reason="")
    client(ada).post(f"{path}/suspend", reason="No insurance")

    assert "No insurance" in client(ada).page(path).one("main").text
    client(ada).get(f"{path}/praise", status=404)


def test_a_budget_below_what_is_set_aside_says_so_beside_the_field(
    client: Browser, organisation: Organisation, ada: Person
) -> None:
    path = f"/office/organisations/{organisation.id}/budget"

    client(ada).post(path, points="40000", reason="More dates")
    client(ada).post(path, status=422, points="many", reason="")


def test_a_partner_is_suspended(
    client: Browser, session: Session, partner: Partner, reward: Reward, ada: Person
) -> None:
    path = f"/office/partners/{partner.id}"

    client(ada).get(f"{path}/suspend")
    client(ada).post(f"{path}/suspend", reason="Moved away")

    session.rollback()  # look again
    session.refresh(partner)
    assert partner.status == "suspended"
    assert "Moved away" in client(ada).page(path).one("main").text


def test_a_file_is_closed_until_its_opening_is_written_down(
    client: Browser, mina: Person, ada: Person, clock: Clock
) -> None:
    path = f"/office/people/{mina.id}"
    assert "mina@example.org" not in client(ada).get(path).text

    client(ada).post(f"{path}/open")
    assert "mina@example.org" in client(ada).get(path).text

    clock.advance(timedelta(hours=1))
    assert "mina@example.org" not in client(ada).get(path).text


def test_a_person_is_looked_up_by_the_exact_address_only(
    client: Browser, mina: Person, ada: Person
) -> None:
    client(ada).post("/office/people", status=422, text="mina")
    reply = client(ada).post("/office/people", text="mina@example.org")

    assert reply.headers["Location"].endswith(str(mina.id))


def test_case_45_ada_proposes_and_otto_books(
    client: Browser, session: Session, mina: Person, ada: Person
) -> None:
    otto = person(session, "Otto", office_role="clerk")
    client(ada).post(f"/office/people/{mina.id}/open")
    client(ada).post(f"/office/people/{mina.id}/adjustments", points="30", reason="Lost list")
    adjustment = session.scalars(select(Adjustment)).one()
    path = f"/office/adjustments/{adjustment.id}"

    client(ada).post(f"{path}/book", status=403)
    client(otto).post(f"{path}/refuse", status=422, reason="")
    client(otto).post(f"{path}/book")

    session.rollback()  # look again
    session.refresh(adjustment)
    assert adjustment.state == "booked"
    client(otto).get("/office/adjustments")


def test_a_card_is_shown_once_with_its_code_and_pin(
    client: Browser, mina: Person, ada: Person
) -> None:
    sheet = client(ada).post(f"/office/people/{mina.id}/card", status=200)
    pin = client(ada).post(f"/office/people/{mina.id}/pin", status=200)

    assert "<svg" in sheet.text
    assert sheet.headers["Cache-Control"] == pin.headers["Cache-Control"] == "no-store"


def test_an_account_is_opened_at_the_desk(client: Browser, ada: Person) -> None:
    client(ada).post("/office/people/new", status=422, display_name="", age="")
    reply = client(ada).post("/office/people/new", display_name="Hildegard S.", age="adult")

    assert "Hildegard S." in client(ada).follow(reply).text


def test_the_desk_asks_the_database_a_fixed_number_of_times(
    client: Browser, session: Session, ada: Person, app: object
) -> None:
    counted: list[str] = []
    engine = app.extensions["engine"]  # type: ignore[attr-defined]
    browser = client(ada)
    event.listen(engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    browser.get("/office")
    before = len(counted)

    for number in range(20):
        session.add(Organisation(slug=f"body-{number}", name=f"Body {number}", applied_at=NOON))
    session.commit()
    counted.clear()
    browser.get("/office")

    assert len(counted) <= before
