"""Who may reserve which reward: the order of refusals.

Rules RED-2, RED-3, RED-9, RED-14 to RED-16.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from engage.core.ages import Age, AgeNeed, ask_for_age
from engage.core.errors import (
    AlreadyReserved,
    AttendanceNeeded,
    MailOrCardNeeded,
    OutOfStock,
    OwnPartner,
    PartnerBudget,
    PartnerSuspended,
    PointsShort,
    RewardEnded,
    RewardLimitReached,
    RewardNotStarted,
    RewardPaused,
    RewardUnderAge,
    ScannedAttendanceNeeded,
    TooManyReservations,
    ValueCapReached,
    WelcomeUsed,
)
from engage.core.periods import Limit, day_start, ensure_within
from engage.core.redemption import LIFE, WHENEVER, HandingOver, ensure_given_before, expires_at

#: Open reservations of one citizen (RED-3).
MOST_OPEN = 3

#: The yearly value of rewards for one citizen, and the share at which we warn (RED-9).
VALUE_CAP_CENTS = 24_000
WARN_PERCENT = 80


class RewardState(StrEnum):
    """A reward as its partner offers it."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class RewardFacts:
    """The reward that is wanted.

    ends_at:      exclusive; None for open end.
    stock, cost:  stock None for as many as wanted.
    left_today:   of the pieces for each day; None without such a limit.
    when, life:   when the till gives it, and how long a voucher is good.
    value_cents:  face value of one.
    welcome:      a welcome reward: costs 0 points, one for each partner and person.
    """

    cost: int
    state: RewardState = RewardState.ACTIVE
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    partner_suspended: bool = False
    partner_budget_covers: bool = True
    stock: int | None = None
    left_today: int | None = None
    when: HandingOver = WHENEVER
    life: timedelta = LIFE
    limit: Limit | None = None
    age_need: AgeNeed = field(default_factory=lambda: AgeNeed(0, 0, 0))
    value_cents: int = 0
    welcome: bool = False


@dataclass(frozen=True, slots=True)
class TakerFacts:
    """The citizen who wants it.

    balance:          None leaves the points to the ledger's one statement.
    used_times:       uses of this reward that count: reserved or redeemed, not cancelled.
    value_used_cents: reserved and redeemed in the city's calendar year.
    welcomed:         has had this partner's welcome reward, also before an erasure.
    """

    mail_confirmed: bool = False
    card_issued: bool = False
    attendances: int = 0
    scanned_attendances: int = 0
    own_partner: bool = False
    age: Age = field(default_factory=Age)
    open_reservations: int = 0
    has_this_open: bool = False
    used_times: tuple[datetime, ...] = ()
    welcomed: bool = False
    value_used_cents: int = 0
    balance: int | None = None


@dataclass(frozen=True, slots=True)
class ReserveFacts:
    """Everything that reserving asks about. ``today`` is the city's day of ``now``."""

    reward: RewardFacts
    taker: TakerFacts
    now: datetime
    tz: tzinfo
    value_cap_cents: int = VALUE_CAP_CENTS

    @property
    def today(self) -> date:
        return self.now.astimezone(self.tz).date()


def _partner_takes_part(facts: ReserveFacts) -> None:
    if facts.reward.partner_suspended:
        raise PartnerSuspended()


def _reward_is_on(facts: ReserveFacts) -> None:
    reward, now = facts.reward, facts.now
    if reward.state is RewardState.PAUSED:
        raise RewardPaused()
    if reward.state is RewardState.DRAFT or (reward.starts_at and now < reward.starts_at):
        raise RewardNotStarted(starts_at=reward.starts_at)
    if reward.state is RewardState.ENDED or (reward.ends_at and now >= reward.ends_at):
        raise RewardEnded(ended_at=reward.ends_at)


def _is_given_in_time(facts: ReserveFacts) -> None:
    when, now = facts.reward.when, facts.now
    if when is not WHENEVER:
        ensure_given_before(when, now, expires_at(now, facts.reward.life, when.ends_at))


