"""Redeeming without a phone: card and PIN at the counter (RED-12, RED-13, PIN-4)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import passes
from engage.core.errors import (
    DomainError,
    NotFound,
    Outcome,
    WrongBranch,
    WrongPartner,
)
from engage.core.nonces import is_kept
from engage.core.pins import ensure_card_today
from engage.core.redemption import DISPUTE, ensure_given_now, for_the_till
from engage.ledger import queries as ledger_queries
from engage.mail import service as mail
from engage.rewards import attempts, queries
from engage.rewards.attempts import Attempt
from engage.rewards.callers import Caller, Till, admit
from engage.rewards.models import Redemption, RewardBranch
from engage.rewards.redeeming import hand_over, success
from engage.rewards.reserving import Wish, set_aside
from engage.storage.base import new_id
from engage.storage.engine import zone_of
from engage.storage.keys import keys_of


@dataclass(frozen=True, slots=True)
class CardUse:
    """What the till sends: the reward, the card as scanned and the PIN that was typed.

    pin_is_right: from ``passes.is_pin_right``, asked before the unit of work: it is slow.
    """

    reward_id: uuid.UUID
    card: str
    pin: str
    pin_is_right: bool | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """The voucher of a reward that goes over at once."""

    id: uuid.UUID
    cost: int
    kind: str
    title: str
    hand_over: str
    to_account: uuid.UUID
    reward_id: uuid.UUID
    own_codes: str


def redeem_with_card(
    session: Session, caller: Caller, use: CardUse, nonce: str, *, now: datetime
) -> Outcome:
    """Reserve and redeem in one go for somebody with a printed card and a PIN.

    The till learns yes or no, never a balance or what is missing. The citizen is told by mail
    and may dispute it for 14 days. A wrong PIN is remembered.

    Returns ``redeemed``, ``card_declined`` or another refusal. Raises NotFound for a reward
    that is not there, Guessing, NonceDiffers and what ``callers.admit`` raises.
    """
    till = admit(session, caller, now)
    subject = keys_of(session).hash(f"{use.reward_id}:{use.card}")
    attempt = Attempt(till.id, nonce, "card", subject)
    card = passes.find_card(session, use.card)
    if card is None:
        attempts.ensure_not_guessing(session, attempt, now)
    wish = Wish(new_id(), card.person_id, use.reward_id, "card") if card else None
    begun = Outcome("redeemed", {}) if card else attempts.unknown()
    attempt_id, first = attempts.note(session, attempt, begun, now, wish.id if wish else None)
    if first is not None or wish is None:
        return for_the_till(first or begun)
    refusal = passes.verify_pin(session, use.card, use.pin, now=now, is_right=use.pin_is_right)
    outcome = refusal or _give(session, wish, till, now)
    if not is_kept(outcome):
        attempts.forget(session, attempt_id)
        return outcome
    return for_the_till(attempts.answer(session, attempt_id, outcome, wish.id))


def _give(session: Session, wish: Wish, till: Till, now: datetime) -> Outcome:
    try:
        with session.begin_nested():
            wanted = queries.get_wanted(session, wish.reward_id, wish.person_id, now)
            _ensure_here(session, wanted.reward, till)
            ensure_given_now(wanted.facts.when, now)
            uses = _used_at(session, wish.person_id)
            ensure_card_today(uses, now, zone_of(session))
            set_aside(session, wish, wanted, now=now)
            handed = to_hand(session, wish, wanted.reward)
            hand_over(session, handed, till, now)
    except NotFound:
        raise
    except DomainError as refusal:
        return Outcome.of(refusal)
    _tell(session, wish, wanted.reward, now)
    return success(handed, now)


def _ensure_here(session: Session, reward: Any, till: Till) -> None:
    if reward.partner_id != till.partner_id:
        raise WrongPartner()
    branches = _branches_of(session, reward.id)
    if till.branch_id is not None and branches and till.branch_id not in branches:
        raise WrongBranch()


def to_hand(session: Session, wish: Wish, reward: Any) -> Handed:
    if reward.kind == "good_cause":
        account = ledger_queries.named_account_id(session, f"good_cause:{reward.good_cause}")
    else:
        account = ledger_queries.partner_account_id(session, reward.partner_id)
    return Handed(
        id=wish.id,
        cost=reward.cost,
        kind=reward.kind,
        title=reward.title,
        hand_over=reward.hand_over,
        to_account=account,
        reward_id=reward.id,
        # Nobody without a phone can look a code up: the till hands it over.
        own_codes="till" if reward.own_codes != "none" else "none",
    )


def _tell(session: Session, wish: Wish, reward: Any, now: datetime) -> None:
    facts = {
        "reward": reward.title,
        "points": reward.cost,
        "used_at": now,
        "until_at": now + DISPUTE,
        "redemption_id": wish.id,
    }
    mail.send(session, to=wish.person_id, template="card_used", facts=facts, now=now)


def _used_at(session: Session, person_id: uuid.UUID) -> list[datetime]:
    """When a person redeemed with the card; what was taken back counts for nothing."""
    return list(
        session.scalars(
            select(Redemption.reserved_at).where(
                Redemption.person_id == person_id,
                Redemption.way == "card",
                Redemption.state.in_(queries.COUNTED),
            )
        )
    )


def _branches_of(session: Session, reward_id: uuid.UUID) -> set[uuid.UUID]:
    """The branches that a reward is limited to; empty for all."""
    named = select(RewardBranch.branch_id).where(RewardBranch.reward_id == reward_id)
    return set(session.scalars(named))
