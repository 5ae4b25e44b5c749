"""At the counter without a phone: card and PIN, and what its owner does not recognise later."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import passes
from engage.accounts.passwords import PasswordHash
from engage.acts.service import By
from engage.core.settlement import closes_at
from engage.demo.chance import nonce
from engage.ledger import queries as ledger
from engage.office.services.records import decide_dispute
from engage.rewards import service as rewards
from engage.rewards.cards import CardUse, redeem_with_card
from engage.rewards.models import Redemption, Reward
from engage.storage.engine import zone_of

WEEK = timedelta(days=7)
PIN = "2580"

#: What the office answers: points go back, or they stay where they are.
TAKEN_BACK = "Die Karte war verloren gegangen. Sie bekommen die Punkte zurück."
STANDS = "Das Café hat Sie auf dem Beleg erkannt, deshalb bleibt es dabei."


@dataclass
class Counter:
    """Who has a card, where it is used, and what waits for its day at the office.

    waiting: instants of the office's answer, after the month of the redemption was closed.
    """

    cards: Mapping[uuid.UUID, str]
    partner_id: uuid.UUID
    manager_id: uuid.UUID
    office_id: uuid.UUID
    waiting: list[tuple[datetime, uuid.UUID]] = field(default_factory=list)
    answered: int = 0


def hand_out_pins(session: Session, counter: Counter, pin: PasswordHash) -> None:
    for person_id, code in counter.cards.items():
        if (card := passes.find_card(session, code)) is not None:
            passes.set_pin(session, card.id, pin, person_id=person_id)


def serve(session: Session, counter: Counter, at: datetime, now: datetime) -> None:
    """In the last days of each month somebody redeems with a card, and two days later denies it."""
    if (at + WEEK).month == at.month:
        return
    reward = session.scalars(
        select(Reward)
        .where(
            Reward.partner_id == counter.partner_id,
            Reward.status == "published",
            Reward.kind == "points",
        )
        .order_by(Reward.cost)
    ).first()
    rich = [
        one for one in counter.cards if reward and ledger.balance_of(session, one) >= reward.cost
    ]
    if reward is None or not rich:
        return
    who = max(rich, key=lambda one: ledger.balance_of(session, one))
    caller = rewards.ByMember(counter.manager_id, counter.partner_id)
    use = CardUse(reward.id, counter.cards[who], PIN, pin_is_right=True)
    outcome = redeem_with_card(session, caller, use, nonce("card", at), now=at)
    if outcome.code == "redeemed" and at + timedelta(days=2) < now:
        _deny(session, counter, who, at)


def _deny(session: Session, counter: Counter, who: uuid.UUID, at: datetime) -> None:
    newest = session.scalars(
        select(Redemption.id)
        .where(Redemption.person_id == who, Redemption.redeemed_at == at)
        .order_by(Redemption.id.desc())
        .limit(1)
    ).one()
    rewards.dispute(session, newest, who, now=at + timedelta(days=2))
    decided_at = closes_at(at.date().replace(day=1), zone_of(session)) + timedelta(days=6, hours=10)
    counter.waiting.append((decided_at, newest))


def answer(session: Session, counter: Counter, at: datetime) -> None:
    """The office decides what is due: the first is taken back, the second stands, and so on."""
    for due in [one for one in counter.waiting if one[0] <= at]:
        decided_at, redemption_id = due
        take_back = counter.answered % 2 == 0
        by = By(counter.office_id, decided_at, TAKEN_BACK if take_back else STANDS)
        decide_dispute(session, redemption_id, by, take_back=take_back)
        counter.waiting.remove(due)
        counter.answered += 1
