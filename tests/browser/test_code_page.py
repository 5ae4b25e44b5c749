"""The page of a citizen's code notices by itself what the till does."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.partners.models import Partner
from engage.rewards import service as rewards
from engage.rewards.models import Reward
from engage.rewards.service import ByToken
from engage.storage.unit_of_work import run_work
from tests.browser.conftest import Visit
from tests.browser.scanners import now
from tests.browser.tills import pair, voucher


def test_the_page_of_a_code_notices_that_the_till_has_redeemed_it(
    visit: Visit, session: Session, mina: Person, partner: Partner, reward: Reward
) -> None:
    redemption, code = voucher(session, mina, reward)
    till = ByToken(pair(session, partner))
    phone = visit(person=mina)
    phone.allow("ERR_FAILED|ERR_INTERNET_DISCONNECTED")
    page = phone.open(f"/redemptions/{redemption.id}")
    expect(page.get_by_text(code[:4])).to_be_visible()

    phone.context.set_offline(True)  # a cellar: it says nothing wrong, and goes on when it can
    with page.expect_event("requestfailed", lambda asked: asked.url.endswith("/state")):
        run_work(session, lambda s: rewards.redeem(s, till, code, "a-number", now=now()))
    expect(page.get_by_text(code[:4])).to_be_visible()
    phone.context.set_offline(False)

    expect(page.get_by_role("heading", name="Eingelöst")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("One loaf of bread")).to_be_visible()
    expect(page.get_by_text(code[:4])).to_have_count(0)
