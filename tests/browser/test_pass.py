"""The pass on a phone of its own: made there, without a network too, and gone after signing out."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.activities.models import Occurrence
from engage.audit.verify import verify
from engage.devices import cookie as device_cookie
from engage.ledger.queries import balance_of
from tests.browser.cities import City
from tests.browser.conftest import Visit
from tests.browser.films import film
from tests.browser.visitors import PHONE, Visitor

OFFLINE = r"ERR_INTERNET_DISCONNECTED|Failed to fetch|Failed to load resource"

#: What a browser has kept: names of databases, and addresses in caches that are no files.
KEPT = """async () => {
  const databases = (await indexedDB.databases()).map(({ name }) => name);
  const pages = [];
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) {
      if (!url.includes("/static/dist/")) pages.push(new URL(url).pathname);
    }
  }
  const plain = [localStorage, sessionStorage].flatMap((store) => Object.keys(store));
  return { databases, pages, plain };
}"""

#: The pass opens without a network from now on.
UNTIL_KEPT = """async () => {
  const kept = () => caches.match("/pass", { ignoreVary: true });
  while (!(await kept())) await new Promise(requestAnimationFrame);
}"""


def show_the_pass(visitor: Visitor) -> Page:
    """Let this phone show the pass, as its owner does at the first go."""
    page = visitor.open("/pass")
    page.get_by_role("button", name="Meinen Pass auf diesem Gerät zeigen").click()
    expect(page.locator("[data-behaviour='pass'] svg[data-step]")).to_be_visible()
    return page


def fly(visitor: Visitor) -> Page:
    """Flight mode, once the phone has all that it needs."""
    page = visitor.page
    page.evaluate(UNTIL_KEPT)
    visitor.allow(OFFLINE)
    visitor.context.set_offline(True)
    return page


def test_case_19_a_pass_made_in_flight_mode_is_scanned_and_credited(  # noqa: PLR0913 - fixtures
    visit: Visit,
    launch: Callable[..., Browser],
    session: Session,
    occurrence: Occurrence,
    mina: Person,
    juno: Person,
    tmp_path: Path,
) -> None:
    phone = visit(PHONE, person=mina)
    show_the_pass(phone)
    mine = fly(phone)
    mine.reload()  # the browser was closed meanwhile
    expect(mine.locator("[data-part='alone']")).to_be_visible()
    phone.shot("pass-in-flight-mode")
    seen = mine.locator("svg[data-step]").screenshot()
    camera = launch(camera=film(seen, tmp_path / "camera.mjpeg"))
    door = visit(PHONE, person=juno, browser=camera, permissions=["camera"])

    page = door.open(f"/organise/occurrences/{occurrence.id}/scan")

    expect(page.get_by_role("heading", level=1)).to_have_text("Ist da", timeout=20_000)
    expect(page.locator("main")).to_contain_text(mina.display_name)
    session.expire_all()
    assert balance_of(session, mina.id) == 30  # three hours
    assert verify(session) == []


def test_cod_4_the_key_on_the_phone_cannot_be_read_and_the_secret_comes_once(
    visit: Visit, mina: Person
) -> None:
    phone = visit(PHONE, person=mina)
    asked: list[str] = []
    phone.page.on("request", lambda one: asked.append(f"{one.method} {one.url}"))
    page = show_the_pass(phone)
    page.reload()
    expect(page.locator("svg[data-step]")).to_be_visible()

    key = page.evaluate("""() => new Promise((resolve, reject) => {
      const asked = indexedDB.open("engage-pass");
      asked.onsuccess = () => {
        const all = asked.result.transaction("passes").objectStore("passes").getAll();
        all.onsuccess = () => resolve(
          all.result.map(({ key }) => [key.extractable, key.usages.join()]),
        );
        all.onerror = reject;
      };
    })""")

    assert key == [[False, "sign"]]
    assert len([one for one in asked if one.endswith("/pass/secret")]) == 1


def test_case_19_a_wiped_phone_is_renewed_without_a_word(
    visit: Visit, session: Session, mina: Person
) -> None:
    phone = visit(PHONE, person=mina)
    page = show_the_pass(phone)
    page.evaluate("() => { indexedDB.deleteDatabase('engage-pass'); }")

    page.reload()

    expect(page.locator("svg[data-step]")).to_be_visible()
    session.expire_all()
    assert len(session.scalars(select(Pass).where(Pass.person_id == mina.id)).all()) == 1


def test_case_19_after_eight_days_alone_the_code_is_hidden_and_says_why(
    visit: Visit, mina: Person
) -> None:
    phone = visit(PHONE, person=mina)
    phone.page.clock.install()
    show_the_pass(phone)
    page = fly(phone)

    page.clock.fast_forward(7 * 24 * 3_600_000)
    expect(page.locator("[data-part='code']")).to_be_visible()
    page.clock.fast_forward(25 * 3_600_000)

    expect(page.locator("[data-part='code']")).to_be_hidden()
    expect(page.locator("[data-part='old']")).to_have_text(re.compile("8 Tage"))
    phone.shot("pass-alone-for-too-long")


def test_case_19_a_clock_that_is_put_elsewhere_hides_the_code_until_the_next_contact(
    visit: Visit, mina: Person
) -> None:
    phone = visit(PHONE, person=mina)
    phone.page.clock.install()
    show_the_pass(phone)
    page = fly(phone)

    page.clock.set_system_time(datetime.now(UTC).replace(year=2031))  # noqa: TID251 - the browser's clock is real

    expect(page.locator("[data-part='code']")).to_be_hidden()
    expect(page.locator("[data-part='jumped']")).to_have_text(re.compile("Uhr"))
    phone.shot("pass-with-a-wrong-clock")
    phone.context.set_offline(False)
    page.evaluate("() => { window.dispatchEvent(new Event('online')); }")
    expect(page.locator("[data-part='code']")).to_be_visible()
    expect(page.locator("[data-part='jumped']")).to_be_hidden()


def test_case_57_signing_out_on_a_borrowed_phone_leaves_nothing_of_the_person(
    visit: Visit, city: City, mina: Person, omar: Person
) -> None:
    phone = visit(PHONE, person=mina)
    number = show_the_pass(phone).locator(".e-read").inner_text()
    phone.page.evaluate(UNTIL_KEPT)

    sign_out(phone)

    kept = phone.page.evaluate(KEPT)
    assert "/pass" not in kept["pages"]
    assert "engage-pass" not in kept["databases"]
    assert kept["plain"] == []
    phone.allow(OFFLINE)
    for offline in (True, False):
        phone.context.set_offline(offline)
        for go in (phone.page.go_back, lambda: phone.open("/pass")):
            with suppress(Error):  # without a network there may be nothing at all
                go()
            no_trace(phone.page, mina, number)
    phone.sign_in(city.cookie(omar))
    no_trace(phone.open("/pass"), mina, number)
    assert phone.page.evaluate(KEPT)["databases"] == []


def test_case_57_unsent_scans_of_a_device_outlive_signing_out_and_the_pass_does_not(
    visit: Visit, mina: Person
) -> None:
    phone = visit(PHONE, person=mina)
    phone.context.add_cookies([{"name": device_cookie.NAME, "value": "paired", "url": phone.url}])
    page = show_the_pass(phone)
    page.evaluate(UNTIL_KEPT)
    page.evaluate("""() => new Promise((resolve) => {
      const asked = indexedDB.open("engage-scanner", 1);
      asked.onsuccess = () => { asked.result.close(); resolve(); };
    })""")

    sign_out(phone)

    kept = page.evaluate(KEPT)
    assert "engage-scanner" in kept["databases"]
    assert "engage-pass" not in kept["databases"]
    assert "/pass" not in kept["pages"]


def sign_out(visitor: Visitor) -> None:
    page = visitor.open("/me/account")
    page.get_by_role("button", name="Abmelden", exact=True).click()
    expect(page.get_by_text("Sie sind abgemeldet.")).to_be_visible()


def no_trace(page: Page, person: Person, number: str) -> None:
    text = page.locator("html").inner_text()
    assert person.display_name not in text
    assert number not in text
