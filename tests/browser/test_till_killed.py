"""A till whose server dies: it says so plainly, and nothing is charged twice."""

from __future__ import annotations

import sqlite3
from urllib.request import urlopen

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.audit.verify import verify
from engage.partners.models import Partner
from engage.rewards.models import Reward
from tests.browser.cities import City, Served
from tests.browser.conftest import Visit
from tests.browser.tills import Till, booked, pair, voucher


@pytest.fixture
def code(session: Session, mina: Person, reward: Reward) -> str:
    return voucher(session, mina, reward)[1]


@pytest.fixture
def till(visit: Visit, session: Session, partner: Partner, code: str) -> Till:
    window = visit(locale="en-GB", service_workers="block")
    till = Till(window, pair(session, partner))
    till.open()
    return till


def test_case_35_a_server_that_is_away_books_nothing_and_the_till_says_so(
    till: Till, server: Served, session: Session, mina: Person, code: str
) -> None:
    nonce = till.nonce
    server.kill()

    till.type(code)

    till.expect_note("No connection. Nothing was booked.")
    assert (till.nonce, booked(session, mina)) == (nonce, (0, 0, 10))
    server.start()
    till.page.get_by_role("button", name="Check").click()
    till.expect_result("ok", "Valid")
    expect(till.page.get_by_text("This was sent before")).to_have_count(0)
    assert booked(session, mina) == (1, 1, 10)


def test_case_35_killed_in_the_middle_the_same_number_is_sent_again_and_counts_once(
    till: Till, server: Served, city: City, session: Session, mina: Person, code: str
) -> None:
    sent: list[str] = []
    till.page.on("request", lambda asked: sent.append(asked.post_data or ""))
    writer = sqlite3.connect(city.database_url.removeprefix("sqlite:///"), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")  # the unit of work has to wait for this one
    with till.page.expect_request(lambda asked: asked.method == "POST"):
        till.type(code)
    urlopen(f"{city.url}/healthz").read()  # behind the other in the server's line

    server.kill()
    writer.execute("ROLLBACK")
    writer.close()

    till.expect_note("Perhaps it is booked already. Ask again: it counts once.")
    assert booked(session, mina) == (0, 0, 10)
    ask_again = till.page.get_by_role("button", name="Ask again")
    ask_again.click()
    expect(ask_again).to_be_enabled()
    till.expect_note("No answer came")
    server.start()
    ask_again.click()
    till.expect_result("ok", "Valid")
    assert booked(session, mina) == (1, 1, 10)
    bodies = [one for one in sent if "nonce=" in one]
    assert len(bodies) == 3
    assert len(set(bodies)) == 1


def test_case_35_a_lost_answer_is_the_same_success_and_looks_like_one(
    till: Till, server: Served, session: Session, mina: Person, code: str
) -> None:
    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)  # the server has booked it …
        server.kill()  # … and dies before anybody hears of it
        route.abort("connectionreset")

    def only_posts(route: Route) -> None:
        lose(route) if route.request.method == "POST" else route.continue_()

    till.page.route("**/till", only_posts)
    till.type(code)
    till.expect_note("No answer came")
    assert booked(session, mina) == (1, 1, 10)
    till.page.unroute_all()
    server.start()

    till.page.get_by_role("button", name="Ask again").click()

    till.expect_result("ok", "Valid")
    expect(till.page.get_by_text("This was sent before. It counts once.")).to_be_visible()
    expect(till.page.get_by_text("One loaf of bread")).to_be_visible()
    assert booked(session, mina) == (1, 1, 10)
    assert verify(session) == []


def test_started_from_the_home_screen_without_the_server_it_says_so_and_comes_back(
    visit: Visit, server: Served, session: Session, partner: Partner
) -> None:
    till = Till(visit(locale="en-GB"), pair(session, partner))
    till.open()
    till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    till.page.close()
    server.kill()

    till.page = till.visitor.page = till.visitor.context.new_page()
    till.visitor.open("/till")

    expect(till.page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(till.page.get_by_text("Nothing is redeemed meanwhile.")).to_be_visible()
    expect(till.page.locator("form[action*=till], video")).to_have_count(0)
    assert till.visitor.axe() == []
    server.start()
    expect(till.page.get_by_label("Or type the code")).to_be_visible(timeout=20_000)
