"""The till's side: a code is redeemed once, and can be undone for 15 minutes (RED-6, RED-7)."""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from datetime import datetime, tzinfo
from typing import Any, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from engage.core.codes import CodeType, read_typed
from engage.core.errors import (
    DomainError,
    NotFound,
    Outcome,
    PartnerSuspended,
    ReasonNeeded,
    VoucherCodesGone,
)
from engage.core.redemption import (
    RedeemFacts,
    RedemptionState,
    ensure_can_redeem,
    ensure_can_undo,
)
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.rewards import attempts, queries, stock, vouchers
from engage.rewards.attempts import Attempt
from engage.rewards.callers import Caller, Till, admit
from engage.rewards.models import Redemption
from engage.storage.engine import zone_of
from engage.storage.keys import keys_of
from engage.storage.prepared import Prepared

#: Of a reward without the partner's own codes.
NO_CODES = "none"

_table = cast(Table, Redemption.__table__)
_redemptions = _table.c

# One statement decides and writes: expiry, cancelling and a second till find no row any more.
_REDEEM = Prepared(
    update(_table)
    .where(
        _redemptions.id == bindparam("redemption", type_=_redemptions.id.type),
        _redemptions.state == "reserved",
    )
    .values(
        state="redeemed",
        redeemed_at=bindparam("at", type_=_redemptions.redeemed_at.type),
        branch_id=bindparam("branch", type_=_redemptions.branch_id.type),
        device_id=bindparam("device", type_=_redemptions.device_id.type),
        actor_id=bindparam("person", type_=_redemptions.actor_id.type),
    )
    .returning(_redemptions.id)
)
_UNDO = (
    update(_table)
    .where(_redemptions.id == bindparam("redemption"), _redemptions.state == "redeemed")
    .values(state="refunded", ended_at=bindparam("at"), ended_because=bindparam("because"))
    .returning(_redemptions.id)
)


def redeem(
    session: Session, caller: Caller, code_text: str, nonce: str, *, now: datetime
) -> Outcome:
    """Hand a reward over for a code, once; a repeat with the same nonce gets the same answer.

    caller: a till's token, or a member of the partner; proven in this unit of work.

    Returns ``redeemed`` or a remembered refusal. Raises NotSignedIn, DeviceRevoked,
    NotPermitted, Guessing, NonceDiffers. Source: RED-6; five statements.
    """
    till = admit(session, caller, now)
    code = read_typed(code_text)
    if code is None or code.type is not CodeType.REDEMPTION:
        return _refuse_malformed(session, till, code_text, nonce, now)
    attempt = Attempt(till.id, nonce, "redeem", keys_of(session).hash(code.text))
    voucher = queries.find_voucher(session, code.text, till.branch_id)
    if voucher is None:
        attempts.ensure_not_guessing(session, attempt, now)
        return _note(session, attempt, attempts.unknown(), now)
    return _redeem(session, attempt, code.text, voucher, till, now)


def _redeem(  # the facts of one hot path, read before
    session: Session, attempt: Attempt, code: str, voucher: Any, till: Till, now: datetime
) -> Outcome:
    outcome = _decide(voucher, till, zone_of(session), now)
    attempt_id, first = attempts.note(session, attempt, outcome, now, voucher.id)
    if first is not None or not outcome.is_success:
        return first or outcome
    try:
        # Only a reward with own codes can still fail, so only that pays for a savepoint.
        with session.begin_nested() if voucher.own_codes != NO_CODES else nullcontext():
            if hand_over(session, voucher, till, now):
                return outcome
    except VoucherCodesGone as refusal:
        return attempts.answer(session, attempt_id, Outcome.of(refusal), voucher.id)
    return _lost(session, attempt_id, code, till, now)


def _refuse_malformed(
    session: Session, till: Till, text: str, nonce: str, now: datetime
) -> Outcome:
    """What is no code of ours counts as no guess."""
    subject = f"malformed:{keys_of(session).hash(text[:400])}"
    return _note(session, Attempt(till.id, nonce, "redeem", subject), attempts.unknown(), now)


def _note(session: Session, attempt: Attempt, outcome: Outcome, now: datetime) -> Outcome:
    _, first = attempts.note(session, attempt, outcome, now)
    return first or outcome


def _decide(voucher: Any, till: Till, tz: tzinfo, now: datetime) -> Outcome:
    place = ", ".join(name for name in (voucher.branch_name, voucher.device_name) if name)
    facts = RedeemFacts(
        state=RedemptionState(voucher.state),
        expires_at=voucher.expires_at,
        same_partner=voucher.partner_id == till.partner_id,
        branch_allowed=voucher.branch_allowed,
        own_partner=voucher.own_partner,
        redeemed_at=voucher.redeemed_at,
        place=place or None,
        when=queries.hands_over(voucher, tz),
    )
    try:
        ensure_can_redeem(facts, now)
        if voucher.partner_status != "verified":
            raise PartnerSuspended()
    except DomainError as refusal:
        return Outcome.of(refusal)
    return success(voucher, now)


