"""The citizen's side: points and stock are set aside together, or not at all (RED-2 to RED-5)."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from engage.core.codes import CodeType, make_typed
from engage.core.errors import DomainError, NotFound, NotReserved, Outcome, PartnerBudget
from engage.core.redemption import ensure_can_dispute, expires_at, extended
from engage.core.reserving import ReserveFacts, ensure_can_reserve, warns_of_value
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.policies.queries import policy_at
from engage.rewards import attempts, queries, stock
from engage.rewards.attempts import Attempt
from engage.rewards.models import Redemption
from engage.storage.engine import zone_of
from engage.storage.keys import keys_of

_INSERT = insert(Redemption)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a citizen wants to reserve. ``id`` is made by the client and names the attempt.

    way:  ``code``, or ``card`` at the counter, where the reward goes over at once.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    reward_id: uuid.UUID
    way: str = "code"


def reserve(
    session: Session,
    person_id: uuid.UUID,
    reward_id: uuid.UUID,
    redemption_id: uuid.UUID,
    *,
    now: datetime,
) -> Outcome:
    """Set a reward aside for a citizen: points to escrow, stock taken, a code made.

    redemption_id: made by the client; a refused attempt stays refused under it.

    Returns ``reserved`` with expires_at, points, balance and near_value_cap, or a remembered
    refusal of section 5. Raises NotFound, NonceDiffers. Source: RED-2 to RED-4.
    """
    wish = Wish(redemption_id, person_id, reward_id)
    wanted = queries.get_wanted(session, reward_id, person_id, now)
    attempt = Attempt(person_id, str(redemption_id), "reserve", str(reward_id))
    begun = Outcome("reserved", {"id": str(redemption_id)})
    attempt_id, first = attempts.note(session, attempt, begun, now, redemption_id)
    if first is not None:
        return first
    try:
        with session.begin_nested():
            outcome = set_aside(session, wish, wanted, now=now)
    except DomainError as refusal:
        outcome = Outcome.of(refusal)
    return attempts.answer(session, attempt_id, outcome, redemption_id)


def foresee(
    session: Session, person_id: uuid.UUID, reward_id: uuid.UUID, *, now: datetime
) -> Outcome | None:
    """What reserving would refuse at this moment, without touching anything; None: it would not.

    Raises NotFound.
    """
    wanted = queries.get_wanted(session, reward_id, person_id, now)
    wish = Wish(reward_id, person_id, reward_id)
    balance = ledger_queries.balance_of(session, person_id)
    try:
        _ensure_may(session, wish, wanted, balance, now)
    except DomainError as refusal:
        return Outcome.of(refusal)
    return None


def set_aside(session: Session, wish: Wish, wanted: queries.Wanted, *, now: datetime) -> Outcome:
    """Account first, then the redemption, the stock as the last statement.

    Raises every refusal that concerns reserving; the caller holds a savepoint.
    """
    reward, account_id = wanted.reward, wanted.reward.account_id
    balance = ledger.lock(session, account_id)
    used_cents, cap_cents = _ensure_may(session, wish, wanted, balance, now)
    if reward.cost:
        cause = ledger.Cause("redemption", wish.id, now, wish.person_id)
        balance = ledger.reserve(session, account_id, reward.cost, cause)
    until = expires_at(now, timedelta(minutes=reward.reserve_minutes), reward.redeemable_until)
    session.connection().execute(_INSERT, _row(session, wish, reward, now, until))
    if reward.budget_points is not None:
        left = queries.partner_budget_left(session, reward.partner_id, now, zone_of(session))
        if left is not None and left < 0:
            raise PartnerBudget()
    stock.take(session, reward, now)
    return Outcome(
        "reserved",
        {
            "id": str(wish.id),
            "expires_at": until,
            "points": reward.cost,
            "balance": balance,
            "near_value_cap": bool(reward.face_value_cents)
            and warns_of_value(used_cents + reward.face_value_cents, cap_cents),
        },
    )


def _ensure_may(
    session: Session, wish: Wish, wanted: queries.Wanted, balance: int, now: datetime
) -> tuple[int, int]:
    """Everything that is counted, under the lock of the account; returns used and most cents."""
    tz = zone_of(session)
    cap = policy_at(session, now).value_cap_cents
    usage = queries.get_usage(session, wanted, wish.person_id, now, tz)
    taker = replace(
        wanted.person,
        open_reservations=usage.open_count,
        has_this_open=usage.has_this_open,
        used_times=usage.used_times,
        welcomed=usage.welcomed,
        value_used_cents=usage.value_cents,
        balance=balance,
    )
    ensure_can_reserve(ReserveFacts(wanted.facts, taker, now, tz, cap))
    return usage.value_cents, cap


def _row(
    session: Session, wish: Wish, reward: Any, now: datetime, until: datetime
) -> dict[str, Any]:
    code = make_typed(CodeType.REDEMPTION, secrets.token_bytes(5)).text
    keys = keys_of(session)
    return {
        "id": wish.id,
        "person_id": wish.person_id,
        "reward_id": reward.id,
        "partner_id": reward.partner_id,
        "state": "reserved",
        "cost": reward.cost,
        "face_value_cents": reward.face_value_cents,
        "code_hash": keys.hash(code),
        "code_sealed": keys.encrypt(code.encode()),
        "reserved_at": now,
        "expires_at": until,
        "way": wish.way,
        "ended_because": "",
    }


def extend(
    session: Session, redemption_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> Outcome:
    """Keep a reservation once more as long (RED-5).

    Raises NotFound, NotReserved, AlreadyExtended, RedemptionCodeExpired.
    """
    redemption = queries.get_own_redemption(session, redemption_id, person_id)
    if redemption.state != "reserved":
        raise NotReserved()
    reward = queries.get_reward(session, redemption.reward_id)
    life = timedelta(minutes=reward.reserve_minutes)
    until = extended(
        redemption.expires_at,
        life,
        now,
        before=redemption.extended_at is not None,
        gives_until=reward.redeemable_until,
    )
    changed = session.execute(
        update(Redemption)
        .where(
            Redemption.id == redemption_id,
            Redemption.state == "reserved",
            Redemption.extended_at.is_(None),
        )
        .values(expires_at=until, extended_at=now, reminded_at=None)
        .returning(Redemption.id)
    ).first()
    if changed is None:
        raise stock.changed_meanwhile()
    return Outcome("extended", {"id": str(redemption_id), "expires_at": until})


def dispute(
    session: Session, redemption_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> None:
    """A citizen says that a redemption with the card was not theirs; the office looks at it.

    Raises NotFound for one that was not made with a card, DisputeTooLate. Source: RED-12.
    """
    redemption = queries.get_own_redemption(session, redemption_id, person_id)
    if redemption.way != "card" or redemption.redeemed_at is None:
        raise NotFound()
    ensure_can_dispute(redemption.redeemed_at, now)
    if redemption.disputed_at is None:
        redemption.disputed_at = now
