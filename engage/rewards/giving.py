"""Points for a good cause: they go at once, no till is needed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from engage.core.errors import DomainError, NotFound, Outcome
from engage.ledger import queries as ledger_queries
from engage.rewards import attempts, queries
from engage.rewards.attempts import Attempt
from engage.rewards.callers import Till
from engage.rewards.cards import to_hand
from engage.rewards.redeeming import hand_over
from engage.rewards.reserving import Wish, set_aside


def give(
    session: Session,
    person_id: uuid.UUID,
    reward_id: uuid.UUID,
    redemption_id: uuid.UUID,
    *,
    now: datetime,
) -> Outcome:
    """Points of a citizen go to a listed good cause, in one go (RED-20).

    redemption_id: made by the client; a refused attempt stays refused under it.

    Returns ``given`` or a remembered refusal. Raises NotFound for a reward that is no good cause,
    NonceDiffers.
    """
    wanted = queries.get_wanted(session, reward_id, person_id, now)
    if wanted.reward.kind != "good_cause":
        raise NotFound()
    attempt = Attempt(person_id, str(redemption_id), "give", str(reward_id))
    begun = Outcome("given", {"id": str(redemption_id), "points": wanted.reward.cost})
    attempt_id, first = attempts.note(session, attempt, begun, now, redemption_id)
    if first is not None:
        return first
    wish = Wish(redemption_id, person_id, reward_id, "given")
    try:
        with session.begin_nested():
            set_aside(session, wish, wanted, now=now)
            # Nobody stands at a till: the person's own number never goes to the partner.
            nobody = Till(person_id, wanted.reward.partner_id, None, None, None)
            hand_over(session, to_hand(session, wish, wanted.reward), nobody, now)
    except DomainError as refusal:
        return attempts.answer(session, attempt_id, Outcome.of(refusal), redemption_id)
    return begun


def sum_so_far(session: Session, cause: str) -> int:
    """Points that a good cause has been given, by everybody together."""
    try:
        account = ledger_queries.named_account_id(session, f"good_cause:{cause}")
    except NotFound:
        return 0
    return ledger_queries.sum_of(session, account)
