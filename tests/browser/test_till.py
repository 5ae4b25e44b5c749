"""The till in a real browser: what its result looks, sounds and feels like, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.partners.models import Partner
from engage.rewards.models import Reward
from tests.browser.conftest import Visit
from tests.browser.films import film_code
from tests.browser.tills import Till, booked, pair, voucher
from tests.browser.visitors import DESKTOP, PHONE

UNKNOWN = "V0000000000"


@pytest.fixture
def code(session: Session, mina: Person, reward: Reward) -> str:
    return voucher(session, mina, reward)[1]


@pytest.fixture
def token(session: Session, partner: Partner) -> str:
    return pair(session, partner)


@pytest.fixture
def till(visit: Visit, token: str) -> Till:
    till = Till(visit(locale="en-GB", service_workers="block"), token)
    till.open()
    return till


def test_case_31_35_a_result_is_word_shape_colour_sound_and_pulse_and_the_next_needs_no_tap(
    till: Till, code: str
) -> None:
    till.type(code)

    till.expect_result("ok", "Valid")
    expect(till.page.locator(".e-result__mid")).to_be_focused()
    expect(till.page.locator(".e-result__mid > svg use[href$='st-ok']")).to_be_visible()
    expect(till.page.get_by_role("link", name="Undo, until")).to_be_visible()
    assert till.page.evaluate("[heard, felt]") == [2, ["60"]]
    assert (till.visitor.axe(), till.visitor.overflow()) == ([], 0)

    till.scan(code)  # the next one, while the result is still there: it was the same once more

    till.expect_result("known", "Already redeemed")
    expect(till.page.locator(".e-result__mid > svg use[href$='st-known']")).to_be_visible()
    assert till.page.evaluate("[heard, felt]") == [4, ["60", "50 80 50"]]

    till.scan(UNKNOWN)

    till.expect_result("refused", "Not possible")
    assert till.page.evaluate("[heard, felt]") == [5, ["60", "50 80 50", "300"]]
    till.page.go_back()  # to the till, as anywhere
    expect(till.page.get_by_label("Or type the code")).to_be_visible()


def test_the_switch_for_sound_and_vibration_is_remembered_on_the_device(
    till: Till, code: str
) -> None:
    silent = till.page.get_by_role("button", name="Sound: off")

    till.page.get_by_role("button", name="Sound: on").click()

    expect(silent).to_be_visible()
    till.open()
    expect(silent).to_be_visible()
    till.type(code)
    till.expect_result("ok", "Valid")
    assert till.page.evaluate("[heard, felt]") == [0, []]


def test_a_till_with_a_keyboard_is_ready_for_the_next_code(
    visit: Visit, token: str, code: str
) -> None:
    till = Till(visit(DESKTOP, locale="en-GB", service_workers="block"), token)
    till.open()
    field = till.page.get_by_label("Or type the code")

    expect(field).to_be_focused()
    till.scan(code)
    till.expect_result("ok", "Valid")
    till.page.keyboard.press("Tab")
    till.page.keyboard.press("Enter")

    expect(field).to_be_focused()
    expect(till.page.get_by_text("can be undone until")).to_be_visible()


def test_typing_redeems_and_undoes_without_javascript(visit: Visit, token: str, code: str) -> None:
    window = visit(locale="en-GB", java_script_enabled=False)
    till = Till(window, token)
    window.open("/till")

    till.type(code)

    till.expect_result("ok", "Valid")
    till.page.get_by_role("link", name="Undo, until").click()
    till.page.get_by_label("Wrong code or wrong reward").check()
    till.page.get_by_role("button", name="Take it back").click()
    expect(till.page.get_by_role("heading", name="Undone")).to_be_visible()


@pytest.fixture
def filming(launch: Callable[..., Browser], code: str, tmp_path: Path) -> Browser:
    """A browser whose camera sees the voucher."""
    return launch(film_code(f"HTTPS://CITY.EXAMPLE/Q/{code}", tmp_path / "camera.mjpeg"))


def test_the_camera_stays_open_from_one_voucher_to_the_next(
    visit: Visit, filming: Browser, session: Session, mina: Person, token: str
) -> None:
    options = {"browser": filming, "permissions": ["camera"], "service_workers": "block"}
    till = Till(visit(PHONE, locale="en-GB", **options), token)
    till.open()

    till.expect_result("ok", "Valid", timeout=30_000)
    till.page.get_by_role("link", name="Done").click()

    till.expect_result("known", "Already redeemed", timeout=30_000)  # it is still before the camera
    assert till.page.evaluate("opened") == 1
    assert booked(session, mina)[1:] == (1, 10)


def test_the_till_of_a_device_and_of_a_member_can_be_installed_and_start_there(
    visit: Visit, vera: Person, partner: Partner, token: str
) -> None:
    member = Till(visit(person=vera, locale="en-GB"), path=f"/partner/{partner.slug}/till")
    device = Till(visit(locale="en-GB"), token)
    for till in (member, device):
        till.open()
        till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        browser = till.visitor.context.new_cdp_session(till.page)

        found = browser.send("Page.getAppManifest")
        why_not = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]

        assert found["errors"] == []
        assert found["manifest"]["startUrl"] == till.visitor.url + till.path
        assert [one["errorId"] for one in why_not if one["errorId"] != "in-incognito"] == []


def test_case_37_what_was_undone_stands_so_beside_the_camera(
    till: Till, session: Session, mina: Person, code: str
) -> None:
    till.type(code)
    till.page.get_by_role("link", name="Undo, until").click()
    till.page.get_by_label("The person does not want it").check()

    till.page.get_by_role("button", name="Take it back").click()

    till.expect_result("ok", "Undone")
    till.page.get_by_role("link", name="Next code").click()
    expect(till.page.locator(".e-last")).to_contain_text("Undone")
    assert booked(session, mina)[1:] == (0, 50)
