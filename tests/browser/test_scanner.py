"""The scanner app in a real browser: by camera, by hardware scanner, with and without a network."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.attendance.models import Scan
from engage.organisations.models import Organisation
from tests.browser.conftest import Visit
from tests.browser.films import film_code
from tests.browser.scanners import Open, Scanner, attendances, code_of, count, pair
from tests.browser.visitors import PHONE
from tests.factories import people

NUMBERS = re.compile(r"\d+")


def test_a_person_after_the_other_by_camera_without_a_tap(  # noqa: PLR0913 - fixtures
    visit: Visit,
    launch: Callable[..., Browser],
    session: Session,
    token: str,
    occurrence: Occurrence,
    mina: Person,
    omar: Person,
    tmp_path: Path,
) -> None:
    film = film_code(f"HTTPS://ENGAGE.EXAMPLE/Q/{code_of(session, mina)}", tmp_path / "cam.mjpeg")
    window = visit(PHONE, browser=launch(camera=film), permissions=["camera"])
    scanner = Scanner(window, token)

    scanner.open(occurrence)

    expect(scanner.result).to_have_class(re.compile("is-ok"), timeout=20_000)
    expect(scanner.part("who")).to_have_text("Mina")
    expect(scanner.part("points")).to_have_text("30 Punkte")
    expect(scanner.part("said")).to_contain_text("Ist da. Mina. 30 Punkte")
    expect(scanner.result).to_be_hidden()  # by itself
    scanner.key_in(code_of(session, omar))
    expect(scanner.part("who")).to_have_text("Omar")
    assert len(attendances(session)) == 2


def test_case_2_a_hardware_scanner_on_a_german_keyboard_works_anywhere_on_the_page(
    door: Open, session: Session, mina: Person
) -> None:
    scanner = door()

    scanner.key_in(f"HTTPSÖ--ENGAGE.EXAMPLE-Q-{code_of(session, mina)}")

    scanner.expect_look("ok")
    assert [one.person_id for one in attendances(session)] == [mina.id]


def test_case_22_a_foreign_code_is_refused_here_and_never_sent(door: Open) -> None:
    scanner = door()
    asked: list[str] = []
    scanner.page.on("request", lambda request: asked.append(request.url))

    scanner.key_in("https://example.org/menu?table=12")

    expect(scanner.part("foreign")).to_be_visible()
    assert [url for url in asked if "check-ins" in url] == []


def test_case_9_somebody_twice_is_amber_with_the_first_time(
    door: Open, session: Session, mina: Person
) -> None:
    scanner, code = door(), code_of(session, mina)
    scanner.key_in(code)
    scanner.expect_look("ok")

    scanner.key_in(code)

    scanner.expect_look("known")
    expect(scanner.part("why")).to_have_text(re.compile(r"Schon da seit \d+\.\d\d Uhr\."))


def test_case_3_a_printed_card_asks_to_compare_the_name(
    door: Open, session: Session, mina: Person
) -> None:
    card, code = people.card(session, mina)
    scanner = door()

    scanner.key_in(code)

    scanner.expect_look("ok")
    expect(scanner.part("note")).to_contain_text(card.number)
    scanner.page.get_by_role("button", name="Der Name stimmt").click()
    expect(scanner.result).to_be_hidden()


def test_a_refusal_stays_until_it_is_tapped_and_says_what_to_do(door: Open) -> None:
    scanner = door()

    scanner.key_in("P" + "2" * 20)

    scanner.expect_look("refused")
    expect(scanner.part("advice")).to_contain_text("suchen Sie den Namen")
    expect(scanner.part("code")).to_have_text("code_unknown")
    scanner.key_in("P" + "3" * 20)  # does not take the place of what nobody has read
    expect(scanner.part("code")).to_have_text("code_unknown")
    scanner.page.get_by_role("button", name="Noch einmal scannen").click()
    expect(scanner.result).to_be_hidden()


def test_case_28_without_a_network_a_scan_is_stored_and_never_green(
    door: Open, session: Session, mina: Person
) -> None:
    scanner = door()
    scanner.go_offline()

    scanner.key_in(code_of(session, mina))

    scanner.expect_look("stored")
    expect(scanner.part("word")).to_have_text("Gemerkt")
    expect(scanner.part("unsent")).to_have_text("1 noch nicht gesendet")
    expect(scanner.result).to_be_hidden()
    scanner.unsent(1)
    assert attendances(session) == []

    scanner.come_back()

    scanner.unsent(0)
    assert [one.person_id for one in attendances(session)] == [mina.id]


def test_case_25_offline_the_same_person_twice_on_one_device_is_amber(
    door: Open, session: Session, mina: Person
) -> None:
    code = code_of(session, mina)
    scanner = door()
    scanner.go_offline()
    scanner.key_in(code)
    scanner.expect_look("stored")
    expect(scanner.part("who")).to_have_text("Mina")  # sealed in the list, opened by her pass

    scanner.key_in(code)

    scanner.expect_look("known")
    scanner.come_back()
    scanner.unsent(0)
    assert len(attendances(session)) == 1
    assert count(session, Scan) == 2  # both are on record


def test_case_25_offline_the_same_person_on_two_devices_is_one_attendance(
    door: Open,
    visit: Visit,
    session: Session,
    organisation: Organisation,
    occurrence: Occurrence,
    mina: Person,
) -> None:
    code, first = code_of(session, mina), door()
    second = Scanner(visit(PHONE, service_workers="block"), pair(session, organisation)[1])
    second.open(occurrence)
    second.wait_for_roster()
    for scanner in (first, second):
        scanner.go_offline()
        scanner.key_in(code)
        scanner.expect_look("stored")

    for scanner in (first, second):
        scanner.come_back()
        scanner.unsent(0)

    assert len(attendances(session)) == 1
    assert count(session, Scan) == 2


def test_case_26_the_server_answered_but_the_phone_never_saw_it(
    door: Open, session: Session, mina: Person
) -> None:
    scanner = door()

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    scanner.page.route("**/api/v1/check-ins", swallow)
    scanner.page.route("**/api/v1/scans", lambda route: route.abort())
    scanner.key_in(code_of(session, mina))
    scanner.page.get_by_role("button", name="Ohne Netz arbeiten").click()  # offered by itself
    scanner.expect_look("stored")
    assert len(attendances(session)) == 1

    scanner.page.unroute_all()
    scanner.sync()

    scanner.unsent(0)
    expect(scanner.part("offlineBar")).to_be_hidden()  # it went back by itself
    assert len(attendances(session)) == 1
    assert count(session, Scan) == 1  # one number from first to last


def test_an_answer_that_is_none_is_asked_for_again(
    door: Open, session: Session, mina: Person
) -> None:
    """A login page of a hotel, an error of a proxy: neither is ours."""
    scanner = door()
    wrong = iter(
        [
            {"status": 200, "content_type": "text/html", "body": "<h1>Welcome to our network</h1>"},
            {"status": 502, "content_type": "application/json", "body": "{}"},
            {"status": 200, "content_type": "application/json", "body": '{"ok": true}'},
        ]
    )

    def answer(route: Route) -> None:
        given = next(wrong, None)
        route.fulfill(**given) if given else route.continue_()  # type: ignore[arg-type]

    scanner.page.route("**/api/v1/check-ins", answer)

    scanner.key_in(code_of(session, mina))

    scanner.expect_look("asking")
    expect(scanner.result).to_have_class(re.compile("is-ok"), timeout=15_000)
    assert len(attendances(session)) == 1


def test_an_annulment_made_offline_goes_up_after_its_scan(
    door: Open, session: Session, mina: Person
) -> None:
    scanner = door()
    scanner.go_offline()
    scanner.key_in(code_of(session, mina))
    scanner.page.get_by_role("button", name="Zurücknehmen").click()
    scanner.part("annulForm").get_by_role("button").click()
    expect(scanner.part("note")).to_have_text("Vermerkt: zurückgenommen.")

    scanner.come_back()

    scanner.unsent(0)
    assert [one.annulled_at is None for one in attendances(session)] == [False]


def test_somebody_new_is_in_with_a_slip_to_show(door: Open, session: Session) -> None:
    scanner = door()
    scanner.part("openNew").click()
    scanner.page.get_by_label("Wie sollen wir die Person nennen?").fill("Gast")
    scanner.page.keyboard.press("Enter")
    scanner.expect_look("ok")

    scanner.page.get_by_role("button", name="Zettel zeigen").click()

    expect(scanner.part("slip").locator("svg[role=img]")).to_be_visible()
    assert len(attendances(session)) == 1


def test_a_name_is_found_with_and_without_a_network(
    door: Open, session: Session, mina: Person
) -> None:
    scanner = door()
    scanner.part("openSearch").click()
    scanner.page.get_by_label("Teil des Namens").fill("min")
    scanner.page.keyboard.press("Enter")
    expect(scanner.part("hits")).to_contain_text("Mina")
    scanner.page.keyboard.press("Escape")
    scanner.go_offline()

    scanner.part("openSearch").click()
    scanner.page.get_by_label("Teil des Namens").fill("min")
    scanner.page.keyboard.press("Enter")
    scanner.part("hitsForm").get_by_role("button").click()

    scanner.expect_look("stored")
    scanner.come_back()
    scanner.unsent(0)
    assert [one.person_id for one in attendances(session)] == [mina.id]


def test_everything_is_done_by_keyboard(door: Open, session: Session, mina: Person) -> None:
    scanner = door()
    page, code = scanner.page, code_of(session, mina)
    _tab_to(page, "Code tippen")
    page.keyboard.press("Enter")
    page.keyboard.type(code)

    page.keyboard.press("Enter")

    scanner.expect_look("ok")
    _tab_to(page, "Nächste Person")
    page.keyboard.press("Enter")
    expect(scanner.result).to_be_hidden()
    assert len(attendances(session)) == 1


def _tab_to(page: Page, name: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.innerText?.trim()") == name:
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_state_is_accessible_and_fits(
    door: Open, session: Session, mina: Person, width: int
) -> None:
    scanner = door(viewport={"width": width, "height": 700})
    code = code_of(session, mina)
    faults: list[str] = []

    def look(state: str) -> None:
        scanner.visitor.shot(state)
        faults.extend(f"{state}: {one}" for one in scanner.visitor.axe())
        if over := scanner.visitor.overflow():
            faults.append(f"{state}: {over} px too wide")

    look("scan")
    for state, text in (("ok", code), ("known", code), ("refused", "P" + "2" * 20)):
        scanner.key_in(text)
        scanner.expect_look(state)
        look(state)
        scanner.result.get_by_role("button").first.click()
    for sheet in ("openType", "openSearch", "openNew", "openMenu"):
        scanner.part(sheet).click()
        look(sheet)
        scanner.page.keyboard.press("Escape")
    scanner.go_offline()
    scanner.key_in("P" + "3" * 20)
    scanner.expect_look("stored")
    look("stored")
    scanner.result.get_by_role("button").first.click()
    scanner.part("unsentChip").click()
    look("list")
    assert faults == []


def test_the_camera_is_refused(
    visit: Visit, launch: Callable[..., Browser], token: str, occurrence: Occurrence, tmp_path: Path
) -> None:
    browser = launch(camera=film_code("x", tmp_path / "cam.mjpeg"), refused=True)
    scanner = Scanner(visit(PHONE, browser=browser), token)
    scanner.open(occurrence)

    scanner.part("start").click()

    expect(scanner.part("refused")).to_be_visible()
    scanner.page.get_by_role("button", name="Was hilft").click()
    expect(scanner.part("helpSheet")).to_contain_text("Safari")


def test_there_is_no_camera(door: Open) -> None:
    scanner = door()

    scanner.part("start").click()

    expect(scanner.part("missing")).to_be_visible()
    expect(scanner.part("openType")).to_be_visible()
    help_button = scanner.part("openHelp")
    expect(help_button).to_be_visible()
    look = "button => [getComputedStyle(button).color, getComputedStyle(button).backgroundColor]"
    words, ground = help_button.evaluate(look)  # over a picture axe does not say
    assert words != ground


def test_the_camera_is_taken_away_in_mid_scan(
    visit: Visit, launch: Callable[..., Browser], token: str, occurrence: Occurrence, tmp_path: Path
) -> None:
    browser = launch(camera=film_code("x", tmp_path / "cam.mjpeg"))
    scanner = Scanner(visit(PHONE, browser=browser, permissions=["camera"]), token)
    scanner.open(occurrence)
    expect(scanner.part("hint")).to_be_visible()

    scanner.part("view").evaluate(
        "view => view.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    )

    expect(scanner.part("taken")).to_be_visible()
    scanner.page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(scanner.part("taken")).to_be_hidden()
    expect(scanner.part("hint")).to_be_visible()
