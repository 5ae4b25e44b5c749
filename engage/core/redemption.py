"""From a voucher to a reward in the hand: states, time, undo, review.

Rules RED-1, RED-4 to RED-13, RED-15, RED-17, RED-18.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from engage.core.errors import (
    REDEMPTION,
    AlreadyExtended,
    AlreadyRedeemed,
    AlreadyRefunded,
    Cancelled,
    DisputeTooLate,
    DomainError,
    EventIncomplete,
    FaceValueReasonNeeded,
    FrozenReward,
    NotRedeemed,
    NotReserved,
    Outcome,
    OutsideHours,
    OwnPartner,
    RedemptionCodeExpired,
    RewardEnded,
    RewardNotStarted,
    UndoTooLate,
    WrongBranch,
    WrongPartner,
)
from engage.core.hours import ANYTIME, Hours

#: How long a voucher lives: by default, at least and at most (RED-4).
LIFE = timedelta(minutes=15)
SHORTEST_LIFE = timedelta(minutes=1)
LONGEST_LIFE = timedelta(days=30)

#: The server honours a voucher this much longer than the page counts (RED-4).
HONOURED = timedelta(minutes=2)

#: How long the till can undo (RED-7), and a card redemption be disputed (RED-12).
UNDO = timedelta(minutes=15)
DISPUTE = timedelta(days=14)


class RedemptionState(StrEnum):
    """One use of a reward."""

    RESERVED = "reserved"
    REDEEMED = "redeemed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class Step(StrEnum):
    """What can happen to a reservation."""

    REDEEM = "redeem"
    CANCEL = "cancel"
    EXPIRE = "expire"
    REFUND = "refund"


_NEXT: dict[tuple[RedemptionState, Step], RedemptionState] = {
    (RedemptionState.RESERVED, Step.REDEEM): RedemptionState.REDEEMED,
    (RedemptionState.RESERVED, Step.CANCEL): RedemptionState.CANCELLED,
    (RedemptionState.RESERVED, Step.EXPIRE): RedemptionState.EXPIRED,
    (RedemptionState.REDEEMED, Step.REFUND): RedemptionState.REFUNDED,
}

_WHY_NOT: dict[RedemptionState, type[DomainError]] = {
    RedemptionState.RESERVED: NotRedeemed,
    RedemptionState.REDEEMED: AlreadyRedeemed,
    RedemptionState.CANCELLED: Cancelled,
    RedemptionState.EXPIRED: RedemptionCodeExpired,
    RedemptionState.REFUNDED: AlreadyRefunded,
}


def next_state(state: RedemptionState, step: Step, **facts: object) -> RedemptionState:
    """The state after a step; every state that cannot take it says why (RED-1).

    facts: go with the refusal, as ``redeemed_at`` and ``place`` for a repeat.

    Raises AlreadyRedeemed, Cancelled, RedemptionCodeExpired, AlreadyRefunded, NotRedeemed.
    """
    following = _NEXT.get((state, step))
    if following is None:
        if step is Step.REFUND and state in (RedemptionState.CANCELLED, RedemptionState.EXPIRED):
            raise NotRedeemed()
        raise _WHY_NOT[state](**facts)
    return following


def ensure_life(life: timedelta) -> timedelta:
    """A voucher lives from a minute to 30 days; anything else is a bug or a typing slip."""
    if not SHORTEST_LIFE <= life <= LONGEST_LIFE:
        raise ValueError("a voucher lives from 1 minute to 30 days")
    return life


def expires_at(
    reserved_at: datetime, life: timedelta = LIFE, gives_until: datetime | None = None
) -> datetime:
    """What the page counts down to; never beyond the time in which the till gives it (RED-15)."""
    until = reserved_at + ensure_life(life)
    return until if gives_until is None else min(until, gives_until)


def is_over(expiry: datetime, now: datetime) -> bool:
    """Whether the server has stopped honouring a voucher (RED-4)."""
    return now > expiry + HONOURED


def extended(
    expiry: datetime,
    life: timedelta,
    now: datetime,
    *,
    before: bool,
    gives_until: datetime | None = None,
) -> datetime:
    """A voucher once more as long, once (RED-5), never beyond the time of its reward (RED-15).

    before: whether it was extended already.

    Raises RedemptionCodeExpired, AlreadyExtended.
    """
    if is_over(expiry, now):
        raise RedemptionCodeExpired()
    if before:
        raise AlreadyExtended()
    until = expiry + ensure_life(life)
    return until if gives_until is None else max(expiry, min(until, gives_until))


@dataclass(frozen=True, slots=True)
class HandingOver:
    """When the till gives a reward: a period, and hours of the week in it (RED-15).

    ends_at: exclusive. tz: the city's, in which the hours count.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    hours: Hours = ANYTIME
    tz: tzinfo = UTC


WHENEVER = HandingOver()


def ensure_given_now(when: HandingOver, now: datetime) -> None:
    """The till gives a reward in its time; who came in time is served 2 minutes longer (RED-15).

    Raises RewardNotStarted, RewardEnded, OutsideHours with ``opens_at``.
    """
    if when.starts_at is not None and now < when.starts_at:
        raise RewardNotStarted(starts_at=when.starts_at)
    if when.ends_at is not None and now >= when.ends_at + HONOURED:
        raise RewardEnded(ended_at=when.ends_at)
    if not (when.hours.covers(now, when.tz) or when.hours.covers(now - HONOURED, when.tz)):
        raise OutsideHours(opens_at=when.hours.next_start(now, when.tz))


