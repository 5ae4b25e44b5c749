"""What is offered, who may register, who moves up, what it may cost. Rules ACT-5 to ACT-12."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from engage.core.ages import Age, AgeNeed, ask_for_age
from engage.core.errors import (
    AlreadyRegistered,
    AlreadyWaitlisted,
    AttendancesExist,
    BudgetShort,
    ExpectedNumberNeeded,
    LeaveTooLate,
    NotATransition,
    NotOnList,
    NotPublished,
    NotVerified,
    OccurrenceCancelled,
    OccurrenceOver,
    OfferExpired,
    OrganisationSuspended,
    RegistrationClosed,
    RegistrationFull,
    UnderAge,
)
from engage.core.places import Places, Registration
from engage.core.points import Points, PointsRule

#: Places are given on by themselves until this long before the start, then offered (ACT-6).
PROMOTE_UNTIL = timedelta(hours=12)

#: How long one offered place is kept for one person (ACT-6).
OFFER_LASTS = timedelta(hours=2)

#: How far ahead the dates of a series are made, and their points set aside (ACT-9).
SERIES_HORIZON = timedelta(weeks=8)

#: When the unused rest of a date's points returns to the budget (ACT-10).
RELEASE_AFTER = timedelta(hours=72)


class Kind(StrEnum):
    """Whether the citizen works or takes part; insurance and tax tell them apart."""

    VOLUNTEERING = "volunteering"
    PARTICIPATION = "participation"


class BodyState(StrEnum):
    """An organisation or a partner, as the programme office sees it."""

    PENDING = "pending"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    REFUSED = "refused"


class ActivityState(StrEnum):
    """An activity on its way from an idea to the archive."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class OccurrenceState(StrEnum):
    """One dated instance of an activity."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


_BODY_STEPS: Mapping[BodyState, frozenset[BodyState]] = {
    BodyState.PENDING: frozenset({BodyState.VERIFIED, BodyState.REFUSED}),
    BodyState.VERIFIED: frozenset({BodyState.SUSPENDED}),
    BodyState.SUSPENDED: frozenset({BodyState.VERIFIED}),
    BodyState.REFUSED: frozenset({BodyState.VERIFIED}),
}

_ACTIVITY_STEPS: Mapping[ActivityState, frozenset[ActivityState]] = {
    ActivityState.DRAFT: frozenset({ActivityState.PUBLISHED, ActivityState.ARCHIVED}),
    ActivityState.PUBLISHED: frozenset({ActivityState.ARCHIVED}),
    ActivityState.ARCHIVED: frozenset({ActivityState.DRAFT}),
}


def next_body_state(state: BodyState, wanted: BodyState) -> BodyState:
    """Verify, refuse, suspend or admit again an organisation or partner (ACT-11).

    Raises NotATransition.
    """
    if wanted not in _BODY_STEPS[state]:
        raise NotATransition(state=state.value, wanted=wanted.value)
    return wanted


def next_activity_state(state: ActivityState, wanted: ActivityState) -> ActivityState:
    """Publish, archive or take up again an activity. Raises NotATransition."""
    if wanted not in _ACTIVITY_STEPS[state]:
        raise NotATransition(state=state.value, wanted=wanted.value)
    return wanted


def ensure_can_publish(body: BodyState) -> None:
    """Only a verified organisation offers anything to the city (ACT-11).

    Raises OrganisationSuspended, NotVerified.
    """
    if body is BodyState.SUSPENDED:
        raise OrganisationSuspended()
    if body is not BodyState.VERIFIED:
        raise NotVerified()


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """Everything the way to a place asks about.

    closes_at:    when registration closes; None for the end of the date.
    day:          the city's day of the start, for the age.
    waiting_list: whether people may wait when the date is full.
    present:      what the citizen has now; cancelled counts as nothing.
    """

    starts_at: datetime
    ends_at: datetime
    day: date
    body: BodyState = BodyState.VERIFIED
    activity: ActivityState = ActivityState.PUBLISHED
    cancelled: bool = False
    closes_at: datetime | None = None
    present: Registration | None = None
    age: Age = field(default_factory=Age)
    age_need: AgeNeed = field(default_factory=AgeNeed)
    places: Places = field(default_factory=Places)
    waiting_list: bool = True


def _ensure_open(facts: RegistrationFacts, now: datetime) -> None:
    if facts.activity is not ActivityState.PUBLISHED:
        raise NotPublished()
    if facts.body is BodyState.SUSPENDED:
        raise OrganisationSuspended()
    if facts.cancelled:
        raise OccurrenceCancelled()
    closes_at = min(facts.closes_at or facts.ends_at, facts.ends_at)
    if now > closes_at:
        raise RegistrationClosed(closed_at=closes_at)


def _ensure_new(present: Registration | None) -> None:
    if present is Registration.REGISTERED:
        raise AlreadyRegistered()
    if present is Registration.WAITLISTED:
        raise AlreadyWaitlisted()


def next_registration(facts: RegistrationFacts, now: datetime) -> Registration:
    """Give a citizen a place, or one on the waiting list (ACT-5).

    People who wait come first: while somebody waits, a free place is not for newcomers.

    Raises NotPublished, OrganisationSuspended, OccurrenceCancelled, RegistrationClosed,
    AlreadyRegistered, AlreadyWaitlisted, UnderAge, RegistrationFull.
    """
    _ensure_open(facts, now)
    _ensure_new(facts.present)
    too_young = ask_for_age(facts.age, facts.age_need, facts.day)
    if too_young is not None:
        raise UnderAge(**too_young)
    free = facts.places.free_to_register()
    if free is None or free > facts.places.waitlisted:
        return Registration.REGISTERED
    if not facts.waiting_list:
        raise RegistrationFull()
    return Registration.WAITLISTED


def ensure_can_leave(present: Registration | None, *, checked_in: bool) -> None:
    """A citizen gives a place back at any time before coming (ACT-5).

    Raises NotOnList, LeaveTooLate.
    """
    if present not in (Registration.REGISTERED, Registration.WAITLISTED):
        raise NotOnList()
    if checked_in:
        raise LeaveTooLate()


class Promotion(StrEnum):
    """How a free place reaches the next person on the waiting list."""

    AUTOMATIC = "automatic"
    OFFER = "offer"
    NONE = "none"


def promotion_at(now: datetime, starts_at: datetime) -> Promotion:
    """Automatically until 12 hours before the start, then by an offer, then at the door (ACT-6)."""
    if now <= starts_at - PROMOTE_UNTIL:
        return Promotion.AUTOMATIC
    return Promotion.OFFER if now < starts_at else Promotion.NONE


def places_to_pass_on(places: Places, open_offers: int = 0) -> int:
    """How many people on the waiting list can move up now; offered places are kept."""
    free = places.free_to_register()
    if free is None:
        return places.waitlisted
    return max(0, min(places.waitlisted, free) - open_offers)


def offer_until(now: datetime, starts_at: datetime) -> datetime:
    """How long an offered place is kept: two hours, at most until the start."""
    return min(now + OFFER_LASTS, starts_at)


def ensure_offer_open(offered_until: datetime | None, now: datetime) -> None:
    """Raises OfferExpired when the place went to the next person (ACT-6)."""
    if offered_until is None or now > offered_until:
        raise OfferExpired()


def ensure_can_change(ends_at: datetime, now: datetime, *, attendances: bool) -> None:
    """Date, time and place stay once people came or the date is over (ACT-12).

    Raises OccurrenceOver, AttendancesExist.
    """
    if now > ends_at:
        raise OccurrenceOver()
    if attendances:
        raise AttendancesExist()


def points_to_set_aside(
    rule: PointsRule,
    planned_minutes: int,
    capacity: int | None,
    expected: int | None = None,
    *,
    has_check_out: bool = False,
) -> Points:
    """What publishing one date reserves of the budget: places × most points (ACT-8).

    Raises ExpectedNumberNeeded without a capacity and without an expected number.
    """
    people = capacity if capacity is not None else expected
    if people is None:
        raise ExpectedNumberNeeded()
    return Points(people * rule.most_points(planned_minutes, has_check_out=has_check_out))


def ensure_budget(free: int | None, needed: int) -> None:
    """Publishing and further people draw on the free rest of the year's budget (ACT-8).

    free: None where the city sets no budget.

    Raises BudgetShort with ``missing_points``.
    """
    if free is not None and needed > free:
        raise BudgetShort(missing_points=needed - free)


def release_at(ends_at: datetime) -> datetime:
    """When what a date did not use returns to the budget (ACT-10)."""
    return ends_at + RELEASE_AFTER


def series_until(now: datetime) -> datetime:
    """How far ahead a series has its dates made (ACT-9)."""
    return now + SERIES_HORIZON
