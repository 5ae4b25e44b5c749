"""The live board and the kiosk keep themselves fresh, without anybody touching them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.organisations.models import Organisation
from tests.browser.conftest import Visit
from tests.browser.visitors import DESKTOP, PHONE
from tests.factories import devices

AWAY = r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch|Failed to load resource"


def check_in(visit: Visit, organiser: Person, occurrence: Occurrence, person: Person) -> None:
    """On another phone, by name."""
    page = visit(PHONE, person=organiser).open(f"/organise/occurrences/{occurrence.id}")
    page.get_by_role("button", name=re.compile(rf"Einchecken.*{person.display_name}")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ist da")


def test_the_board_shows_who_came_by_itself_and_says_when_the_server_is_away(
    visit: Visit, session: Session, organisation: Organisation, occurrence: Occurrence,
    mina: Person, juno: Person,
) -> None:  # fmt: skip
    devices.scanner(session, organisation, name="North door", unsent=2)
    desk = visit(DESKTOP, person=juno)
    page = desk.open(f"/organise/occurrences/{occurrence.id}/live")
    came = page.locator(".e-stat").nth(1)
    expect(came).to_have_text("0 gekommen")
    expect(page.locator("#board")).to_contain_text("2 nicht gesendet")
    page.evaluate("window.sameDocument = true")

    check_in(visit, juno, occurrence, mina)
    expect(came).to_have_text("1 gekommen", timeout=20_000)
    desk.shot("board")
    desk.allow(AWAY)
    desk.context.set_offline(True)
    away = page.get_by_text("Der Server ist nicht erreichbar.")
    expect(away).to_be_visible(timeout=20_000)
    desk.context.set_offline(False)
    expect(away).to_be_hidden(timeout=20_000)
    assert page.evaluate("window.sameDocument") is True


def test_a_paired_kiosk_shows_the_code_of_the_running_date_and_counts_by_itself(
    visit: Visit, session: Session, organisation: Organisation, occurrence: Occurrence,
    mina: Person, juno: Person,
) -> None:  # fmt: skip
    _device, token = devices.scanner(session, organisation, kind="kiosk", name="Screen")
    screen = visit(DESKTOP)
    screen.context.add_cookies([{"name": "device", "value": token, "url": screen.url}])

    page = screen.open("/kiosk")

    expect(page).to_have_url(re.compile(f"/kiosk/{occurrence.id}$"))
    expect(page.locator(".e-qr svg")).to_be_visible()
    expect(page.locator(".e-read")).to_have_text(re.compile(r"^\w{3} \w{3}$"))
    check_in(visit, juno, occurrence, mina)
    expect(page.locator("#count")).to_have_text("1 Person ist da", timeout=30_000)
    full: Any = page.get_by_role("button", name="Vollbild")
    full.click()
    expect(page.get_by_role("button", name="Kleiner")).to_be_visible()
    screen.shot("kiosk")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_the_pages_of_the_door_fit_phones_and_desks_in_both_languages(
    visit: Visit, occurrence: Occurrence, juno: Person, device: dict[str, Any], locale: str
) -> None:
    visitor = visit(device, person=juno, locale=locale)
    for rest in ("", "/live", "/inside", "/leave", "/close", "/code"):
        visitor.open(f"/organise/occurrences/{occurrence.id}{rest}")
        assert visitor.overflow() <= 0, rest
    visitor.open("/help/check-in")
    assert visitor.overflow() <= 0
    assert visitor.axe() == []