def ensure_given_before(when: HandingOver, now: datetime, until: datetime) -> None:
    """A reservation is of use only if the till gives the reward before it is over (RED-15).

    until: when the voucher would be over.

    Raises RewardNotStarted, RewardEnded, OutsideHours with ``opens_at``.
    """
    if when.ends_at is not None and now >= when.ends_at:
        raise RewardEnded(ended_at=when.ends_at)
    if when.starts_at is not None and until <= when.starts_at:
        raise RewardNotStarted(starts_at=when.starts_at)
    first = max(now, when.starts_at or now)
    if when.hours.covers(first, when.tz):
        return
    opens_at = when.hours.next_start(first, when.tz)
    if opens_at is None or opens_at >= min(until, when.ends_at or until):
        raise OutsideHours(opens_at=opens_at)


@dataclass(frozen=True, slots=True)
class RedeemFacts:
    """A voucher shown at a till. ``branch_allowed`` is true where all branches give it."""

    state: RedemptionState
    expires_at: datetime
    same_partner: bool = True
    branch_allowed: bool = True
    own_partner: bool = False
    redeemed_at: datetime | None = None
    place: str | None = None
    when: HandingOver = WHENEVER


def ensure_can_redeem(facts: RedeemFacts, now: datetime) -> None:
    """Hand a reward over once, at the right partner, in time (RED-6).

    Another partner learns nothing of the voucher's state.

    Raises WrongPartner, WrongBranch, AlreadyRedeemed, Cancelled, AlreadyRefunded,
    RedemptionCodeExpired, OwnPartner, and outside its time what ``ensure_given_now`` raises.
    """
    if not facts.same_partner:
        raise WrongPartner()
    if not facts.branch_allowed:
        raise WrongBranch()
    next_state(facts.state, Step.REDEEM, redeemed_at=facts.redeemed_at, place=facts.place)
    if is_over(facts.expires_at, now):
        raise RedemptionCodeExpired()
    if facts.own_partner:
        raise OwnPartner()
    ensure_given_now(facts.when, now)


def ensure_can_undo(state: RedemptionState, redeemed_at: datetime | None, now: datetime) -> None:
    """The till undoes for 15 minutes; points and stock go back (RED-7).

    Raises NotRedeemed, AlreadyRefunded, UndoTooLate.
    """
    next_state(state, Step.REFUND)
    if redeemed_at is not None and now > redeemed_at + UNDO:
        raise UndoTooLate(until_at=redeemed_at + UNDO)


def ensure_can_cancel(state: RedemptionState) -> None:
    """A citizen takes the points back while nothing was handed over (RED-1).

    Raises NotReserved for every other state, AlreadyRedeemed for a redeemed one.
    """
    if state is RedemptionState.REDEEMED:
        raise AlreadyRedeemed()
    if state is not RedemptionState.RESERVED:
        raise NotReserved()


def ensure_can_dispute(redeemed_at: datetime, now: datetime) -> None:
    """A card redemption may be disputed for 14 days. Raises DisputeTooLate (RED-12)."""
    if now > redeemed_at + DISPUTE:
        raise DisputeTooLate()


#: What a reservation has promised; a change of these makes a new version (RED-8).
FROZEN = ("cost", "starts_at")


def ensure_not_frozen(changed: Collection[str], *, was_reserved: bool) -> None:
    """Cost and start stay once somebody reserved. Raises FrozenReward with ``field`` (RED-8)."""
    frozen = [name for name in FROZEN if name in changed]
    if was_reserved and frozen:
        raise FrozenReward(field=frozen[0])


def ensure_face_value(value_cents: int, reason: str) -> None:
    """A face value of 0 needs a reason. Raises FaceValueReasonNeeded (RED-10)."""
    if value_cents < 0:
        raise ValueError("a face value is not below 0 cents")
    if value_cents == 0 and not reason.strip():
        raise FaceValueReasonNeeded()


class Waits(StrEnum):
    """Why the office looks at a reward before citizens see it (RED-17)."""

    FIRST = "first"
    VALUE = "value"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Approved:
    """What the office has approved of a reward so far; None before the first time."""

    value_cents: int | None = None
    minimum_age: int | None = None


def waits_for(
    value_cents: int, minimum_age: int, approved: Approved, *, is_first: bool, most_cents: int
) -> tuple[Waits, ...]:
    """Why a reward waits for the office; nothing if it may go online at once (RED-17).

    is_first:   no reward of this partner was ever online.
    most_cents: face values above it are looked at.
    """
    why: list[Waits] = []
    if is_first and approved.value_cents is None:
        why.append(Waits.FIRST)
    if value_cents > max(most_cents, approved.value_cents or 0):
        why.append(Waits.VALUE)
    if minimum_age != (approved.minimum_age or 0):
        why.append(Waits.AGE)
    return tuple(why)


def ensure_event(starts_at: datetime | None, ends_at: datetime | None, place: str) -> None:
    """A ticket says when and where. Raises EventIncomplete."""
    if starts_at is None or not place.strip() or (ends_at is not None and ends_at <= starts_at):
        raise EventIncomplete()


#: Refusals whose reason is the person's own business: the till learns only "no" (RED-13).
PRIVATE = frozenset(
    {
        "points_short",
        "limit_reached",
        "value_cap_reached",
        "too_many_reservations",
        "already_reserved",
        "under_age",
        "mail_or_card_needed",
        "attendance_needed",
        "scanned_attendance_needed",
        "welcome_used",
    }
)


def for_the_till(outcome: Outcome) -> Outcome:
    """An answer as a till may see it: no balance, no missing points, no history (RED-13)."""
    if outcome.code in PRIVATE:
        return Outcome("card_declined", {}, outcome.replayed, REDEMPTION)
    return outcome
