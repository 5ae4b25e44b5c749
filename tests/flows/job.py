"""The steps of the city's main job, each as its person does it in a browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.accounts.queries import find_by_email
from engage.activities.models import Activity, Occurrence
from engage.ledger.queries import balance_of
from engage.partners.models import Partner
from engage.rewards.models import Reward
from tests.attendance.door import nonce
from tests.clock import Clock
from tests.factories.accounts import PASSWORD
from tests.factories.mail import letters_to, token_in
from tests.factories.people import shown_by
from tests.html import Element
from tests.pages import CheckingClient


@dataclass
class Job:
    """A city with an organiser and a till, and what citizens do in it."""

    client: Callable[..., CheckingClient]
    session: Session
    clock: Clock
    juno: Person
    vera: Person
    partner: Partner

    def sign_up(self, name: str) -> CheckingClient:
        """Somebody new, with their address confirmed by the link in the mail, signed in."""
        browser, email = self.client(), f"{name.lower()}@example.net"
        browser.page("/sign-up")
        browser.follow(
            browser.post(
                "/sign-up",
                display_name=name,
                email=email,
                password=PASSWORD,
                age="adult",
                agrees="y",
            )
        )
        token = token_in(self.session, letters_to(self.session, email)[0])
        browser.page(f"/l/confirm/{token}")
        browser.post(f"/l/confirm/{token}")
        browser.post("/sign-in", name=email, password=PASSWORD)
        return browser

    def take_a_place(
        self, browser: CheckingClient, activity: Activity, occurrence: Occurrence
    ) -> None:
        """Found in the list by its words, opened, registered."""
        found = browser.page("/activities", query_string={"q": activity.title})
        address = f"/activities/{activity.id}"
        assert [one for one in found.all("a") if one["href"].startswith(address)]
        form = f"/dates/{occurrence.id}/register"
        assert browser.page(f"{address}?date={occurrence.id}").all("form", action=form)
        browser.follow(browser.post(form))

    def code_on_the_phone(self, browser: CheckingClient) -> str:
        """What a camera reads from the pass that the page shows."""
        browser.post("/pass/phones")
        number = code_in(browser.page("/pass")).replace(" ", "")
        self.session.rollback()
        phone = self.session.scalars(select(Pass).where(Pass.number == number)).one()
        return shown_by(self.session, phone, self.clock.now)

    def check_in(self, occurrence: Occurrence, code: str) -> str:
        """Juno types the code; what her screen says."""
        door = f"/organise/occurrences/{occurrence.id}/scan"
        organiser = self.client(self.juno)
        organiser.page(door)
        return organiser.follow(organiser.post(door, code=code, nonce=nonce())).text

    def reserve(self, browser: CheckingClient, reward: Reward) -> str:
        """Take a reward; the code that the page of the reservation shows."""
        page = browser.page(f"/rewards/{reward.id}")
        [number] = page.all("input", name="id")
        reply = browser.post(f"/rewards/{reward.id}/redemptions", id=number["value"])
        found = re.search(r"V\w{3} \w{4} \w{2}", browser.follow(reply).text)
        assert found
        return found[0]

    def hand_over(self, code: str) -> str:
        """Vera types the code; what the till says."""
        till = self.client(self.vera)
        address = f"/partner/{self.partner.slug}/till"
        [number] = till.page(address).all("input", name="nonce")
        return till.follow(till.post(address, code=code, nonce=number["value"])).text

    def person(self, name: str) -> Person:
        self.session.rollback()
        found = find_by_email(self.session, f"{name.lower()}@example.net")
        assert found
        return found

    def balance(self, person_id: uuid.UUID) -> int:
        self.session.rollback()
        return balance_of(self.session, person_id)


def code_in(page: Element) -> str:
    """The code that a page says in words."""
    return page.with_class("e-read")[0].text
