"""What a scanner keeps: nothing is dropped on a full disk, at signing out, or when switched off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import DEMO_CODE_KEYS
from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.organisations.models import Organisation
from engage.privacy.erasing import erase
from engage.storage.unit_of_work import run_work
from tests.browser.cities import Served
from tests.browser.conftest import Visit
from tests.browser.scanners import Open, Scanner, attendances, code_of, now
from tests.browser.visitors import PHONE, Visitor


def test_case_27_a_full_disk_is_said_in_words_and_loses_nothing(
    door: Open, session: Session, mina: Person, omar: Person, occurrence: Occurrence
) -> None:
    scanner = door()
    scanner.go_offline()
    scanner.key_in(code_of(session, mina))
    scanner.expect_look("stored")
    _fill_disk(scanner.visitor)

    scanner.key_in(code_of(session, omar))

    scanner.expect_look("refused")
    expect(scanner.part("word")).to_have_text("Nicht gemerkt")
    expect(scanner.part("why")).to_contain_text("1 früherer Scan ist gemerkt, dieser nicht")
    scanner.result.get_by_role("button").first.click()
    scanner.unsent(1)
    scanner.come_back()
    scanner.unsent(0)
    assert [one.person_id for one in attendances(session)] == [mina.id]


def _fill_disk(visitor: Visitor) -> None:
    """From now on this browser stores nothing more for the site."""
    visitor.page.evaluate(
        """() => {
          IDBObjectStore.prototype.add = () => {
            throw new DOMException("no space left", "QuotaExceededError");
          };
        }"""
    )


def test_case_57_signing_out_leaves_nothing_readable_and_keeps_what_is_unsent(
    visit: Visit,
    session: Session,
    occurrence: Occurrence,
    mina: Person,
    juno: Person,
) -> None:
    window = visit(PHONE, person=juno, service_workers="block")
    scanner = Scanner(window)
    page = window.open(f"/organise/occurrences/{occurrence.id}/scan")
    page.get_by_role("button", name="Dieses Handy als Scanner benutzen").click()
    expect(scanner.part("scan")).to_be_visible()
    scanner.wait_for_roster()
    scanner.go_offline()
    scanner.key_in(code_of(session, mina))
    scanner.expect_look("stored")
    page.route("**/api/v1/scans", lambda route: route.abort())
    window.context.set_offline(False)

    window.open("/me/account")
    page.get_by_role("button", name="Abmelden", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Abmelden").click()

    expect(page.get_by_text("Sie sind abgemeldet.")).to_be_visible()
    kept = page.evaluate(STORED)
    assert kept == {"rosters": 0, "scans": 1, "keys": ["waiting"]}
    page.unroute_all()
    window.open("/scanner")
    expect(scanner.part("standing")).to_contain_text("abgeschaltet")
    scanner.unsent(0)  # what was stored has gone up, to review
    assert [one.person_id for one in attendances(session)] == [mina.id]


STORED = """async () => {
  const base = await new Promise((done) => {
    const asked = indexedDB.open("engage-door");
    asked.onsuccess = () => done(asked.result);
  });
  const ask = (store, verb) => new Promise((done) => {
    const asked = base.transaction(store).objectStore(store)[verb]();
    asked.onsuccess = () => done(asked.result);
  });
  const found = {
    rosters: await ask("rosters", "count"),
    scans: await ask("scans", "count"),
    keys: await ask("keys", "getAllKeys"),
  };
  base.close();
  return found;
}"""


def test_a_device_that_is_switched_off_sends_its_scans_and_then_forgets_the_list(
    door: Open, session: Session, mina: Person, organisation: Organisation
) -> None:
    from engage.devices.models import Device

    scanner = door()
    scanner.go_offline()
    scanner.key_in(code_of(session, mina))
    scanner.expect_look("stored")
    session.rollback()
    session.scalars(select(Device)).one().revoked_at = now()
    session.commit()

    scanner.come_back()

    expect(scanner.part("standing")).to_contain_text("abgeschaltet")
    scanner.unsent(0)
    assert [one.person_id for one in attendances(session)] == [mina.id]
    assert scanner.page.evaluate(STORED)["rosters"] == 0


def test_a_device_whose_pairing_is_gone_keeps_its_scans_until_it_is_paired_again(
    door: Open, session: Session, mina: Person, token: str
) -> None:
    scanner = door()
    scanner.visitor.context.clear_cookies(name="device")

    scanner.key_in(code_of(session, mina))

    scanner.expect_look("stored")
    expect(scanner.part("standing")).to_contain_text("nicht mehr verbunden")
    scanner.unsent(1)
    assert attendances(session) == []
    scanner.carry(token)
    scanner.sync()
    scanner.unsent(0)
    assert [one.person_id for one in attendances(session)] == [mina.id]


def test_a_change_of_the_code_keys_leaves_nobody_out_of_the_list(
    door: Open,
    server: Served,
    monkeypatch: pytest.MonkeyPatch,
    session: Session,
    mina: Person,
) -> None:
    code = code_of(session, mina)
    scanner = door()
    server.kill()
    monkeypatch.setenv("ENGAGE_CODE_KEYS", f"next:{'bmV4dC1rZXkt' * 3},{DEMO_CODE_KEYS}")
    server.start()

    with scanner.page.expect_response(lambda answer: answer.url.endswith("/roster")):
        scanner.page.reload()

    scanner.go_offline()
    scanner.key_in(code)
    expect(scanner.part("last")).to_contain_text(mina.display_name)


def test_case_46_the_list_forgets_who_was_erased(
    door: Open, session: Session, mina: Person
) -> None:
    code, name = code_of(session, mina), mina.display_name
    scanner = door()
    run_work(session, lambda s: erase(s, mina.id, now=now()))

    with scanner.page.expect_response("**/roster?since=*") as answer:
        scanner.page.reload()

    assert answer.value.json()["whole"]
    scanner.go_offline()
    scanner.key_in(code)
    scanner.unsent(1)
    expect(scanner.part("last")).not_to_contain_text(name)


DAY = 24 * 3_600_000


def test_case_57_the_list_of_a_date_is_forgotten_a_day_after_its_end_without_any_contact(
    visit: Visit, session: Session, token: str, mina: Person, omar: Person, occurrence: Occurrence
) -> None:
    """It ends in two hours."""
    scanner = Scanner(visit(PHONE, service_workers="block"), token)
    scanner.page.clock.install()
    scanner.open(occurrence)
    scanner.wait_for_roster()
    scanner.key_in(code_of(session, mina))
    scanner.expect_look("ok")
    scanner.go_offline()
    scanner.key_in(code_of(session, omar))
    scanner.expect_look("stored")

    scanner.page.clock.fast_forward(DAY)
    scanner.unsent(1)
    assert scanner.page.evaluate(STORED)["rosters"] == 1
    scanner.page.clock.fast_forward(DAY // 8)

    scanner.unsent(1)
    expect(scanner.part("last")).not_to_contain_text(mina.display_name)
    kept = scanner.page.evaluate(STORED)
    assert (kept["rosters"], kept["scans"]) == (0, 1)  # what was never sent stays


def test_case_57_a_list_whose_time_is_over_is_not_opened_again(
    door: Open, session: Session, mina: Person, occurrence: Occurrence
) -> None:
    scanner = door()
    scanner.page.route("**/api/v1/**", lambda route: route.abort())
    scanner.page.clock.install(time=now() + timedelta(hours=27))

    scanner.open(occurrence)

    assert scanner.page.evaluate(STORED)["rosters"] == 0
