"""A partner's first reward, from the desk of an approved account: its steps are counted."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.partners.models import Partner
from engage.rewards.models import Reward
from tests.browser.conftest import Visit
from tests.browser.visitors import DESKTOP, Visitor
from tests.factories.partners import partner as make_partner

#: What the way may cost at most; docs/partners.md names the steps.
PAGES, FIELDS, PRESSES = 4, 3, 3
#: So long somebody takes who reads each page and thinks about each field, in seconds.
UNHURRIED, THREE_MINUTES = 20, 180

FOCUSED = """() => {
  const at = document.activeElement;
  return (at.labels?.[0] ?? at).innerText?.trim() ?? "";
}"""


@dataclass
class Steps:
    """Walks by keyboard alone, and counts."""

    page: Page
    pages: int = 0
    fields: int = 0
    presses: int = 0
    tabs: int = 0

    def __post_init__(self) -> None:
        self.page.on("framenavigated", lambda _frame: self._arrive())

    def _arrive(self) -> None:
        self.pages += 1

    def _go_to(self, name: str) -> None:
        for _ in range(80):
            self.page.keyboard.press("Tab")
            self.tabs += 1
            if str(self.page.evaluate(FOCUSED)).startswith(name):
                return
        raise AssertionError(f"the keyboard does not reach “{name}”")

    def fill(self, name: str, text: str) -> None:
        self._go_to(name)
        self.page.keyboard.type(text)
        self.fields += 1

    def press(self, name: str) -> None:
        self._go_to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.presses += 1


@pytest.fixture
def cafe(session: Session, vera: Person) -> Partner:
    return make_partner(session, "Crane Cafe", managers=[vera])


@pytest.fixture
def desk(visit: Visit, vera: Person) -> Visitor:
    window = visit(DESKTOP, person=vera)
    window.context.add_cookies([{"name": "language", "value": "en", "url": window.url}])
    return window


def test_the_first_reward_takes_four_pages_three_fields_and_three_presses(
    desk: Visitor, session: Session, cafe: Partner
) -> None:
    steps, began = Steps(desk.page), time.monotonic()
    desk.open(f"/partner/{cafe.slug}")

    steps.press("New reward")
    steps.fill("Title", "A coffee of your choice")
    steps.fill("Points", "40")
    steps.fill("Worth in euros", "3,50")
    steps.press("To the preview")
    expect(desk.page.get_by_text("Your team reads at the till: A coffee")).to_be_visible()
    expect(desk.page.get_by_role("heading", name="What happens next")).to_be_visible()
    steps.press("Publish")

    took = time.monotonic() - began
    expect(desk.page.get_by_text("You get a mail as soon as it is decided")).to_be_visible()
    expect(desk.page.get_by_text("It is your first reward.")).to_be_visible()
    (reward,) = session.scalars(select(Reward))
    assert (reward.status, reward.cost, reward.face_value_cents) == ("submitted", 40, 350)
    way = f"{steps.pages} pages, {steps.fields} fields, {steps.presses} presses: {took:.0f} s"
    print(way)  # noqa: T201 - shown with -s, and where the test fails
    assert steps.pages <= PAGES
    assert steps.fields <= FIELDS
    assert steps.presses <= PRESSES
    assert took + UNHURRIED * (steps.pages + steps.fields) < THREE_MINUTES


def test_the_page_of_a_new_reward_asks_for_these_fields_and_no_others(
    desk: Visitor, cafe: Partner
) -> None:
    desk.allow("status of 422")
    page = desk.open(f"/partner/{cafe.slug}/rewards/new")

    expect(page.get_by_label("Picture")).to_be_hidden()
    page.get_by_role("button", name="To the preview").click()

    wrong = page.get_by_role("alert").get_by_role("listitem")
    expect(wrong).to_have_count(FIELDS)
    expect(page.get_by_label("Picture")).to_be_hidden()  # nothing is wrong in what is folded
    assert desk.axe() == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert desk.overflow() == 0
