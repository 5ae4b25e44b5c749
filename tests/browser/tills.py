"""A partner's till in one window: a paired browser, and vouchers that are brought to it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.ledger.queries import balance_of
from engage.partners.models import Partner
from engage.rewards.models import Redemption, RedemptionAttempt, Reward
from tests.browser.scanners import now
from tests.browser.visitors import Visitor
from tests.factories import devices
from tests.factories.rewards import engaged, reserved

#: Remembers what is heard and felt, as a browser under test has neither ear nor hand.
NOTES_DOWN = """
window.felt = [];
window.heard = 0;
navigator.vibrate = (pulses) => window.felt.push([pulses].flat().join(" "));
const tone = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  window.heard += 1;
  return tone.call(this);
};
window.opened = 0;
const cameras = navigator.mediaDevices; // an empty page has none
const open = cameras?.getUserMedia.bind(cameras);
if (cameras) cameras.getUserMedia = (what) => {
  window.opened += 1;
  return open(what);
};
"""


def pair(session: Session, partner: Partner) -> str:
    """The token of a till that was paired just now."""
    return devices.till(session, partner, name="Till 1", paired_at=now(), created_at=now())[1]


def voucher(session: Session, person: Person, reward: Reward) -> tuple[Redemption, str]:
    """A reservation made just now by somebody with 50 points, and its code."""
    engaged(session, person, 50)
    return reserved(session, person, reward, now=now())


class Till:
    """The till's page in one window."""

    def __init__(self, visitor: Visitor, token: str = "", path: str = "/till") -> None:
        self.visitor, self.path = visitor, path
        self.page: Page = visitor.page
        #: What a browser says in its console when the server is away or says no.
        visitor.allow(r"ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_FAILED|ERR_INTERNET|Failed to fetch")
        visitor.allow(r"Service Worker registration blocked|preload")
        visitor.allow(r"status of (403|404|409|410|422|429)")
        visitor.context.add_init_script(NOTES_DOWN)
        if token:
            visitor.context.add_cookies(
                [
                    {
                        "name": "device",
                        "value": token,
                        "url": visitor.url,
                        "httpOnly": True,
                        "sameSite": "Strict",
                    }
                ]
            )

    def open(self) -> Page:
        self.visitor.open(self.path)
        # The scripts are there as soon as the switch that needs them is.
        expect(self.page.locator("[data-part=sound]")).to_be_visible()
        return self.page

    def type(self, code: str) -> None:
        self.page.get_by_label("Or type the code").fill(code)
        self.page.get_by_role("button", name="Check").click()

    def scan(self, code: str) -> None:
        """What a hardware scanner does, wherever the focus is."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    @property
    def result(self) -> Locator:
        return self.page.locator("main.e-result")

    def expect_result(self, look: str, word: str, timeout: float = 10_000) -> None:
        expect(self.result).to_have_class(f"e-result is-{look}", timeout=timeout)
        expect(self.page.get_by_role("heading", level=1, name=word)).to_be_visible()

    def expect_note(self, words: str) -> None:
        expect(self.page.get_by_role("alert").filter(has_text=words)).to_be_visible()

    @property
    def nonce(self) -> str:
        return self.page.locator("input[name=nonce]").input_value()


def booked(session: Session, person: Person) -> tuple[int, int, int]:
    """What the books say: attempts of tills, vouchers that went over, points that are left."""
    session.rollback()  # look again
    attempts = select(func.count()).where(RedemptionAttempt.verb == "redeem")
    gone = select(func.count()).where(Redemption.state == "redeemed")
    return (
        session.scalar(attempts) or 0,
        session.scalar(gone) or 0,
        balance_of(session, person.id),
    )
