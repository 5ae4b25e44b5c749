"""What the office books by hand, and what goes over the counter for a printed card."""

from __future__ import annotations

import uuid

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from engage.accounts import passes
from engage.accounts.models import Pass
from engage.acts.service import By
from engage.attendance import missing
from engage.attendance.models import Attendance, MissingPoints
from engage.core.errors import Outcome
from engage.core.redemption import HONOURED
from engage.office.models import Adjustment
from engage.office.services import adjustments, bodies
from engage.partners.models import Partner
from engage.rewards.callers import ByToken
from engage.rewards.cards import CardUse, redeem_with_card
from engage.rewards.models import Redemption, Reward
from tests.attendance.door import nonce
from tests.audit.machine.book import Visit, Voucher
from tests.audit.machine.city import ANY, TROUBLE, City

PIN = "4711"


class OfficeRules(City):
    """Adjust, suspend and admit a partner, answer who was missed, redeem with card and PIN."""

    @rule(person=ANY, points=st.sampled_from([20, 60, -10, -40]), trouble=TROUBLE)
    def propose_points(self, person: int, points: int, trouble: int) -> None:
        by = By(self.clerk, self.now, "A mistake of ours")
        who = self.pick(self.people, person)
        self.run(lambda s: adjustments.propose(s, who, points, by), trouble)

    @rule(which=ANY, second=st.booleans(), trouble=TROUBLE)
    def book_points(self, which: int, second: bool, trouble: int) -> None:  # drawn
        """Nobody books what they proposed; nobody falls below nothing."""
        with self.sessions() as session:
            asked = list(session.scalars(select(Adjustment).order_by(Adjustment.id)))
        if not asked:
            return
        one = self.pick(asked, which)
        by = By(self.second_clerk if second else self.clerk, self.now, "Agreed")
        booked = self.run(lambda s: adjustments.book(s, one.id, by), trouble)
        if isinstance(booked, Adjustment):
            assert second
            assert one.state == "proposed"
            assert self.book.purses[one.person_id].balance + one.points >= 0
            self.book.give_or_take(one.person_id, one.points, self.now)

    @rule(trouble=TROUBLE)
    def suspend_or_admit_the_partner(self, trouble: int) -> None:
        """A suspended partner's open reservations end, and their points are back."""
        by, at = By(self.clerk, self.now, "Closed"), self.now
        if self.get(Partner, self.till.partner_id).status == "suspended":
            self.run(lambda s: bodies.verify_partner(s, self.till.partner_id, by), trouble)
            return
        self.run(lambda s: bodies.suspend_partner(s, self.till.partner_id, by), trouble)
        for voucher in self.book.vouchers.values():
            if voucher.state == "reserved":
                self.book.give_back(voucher, "cancelled", at)

    @rule(date=ANY, person=ANY, trouble=TROUBLE)
    def say_that_points_are_missing(self, date: int, person: int, trouble: int) -> None:
        where, who = self.pick(self.dates, date).id, self.pick(self.people, person)
        self.run(lambda s: missing.report_missing(s, where, who, "I came", now=self.now), trouble)

    @rule(which=ANY, trouble=TROUBLE)
    def remember_who_was_missed(self, which: int, trouble: int) -> None:
        with self.sessions() as session:
            asked = list(session.scalars(select(MissingPoints).order_by(MissingPoints.id)))
        if not asked:
            return
        one, at = self.pick(asked, which), self.now
        done = self.run(lambda s: missing.grant(s, one.id, by=self.organiser, now=at), trouble)
        if isinstance(done, Outcome):
            return
        assert not self.book.live_at(one.occurrence_id, one.person_id)
        with self.sessions() as session:
            added = session.scalars(
                select(Attendance).where(
                    Attendance.occurrence_id == one.occurrence_id,
                    Attendance.person_id == one.person_id,
                    Attendance.annulled_at.is_(None),
                )
            ).one()
        visit = Visit(added.id, added.person_id, added.occurrence_id, added.work_on)
        self.book.earn(visit, added.credited, at)

    @precondition(lambda self: any(purse.balance for purse in self.book.purses.values()))
    @rule(person=ANY, reward=ANY, right=ANY, trouble=TROUBLE)
    def redeem_with_a_card(self, person: int, reward: int, right: int, trouble: int) -> None:
        who, what, at = self.pick(self.people, person), self.pick(self.rewards, reward), self.now
        self._give_a_pin(who)
        use = CardUse(what, self.cards[who], PIN if right % 4 else "0815")
        caller, number = ByToken(self.till.token), nonce()
        outcome = self.send(lambda s: redeem_with_card(s, caller, use, number, now=at), trouble)
        if not outcome.is_success:
            return
        assert use.pin == PIN
        made = self.get(Redemption, uuid.UUID(str(outcome.facts["id"])))
        cost = self.get(Reward, what).cost
        assert self.book.purses[who].balance >= cost
        assert made.expires_at + HONOURED >= at
        voucher = Voucher(made.id, who, what, cost, made.expires_at)
        self.book.reserve(voucher, at)
        voucher.state, voucher.redeemed_at = "redeemed", at

    def _give_a_pin(self, person: uuid.UUID) -> None:
        with self.sessions() as session:
            card = session.scalars(
                select(Pass).where(Pass.person_id == person, Pass.kind == "K").order_by(Pass.id)
            ).first()
            if card is None or card.pin_hash is not None:
                return
            pin = passes.hash_pin(session, PIN, quick=True)
        self.run(lambda s: passes.set_pin(s, card.id, pin, person_id=person))
