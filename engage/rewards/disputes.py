"""Redemptions with a card that the citizen does not recognise: the office decides (RED-21)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.core.claims import ensure_reason
from engage.core.errors import NotFound, ReviewDecided
from engage.core.redemption import RedemptionState, Step, next_state
from engage.ledger import service as ledger
from engage.mail import service as mail
from engage.rewards import queries
from engage.rewards.models import Redemption
from engage.rewards.redeeming import give_back


@dataclass(frozen=True, slots=True)
class Verdict:
    """take_back: points and stock return; answer: what the citizen reads."""

    take_back: bool
    answer: str
    by: uuid.UUID
    at: datetime


def decide(session: Session, redemption_id: uuid.UUID, verdict: Verdict) -> Redemption:
    """Answer a dispute, once; also long after the till's 15 minutes and the month-end.

    Raises NotFound, ReasonNeeded, ReviewDecided, AlreadyRefunded. Source: RED-21.
    """
    answer = ensure_reason(verdict.answer)
    found = queries.list_with_accounts(session, [redemption_id])
    if not found:
        raise NotFound()
    ledger.lock(session, found[0].account_id)
    redemption = queries.get_redemption(session, redemption_id)
    session.refresh(redemption)  # as it is now that the account is held
    if redemption.disputed_at is None:
        raise NotFound()
    if redemption.dispute_decided_at is not None:
        raise ReviewDecided()
    if verdict.take_back:
        next_state(RedemptionState(redemption.state), Step.REFUND)
        give_back(session, found[0], "dispute", verdict.by, verdict.at)
    redemption.dispute_decided_at, redemption.dispute_answer = verdict.at, answer
    reward = queries.get_reward(session, redemption.reward_id)
    facts = {
        "reward": reward.title,
        "points": redemption.cost,
        "taken_back": verdict.take_back,
        "answer": answer,
    }
    to = redemption.person_id
    mail.send(session, to=to, template="dispute_decided", facts=facts, now=verdict.at)
    return redemption
