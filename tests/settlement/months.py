"""A partner's months for tests: who redeemed what when."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.partners.models import Partner
from engage.rewards import service as rewards
from engage.rewards.models import Reward
from engage.rewards.service import ByToken
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.devices import till
from tests.factories.rewards import reserved

#: NOON is on the 4th of May 2030: April may be closed since yesterday.
IN_MARCH, IN_APRIL = NOON - timedelta(days=45), NOON - timedelta(days=15)


class Counter:
    """The till of a partner, at any time."""

    def __init__(self, session: Session, partner: Partner) -> None:
        self.session = session
        self.partner = partner
        _, self.token = till(session, partner)

    def give(self, person: Person, reward: Reward, at: datetime) -> UUID:
        """A reward is reserved and handed over."""
        redemption, code = reserved(self.session, person, reward, now=at)
        caller, number = ByToken(self.token), str(new_id())
        outcome = run_work(self.session, lambda s: rewards.redeem(s, caller, code, number, now=at))
        assert outcome.code == "redeemed", outcome
        return redemption.id

    def undo(self, redemption_id: UUID, at: datetime) -> None:
        """The till takes it back."""
        caller, number = ByToken(self.token), str(new_id())
        outcome = run_work(
            self.session,
            lambda s: rewards.undo(s, caller, redemption_id, "A mistake", number, now=at),
        )
        assert outcome.code == "refunded", outcome