def success(voucher: Any, now: datetime) -> Outcome:
    """What the till learns: what to hand over, and nothing about the person.

    hands_code: only where the partner's own code goes over the counter; the answer is kept, so
                the code itself is not in it (``vouchers.code_for_till``).
    """
    facts = {
        "id": str(voucher.id),
        "reward": voucher.title,
        "hand_over": voucher.hand_over,
        "redeemed_at": now,
    }
    if voucher.own_codes == "till":
        facts["hands_code"] = True
    return Outcome("redeemed", facts)


def hand_over(session: Session, voucher: Any, till: Till, now: datetime) -> bool:
    """Move state and points together; False when somebody else was faster.

    voucher: id, reward_id, cost, kind, own_codes and ``to_account``.

    Raises VoucherCodesGone: the caller holds a savepoint if ``own_codes`` says that there are any.
    """
    named = {
        "redemption": voucher.id,
        "at": now,
        "branch": till.branch_id,
        "device": till.device_id,
        "person": till.person_id,
    }
    if _REDEEM.first(session, named) is None:
        return False
    if voucher.cost:
        cause = ledger.Cause("redemption", voucher.id, now, till.id)
        pay = ledger.donate if voucher.kind == "good_cause" else ledger.redeem
        pay(session, voucher.to_account, voucher.cost, cause)
    if voucher.own_codes != NO_CODES:
        vouchers.hand_out(session, voucher.reward_id, voucher.id, now)
    return True


def _lost(session: Session, attempt_id: uuid.UUID, code: str, till: Till, now: datetime) -> Outcome:
    """Another till, the expiry or the citizen was faster: say what has happened instead."""
    voucher: Any = queries.find_voucher(session, code, till.branch_id)
    happened = _decide(voucher, till, zone_of(session), now)
    return attempts.answer(session, attempt_id, happened, voucher.id)


def undo(
    session: Session,
    caller: Caller,
    redemption_id: uuid.UUID,
    reason: str,
    nonce: str,
    *,
    now: datetime,
) -> Outcome:
    """Take a redemption back at the till within 15 minutes: points and stock return (RED-7).

    Returns ``refunded`` or a remembered refusal. Raises NotFound, ReasonNeeded, NonceDiffers
    and what ``callers.admit`` raises.
    """
    till = admit(session, caller, now)
    if not reason.strip():
        raise ReasonNeeded()
    found = queries.list_with_accounts(session, [redemption_id])
    if not found or found[0].partner_id != till.partner_id:
        raise NotFound()
    attempt = Attempt(till.id, nonce, "undo", str(redemption_id))
    done = Outcome("refunded", {"id": str(redemption_id), "refunded_at": now})
    attempt_id, first = attempts.note(session, attempt, done, now, redemption_id)
    if first is not None:
        return first
    try:
        with session.begin_nested():
            _take_back(session, found[0], reason.strip()[:500], till, now)
    except DomainError as refusal:
        return attempts.answer(session, attempt_id, Outcome.of(refusal), redemption_id)
    return done


def _take_back(session: Session, row: Any, reason: str, till: Till, now: datetime) -> None:
    ledger.lock(session, row.account_id)
    redemption = queries.get_redemption(session, row.id)
    session.refresh(redemption)  # as it is now that the account is held
    ensure_can_undo(RedemptionState(redemption.state), redemption.redeemed_at, now)
    give_back(session, row, reason, till.id, now)


def give_back(session: Session, row: Any, reason: str, actor_id: uuid.UUID, now: datetime) -> None:
    """Points and piece return; the caller holds the account and has asked whether it may be.

    Raises TryAgain when somebody else was faster.
    """
    named = {"redemption": row.id, "at": now, "because": reason}
    if session.connection().execute(_UNDO, named).first() is None:
        raise stock.changed_meanwhile()
    reward = queries.get_reward(session, row.reward_id)
    if row.cost:
        if reward.kind == "good_cause":
            account = ledger_queries.named_account_id(session, f"good_cause:{reward.good_cause}")
        else:
            account = ledger_queries.partner_account_id(session, row.partner_id)
        cause = ledger.Cause("redemption", row.id, now, actor_id)
        ledger.refund(session, account, row.account_id, row.cost, cause)
    if not vouchers.spend(session, row.id, now):  # what was shown once is no piece any more
        stock.put_back(session, [(row.reward_id, row.reserved_at)])
