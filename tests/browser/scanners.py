"""A scanner at a door: a paired browser in front of the app, and codes to show it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.attendance.models import Attendance
from engage.devices.models import Device
from engage.organisations.models import Organisation
from tests.browser.visitors import Visitor
from tests.factories import devices, people


def now() -> datetime:
    """The server's clock is the real one."""
    return datetime.now(UTC)  # noqa: TID251


def pair(session: Session, organisation: Organisation, **given: Any) -> tuple[Device, str]:
    """A scanner that was paired yesterday, and its token."""
    yesterday = now() - timedelta(days=1)
    fields = {"paired_at": yesterday, "created_at": yesterday, "may_search": True, **given}
    return devices.scanner(session, organisation, **fields)


class Scanner:
    """The app in one window."""

    def __init__(self, visitor: Visitor, token: str = "") -> None:
        self.visitor = visitor
        self.page: Page = visitor.page
        #: What a browser says in its console when the network is cut or the server says no.
        visitor.allow(r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_CONNECTION|Failed to fetch")
        visitor.allow(r"Service Worker registration blocked|preload|AudioContext")
        visitor.allow(r"status of (401|403|404|408|409|410|422|425|429|5\d\d)")
        if token:
            self.carry(token)

    def carry(self, token: str) -> None:
        """This browser is that device."""
        self.visitor.context.add_cookies(
            [
                {
                    "name": "device",
                    "value": token,
                    "url": self.visitor.url,
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )

    def open(self, occurrence: Occurrence | None = None) -> Page:
        at = f"?at={occurrence.id}" if occurrence else ""
        self.visitor.open(f"/scanner{at}")
        if occurrence is not None:
            expect(self.part("scan")).to_be_visible()
            expect(self.part("under")).not_to_be_empty()
        return self.page

    def part(self, name: str) -> Locator:
        return self.page.locator(f"[data-part='{name}']").first

    @property
    def result(self) -> Locator:
        return self.part("result")

    def key_in(self, text: str) -> None:
        """What a hardware scanner does: very fast keys, then Enter, wherever the focus is."""
        self.page.evaluate(
            """(text) => {
              const at = document.activeElement ?? document.body;
              const press = (key) => at.dispatchEvent(
                new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
              for (const key of text) press(key);
              press("Enter");
            }""",
            text,
        )

    def expect_look(self, look: str) -> None:
        expect(self.result).to_have_class(f"e-result e-door__result is-{look}")
        expect(self.result).to_be_visible()

    def wait_for_roster(self) -> None:
        """The list of the date is on this device, so that the network may go."""
        self.page.evaluate(
            """async () => {
              const open = () => new Promise((done, no) => {
                const asked = indexedDB.open("engage-door");
                asked.onsuccess = () => done(asked.result);
                asked.onerror = () => no(asked.error);
              });
              const base = await open();
              const count = () => new Promise((done) => {
                const asked = base.transaction("rosters").objectStore("rosters").count();
                asked.onsuccess = () => done(asked.result);
              });
              while (!(await count())) await new Promise((done) => setTimeout(done, 50));
              base.close();
            }"""
        )

    def go_offline(self) -> None:
        """Cut the network, and take the way that the menu offers."""
        self.visitor.context.set_offline(True)
        self.part("openMenu").click()
        self.part("menuOffline").click()
        expect(self.part("offlineBar")).to_be_visible()

    def unsent(self, number: int, timeout: float | None = None) -> None:
        """How many scans wait here; 300 is not taken for 0."""
        exactly = re.compile(rf"(?<!\d){number} ")
        expect(self.part("unsentChip")).to_contain_text(exactly, timeout=timeout)

    def sync(self) -> None:
        """What the browser does when it believes to be online again."""
        self.page.evaluate("window.dispatchEvent(new Event('online'))")

    def come_back(self) -> None:
        """The network is there again; the app goes back to it by itself."""
        self.visitor.context.set_offline(False)
        self.sync()
        expect(self.part("offlineBar")).to_be_hidden()

    def wait_until_kept(self) -> None:
        """The service worker has this page and its files, so that it opens without a network."""
        self.page.evaluate(
            """async () => {
              const has = async () => {
                for (const name of await caches.keys()) {
                  const cache = await caches.open(name);
                  const paths = (await cache.keys()).map(({ url }) => new URL(url).pathname);
                  const engine = paths.some((path) => path.endsWith(".wasm"));
                  if (paths.includes("/scanner") && engine) return true;
                }
                return false;
              };
              while (!(await has())) await new Promise((done) => setTimeout(done, 50));
            }"""
        )


def code_of(session: Session, person: Person) -> str:
    return people.shown_by(session, people.phone(session, person), now())


def attendances(session: Session) -> list[Attendance]:
    session.rollback()  # look again
    return list(session.scalars(select(Attendance).order_by(Attendance.checked_in_at)))


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


#: Opens the app of the paired scanner.
Open = Callable[..., Scanner]
