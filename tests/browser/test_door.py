"""The door as people meet it: a phone shows its pass, another phone's camera reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.audit.verify import verify
from engage.ledger.queries import balance_of
from tests.browser.conftest import Visit
from tests.browser.films import film
from tests.browser.test_pass import show_the_pass
from tests.browser.visitors import PHONE


def test_case_1_case_19_a_pass_filmed_from_a_phone_with_a_wrong_clock_is_scanned_and_credited(  # noqa: PLR0913 - fixtures
    visit: Visit,
    launch: Callable[..., Browser],
    session: Session,
    occurrence: Occurrence,
    mina: Person,
    juno: Person,
    tmp_path: Path,
) -> None:
    phone = visit(PHONE, person=mina)
    phone.page.clock.install(time="2031-01-01T03:00:00Z")  # case 19: wrong by years
    mine = show_the_pass(phone)
    seen = mine.locator("svg[data-step]").screenshot()
    camera = launch(camera=film(seen, tmp_path / "camera.mjpeg"))
    door = visit(PHONE, person=juno, browser=camera, permissions=["camera"])

    page = door.open(f"/organise/occurrences/{occurrence.id}/scan")

    expect(page.get_by_role("heading", level=1)).to_have_text("Ist da", timeout=20_000)
    expect(page.locator("main")).to_contain_text(mina.display_name)
    session.expire_all()
    assert balance_of(session, mina.id) == 30  # three hours
    assert verify(session) == []