def _is_a_real_person(facts: ReserveFacts) -> None:
    taker = facts.taker
    if not (taker.mail_confirmed or taker.card_issued):
        raise MailOrCardNeeded()
    if facts.reward.welcome and taker.scanned_attendances == 0:
        raise ScannedAttendanceNeeded()
    if taker.attendances == 0:
        raise AttendanceNeeded()


def _is_no_member(facts: ReserveFacts) -> None:
    if facts.taker.own_partner:
        raise OwnPartner()


def _is_old_enough(facts: ReserveFacts) -> None:
    too_young = ask_for_age(facts.taker.age, facts.reward.age_need, facts.today)
    if too_young is not None:
        raise RewardUnderAge(minimum_age=facts.reward.age_need.minimum)


def _has_few_open(facts: ReserveFacts) -> None:
    if facts.taker.has_this_open:
        raise AlreadyReserved()
    if facts.taker.open_reservations >= MOST_OPEN:
        raise TooManyReservations(most=MOST_OPEN)


def _is_within_limit(facts: ReserveFacts) -> None:
    if facts.reward.welcome and facts.taker.welcomed:
        raise WelcomeUsed()
    used = facts.taker.used_times
    ensure_within(facts.reward.limit, used, facts.now, facts.tz, RewardLimitReached)


def _is_within_value(facts: ReserveFacts) -> None:
    after = facts.taker.value_used_cents + facts.reward.value_cents
    if facts.reward.value_cents and after > facts.value_cap_cents:
        raise ValueCapReached()


def _partner_can_pay(facts: ReserveFacts) -> None:
    if not facts.reward.partner_budget_covers:
        raise PartnerBudget()


def _has_points(facts: ReserveFacts) -> None:
    balance, cost = facts.taker.balance, facts.reward.cost
    if balance is not None and balance < cost:
        raise PointsShort(missing_points=cost - balance)


def _is_in_stock(facts: ReserveFacts) -> None:
    if facts.reward.stock is not None and facts.reward.stock < 1:
        raise OutOfStock()
    if facts.reward.left_today is not None and facts.reward.left_today < 1:
        raise OutOfStock(free_again_at=tomorrow(facts.today, facts.tz))


def left_today(
    daily_stock: int | None, taken: int, taken_on: date | None, today: date
) -> int | None:
    """Pieces left of those for each day of the city; None without such a limit (RED-16)."""
    if daily_stock is None:
        return None
    return (
        max(0, daily_stock - taken) if taken_on is not None and taken_on >= today else daily_stock
    )


def tomorrow(today: date, tz: tzinfo) -> datetime:
    """When the next day's pieces are there (RED-16)."""
    return day_start(today + timedelta(days=1), tz)


#: The order in which reserving is refused; points, then stock, as the statements run (RED-2).
RESERVE_ORDER: tuple[tuple[str, Callable[[ReserveFacts], None]], ...] = (
    ("partner takes part", _partner_takes_part),
    ("reward is on", _reward_is_on),
    ("given in time", _is_given_in_time),
    ("confirmed and engaged", _is_a_real_person),
    ("no member of the partner", _is_no_member),
    ("old enough", _is_old_enough),
    ("few open reservations", _has_few_open),
    ("within the limit", _is_within_limit),
    ("within the yearly value", _is_within_value),
    ("within the partner's budget", _partner_can_pay),
    ("enough points", _has_points),
    ("in stock", _is_in_stock),
)


def ensure_can_reserve(facts: ReserveFacts) -> None:
    """Refuse a reservation for the first reason that applies (RED-2).

    Raises every refusal of section 5 that concerns reserving, in `RESERVE_ORDER`.
    """
    for _, check in RESERVE_ORDER:
        check(facts)


def warns_of_value(used_cents: int, cap_cents: int = VALUE_CAP_CENTS) -> bool:
    """Whether the citizen should hear that the yearly value is nearly reached (RED-9)."""
    return used_cents * 100 >= cap_cents * WARN_PERCENT
