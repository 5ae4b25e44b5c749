"""What happens with rewards: at home, at the till, and when time runs out."""

from __future__ import annotations

from datetime import datetime

from hypothesis.stateful import precondition, rule

from engage.core.expiry import cutoff_of
from engage.core.redemption import HONOURED, UNDO
from engage.policies.tasks import expire_points
from engage.rewards import service as rewards
from engage.rewards.callers import ByMember, ByToken, Caller
from engage.rewards.models import Redemption, Reward
from engage.rewards.queries import code_of
from engage.storage.base import new_id
from engage.storage.engine import BERLIN
from tests.attendance.door import nonce
from tests.audit.machine.book import Voucher
from tests.audit.machine.city import ANY, TROUBLE, City


class TillRules(City):
    """Reserve, extend, cancel, redeem, undo; what is left behind and what grows old."""

    def _caller(self, which: int) -> Caller:
        member = ByMember(self.till.member_id, self.till.partner_id)
        return member if which % 3 == 2 else ByToken(self.till.token)

    def _voucher(self, which: int) -> Voucher:
        """Mostly one of the last."""
        return self.pick(list(reversed(self.book.vouchers.values())), which)

    @rule(person=ANY, reward=ANY, trouble=TROUBLE)
    def reserve(self, person: int, reward: int, trouble: int) -> None:
        who, what, at = self.pick(self.people, person), self.pick(self.rewards, reward), self.now
        wish = new_id()

        outcome = self.send(lambda s: rewards.reserve(s, who, what, wish, now=at), trouble)

        cost = self.get(Reward, what).cost
        purse, left = self.book.purses[who], self.book.stock[what]
        if outcome.code == "points_short":
            assert purse.balance < cost
        if outcome.code == "out_of_stock":
            assert left == 0
        if outcome.is_success:
            assert purse.balance >= cost
            assert left is None or left > 0
            until = self.get(Redemption, wish).expires_at
            self.book.reserve(Voucher(wish, who, what, cost, until), at)

    @precondition(lambda self: self.book.vouchers)
    @rule(which=ANY, trouble=TROUBLE)
    def cancel(self, which: int, trouble: int) -> None:
        voucher = self._voucher(which)
        outcome = self.run(
            lambda s: rewards.cancel(s, voucher.id, voucher.person, now=self.now), trouble
        )
        assert outcome.is_success == (voucher.state == "reserved")
        if outcome.is_success:
            self.book.give_back(voucher, "cancelled", self.now)

    @precondition(lambda self: self.book.vouchers)
    @rule(which=ANY, trouble=TROUBLE)
    def extend(self, which: int, trouble: int) -> None:
        voucher = self._voucher(which)
        outcome = self.run(
            lambda s: rewards.extend(s, voucher.id, voucher.person, now=self.now), trouble
        )
        if outcome.is_success:
            assert voucher.state == "reserved"
            voucher.expires_at = self.get(Redemption, voucher.id).expires_at

    @precondition(lambda self: self.book.vouchers)
    @rule(which=ANY, till=ANY, trouble=TROUBLE)
    def redeem(self, which: int, till: int, trouble: int) -> None:
        voucher, caller, at = self._voucher(which), self._caller(till), self.now
        with self.sessions() as session:
            code = code_of(session, session.get_one(Redemption, voucher.id))
        number = nonce()

        outcome = self.send(lambda s: rewards.redeem(s, caller, code, number, now=at), trouble)

        assert not {"name", "balance", "person", "display_name"} & set(outcome.facts)
        if outcome.is_success:
            assert voucher.state == "reserved"
            assert at <= voucher.expires_at + HONOURED
            voucher.state, voucher.redeemed_at = "redeemed", at

    @precondition(lambda self: self.book.vouchers)
    @rule(which=ANY, till=ANY, trouble=TROUBLE)
    def undo(self, which: int, till: int, trouble: int) -> None:
        voucher, caller, at = self._voucher(which), self._caller(till), self.now
        number = nonce()

        outcome = self.send(
            lambda s: rewards.undo(s, caller, voucher.id, "Wrong one", number, now=at), trouble
        )

        if outcome.is_success:
            assert voucher.redeemed_at is not None
            assert at <= voucher.redeemed_at + UNDO
            self.book.give_back(voucher, "refunded", at)

    @precondition(lambda self: self.book.in_escrow())
    @rule(trouble=TROUBLE)
    def end_what_was_not_collected(self, trouble: int) -> None:
        at = self.now
        due = [
            one
            for one in self.book.vouchers.values()
            if one.state == "reserved" and one.expires_at < at - HONOURED
        ]

        ended = self.run(lambda s: rewards.expire_due(s, at), trouble)

        assert isinstance(ended, list)
        assert {one.redemption_id for one in ended} == {one.id for one in due}
        for returned in ended:
            self.book.give_back(self.book.vouchers[returned.redemption_id], "expired", at)

    @rule(trouble=TROUBLE, twice=ANY)
    def let_points_grow_old(self, trouble: int, twice: int) -> None:
        at = self.now
        for _ in range(1 + twice % 2):
            self.units.job(lambda s: expire_points(s, at), trouble)
        self._expire(at)

    def _expire(self, at: datetime) -> None:
        """Once for each cut-off day: what comes to its end later that day goes the next."""
        cutoff = cutoff_of(at, BERLIN)
        for person in self.book.purses:
            if (person, cutoff) not in self.expired and self.book.expire(person, cutoff, at):
                self.expired.add((person, cutoff))
