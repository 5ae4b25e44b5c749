"""What the printer gets of a sheet: the sheet, with a margin, and nothing that is said about it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from tests.browser.conftest import Visit
from tests.browser.visitors import DESKTOP

#: Pixels of a centimetre at the 96 dots of an inch that browsers lay pages out with.
CENTIMETRE = 96 / 2.54


@pytest.mark.parametrize("what", ["card", "pin"])
def test_a_card_and_a_pin_are_printed_with_a_margin_and_without_what_is_said_about_them(
    visit: Visit, session: Session, mina: Person, ada: Person, what: str
) -> None:
    desk = visit(DESKTOP, person=ada)
    page = desk.open(f"/office/people/{mina.id}")
    page.get_by_role("button", name="Akte öffnen").click()
    page.get_by_role("button", name="Karte ausgeben").click()
    if what == "pin":
        page.get_by_role("link", name="zurück zur Akte").click()
        page.get_by_role("button", name="Neue PIN").click()
        page.get_by_role("dialog").get_by_role("button", name=re.compile("PIN|Ja")).click()
    expect(page.locator(".s-screen").first).to_be_visible()
    assert desk.axe() == []
    desk.shot(what)
    page.set_viewport_size({"width": 320, "height": 800})
    assert desk.overflow() == 0
    page.set_viewport_size(DESKTOP["viewport"])

    page.emulate_media(media="print")

    for said in page.locator(".s-screen").all():
        expect(said).to_be_hidden()
    for sheet in page.locator(".s-card, .s-slip").all():
        box = sheet.bounding_box()
        assert box is not None
        assert box["x"] >= CENTIMETRE
    expect(page.get_by_text("PIN der Karte")).to_be_visible()
