"""Who may check in, when, and what it gives: the order of checks. Rules CHK-1 to CHK-24.

`ORDER` is the order of the city: the first check that applies is the answer. The three
checks before `BEFORE` ends are the service's (they need the database); `decide` does
the rest on plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from engage.core.ages import Age, AgeNeed, ask_for_age
from engage.core.errors import Outcome
from engage.core.places import Places, Registration
from engage.core.points import NONE, Caps, Points, credit_within

#: How long before the start, and after the end, the door is open by default (CHK-1).
OPENS_BEFORE = timedelta(minutes=60)
CLOSES_AFTER = timedelta(minutes=60)

#: How long after the end people can be added by hand (CHK-15).
BY_HAND = timedelta(days=14)

#: How long after the end an upload still counts without a review (CHK-19).
LATE_UPLOAD = timedelta(hours=72)


class Way(StrEnum):
    """How a person's attendance was proven, strongest first."""

    SCANNED = "scanned"
    BY_NAME = "by_name"
    BY_HAND = "by_hand"
    SELF = "self"


class Review(StrEnum):
    """The published reasons for which points wait for a person's decision."""

    CAP = "cap"
    BUDGET = "budget"
    OVERLAP = "overlap"
    CLOCK = "clock"
    LATE = "late"
    REVOKED_DEVICE = "revoked_device"
    SELF_SURPLUS = "self_surplus"
    WALK_IN_SHARE = "walk_in_share"


class CodeState(StrEnum):
    """What the search for a code found, before any rule is asked."""

    CURRENT = "current"  # also: no code is needed (by name, by hand, walk-in)
    OLD = "old"  # a rotating code of another step, within reach
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Window:
    """When a date happens and when its door is open. Both edges are inclusive (CHK-1)."""

    starts_at: datetime
    ends_at: datetime
    opens_before: timedelta = OPENS_BEFORE
    closes_after: timedelta = CLOSES_AFTER

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - self.opens_before

    @property
    def closes_at(self) -> datetime:
        return self.ends_at + self.closes_after


@dataclass(frozen=True, slots=True)
class Scan:
    """The moment of a check-in, as `correct_scan_time` gives it."""

    at: datetime
    received_at: datetime
    offline: bool = False
    clamped: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks for the check-in, and whether they may act here."""

    device_revoked: bool = False
    permitted: bool = True
    organisation_suspended: bool = False
    is_the_citizen: bool = False
    uploads_after_revocation: bool = False


@dataclass(frozen=True, slots=True)
class Worth:
    """What the attendance gives, and how much of it may be credited now.

    points:        what the date gives by its rule, whoever comes.
    already_day:   points credited for work of that day; already_year likewise.
    after_check_out: the time present counts, so the points follow.
    budget_covers: the organisation's budget reaches this far.
    """

    points: int
    already_day: int = 0
    already_year: int = 0
    caps: Caps = field(default_factory=Caps)
    opted_out: bool = False
    after_check_out: bool = False
    budget_covers: bool = True


@dataclass(frozen=True, slots=True)
class CheckInFacts:
    """Everything the order of checks asks about, as plain values.

    day:              the city's day of the start, for the age.
    cancelled_at:     when the date was cancelled; a scan before that counts.
    revoked_at:       when the pass or card was revoked; likewise for offline scans.
    manages:          the citizen manages this date (CHK-8).
    paid_duty:        marked as paid, or office staff, at their own body's date (CHK-9).
    replayed:         the pass code was accepted elsewhere in this step (CHK-12).
    limit_reached:    the date's limit for one person is used up; ``free_again_at`` when known.
    overlaps:         the time is already credited somewhere else.
    surplus:          more people checked themselves in than the organiser counted.
    walk_in_share:    over half of this scanner's people are walk-ins.
    overridden:       an organiser lets the person in, with a reason (CHK-11).
    """

    window: Window
    scan: Scan
    way: Way
    worth: Worth
    day: date | None = None
    caller: Caller = field(default_factory=Caller)
    code: CodeState = CodeState.CURRENT
    revoked_at: datetime | None = None
    first_checked_in_at: datetime | None = None
    cancelled_at: datetime | None = None
    registration: Registration | None = None
    walk_ins: bool = False
    age: Age = field(default_factory=Age)
    age_need: AgeNeed = field(default_factory=AgeNeed)
    manages: bool = False
    paid_duty: bool = False
    places: Places = field(default_factory=Places)
    overridden: bool = False
    replayed: bool = False
    limit_reached: bool = False
    free_again_at: datetime | None = None
    overlaps: bool = False
    surplus: bool = False
    walk_in_share: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a check-in.

    code:      ``credited`` or ``checked_in``, else the refusal.
    door_code: the same for devices and organisers, who learn of no review (CHK-21).
    credited:  points to book now; ``waiting`` are booked after check-out or review.
    """

    code: str
    door_code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    credited: Points = NONE
    waiting: Points = NONE
    review: tuple[Review, ...] = ()
    overridden: bool = False
    walk_in: bool = False

    @property
    def is_success(self) -> bool:
        return self.outcome().is_success

    def outcome(self, *, at_the_door: bool = False) -> Outcome:
        """What is answered and remembered; at the door without anything personal."""
        return Outcome(self.door_code if at_the_door else self.code, self.facts)


#: A code of the register and its facts.
Refusal = tuple[str, dict[str, object]]
Check = Callable[[CheckInFacts], Refusal | None]


def _caller_may_act(facts: CheckInFacts) -> Refusal | None:
    caller = facts.caller
    if caller.device_revoked and not caller.uploads_after_revocation:
        return "device_revoked", {}
    if not caller.permitted:
        return "not_permitted", {}
    return ("organisation_suspended", {}) if caller.organisation_suspended else None


def _code_is_known(facts: CheckInFacts) -> Refusal | None:
    return ("code_unknown", {}) if facts.code is CodeState.UNKNOWN else None


def _code_is_current(facts: CheckInFacts) -> Refusal | None:
    old = facts.code is CodeState.OLD and not facts.scan.offline
    return ("code_expired", {}) if old else None


def _pass_is_valid(facts: CheckInFacts) -> Refusal | None:
    # What the door saw is a fact: a pass revoked after an offline scan goes to review.
    gone = facts.revoked_at is not None and not _revoked_since(facts)
    return ("pass_revoked", {}) if gone else None


def _not_yet_in(facts: CheckInFacts) -> Refusal | None:
    first = facts.first_checked_in_at
    return ("already_checked_in", {"first_checked_in_at": first}) if first else None


def _takes_place(facts: CheckInFacts) -> Refusal | None:
    cancelled = facts.cancelled_at is not None and facts.cancelled_at <= facts.scan.at
    return ("occurrence_cancelled", {}) if cancelled else None


def _inside_window(facts: CheckInFacts) -> Refusal | None:
    window, at = facts.window, facts.scan.at
    opens, closes = window.opens_at, window.closes_at
    if facts.way is Way.BY_HAND:
        closes = max(closes, window.ends_at + BY_HAND)
    said: dict[str, object] = {"opens_at": opens, "closes_at": closes}
    if at < opens:
        return "too_early", said
    return ("too_late", said) if at > closes else None


def _may_take_part(facts: CheckInFacts) -> Refusal | None:
    listed = facts.registration in (Registration.REGISTERED, Registration.WAITLISTED)
    added_by_hand = facts.way is Way.BY_HAND
    if not (listed or facts.walk_ins or added_by_hand):
        return "not_registered", {}
    day = facts.day or facts.window.starts_at.date()
    too_young = ask_for_age(facts.age, facts.age_need, day)
    if too_young is not None:
        return "under_age", too_young
    if facts.manages and facts.caller.is_the_citizen:
        return "own_occurrence", {}
    return ("paid_duty", {}) if facts.paid_duty else None


def _has_place(facts: CheckInFacts) -> Refusal | None:
    registered = facts.registration is Registration.REGISTERED
    if registered or facts.overridden or facts.way is Way.BY_HAND:
        return None
    waits = facts.registration is Registration.WAITLISTED
    starts, at = facts.window.starts_at, facts.scan.at
    if facts.places.has_room_at_door(starts, at, on_waiting_list=waits):
        return None
    free = facts.places.freed_at(starts, at)
    said: dict[str, object] = {"free_again_at": free} if free else {}
    return ("waitlisted" if waits else "occurrence_full"), said


def _used_once(facts: CheckInFacts) -> Refusal | None:
    return ("code_replayed", {}) if facts.replayed else None


def _within_limits(facts: CheckInFacts) -> Refusal | None:
    if not facts.limit_reached:
        return None
    return "limit_reached", {"free_again_at": facts.free_again_at}


#: What the service answers before any of the checks below: nobody without credentials
#: (401), a repeated scan with its first answer, and nobody else's scan number.
BEFORE = ("credentials", "nonce")

#: The order of checks. The first that applies is the answer (CHK-2).
ORDER: tuple[tuple[str, Check], ...] = (
    ("caller may act here", _caller_may_act),
    ("code known", _code_is_known),
    ("code current", _code_is_current),
    ("pass not revoked", _pass_is_valid),
    ("not yet in", _not_yet_in),
    ("date not cancelled", _takes_place),
    ("inside the window", _inside_window),
    ("may take part", _may_take_part),
    ("place", _has_place),
    ("code not used elsewhere", _used_once),
    ("limits", _within_limits),
)


def _revoked_since(facts: CheckInFacts) -> bool:
    """Whether an offline scan saw a pass that was revoked only afterwards."""
    revoked = facts.revoked_at
    return facts.scan.offline and revoked is not None and facts.scan.at < revoked


def reviews_of(facts: CheckInFacts) -> tuple[Review, ...]:
    """Why all points of an attendance wait for a person's decision (CHK-20)."""
    scan = facts.scan
    clock = facts.code is CodeState.OLD or scan.clamped or _revoked_since(facts)
    reasons = {
        Review.BUDGET: not facts.worth.budget_covers,
        Review.OVERLAP: facts.overlaps,
        Review.CLOCK: clock,
        Review.LATE: scan.received_at > facts.window.ends_at + LATE_UPLOAD
        and facts.way is not Way.BY_HAND,
        Review.REVOKED_DEVICE: facts.caller.uploads_after_revocation,
        Review.SELF_SURPLUS: facts.surplus,
        Review.WALK_IN_SHARE: facts.walk_in_share,
    }
    return tuple(reason for reason, applies in reasons.items() if applies)


def _credit(worth: Worth, reviews: tuple[Review, ...]) -> tuple[Points, Points]:
    """Points now and points later; only what exceeds the caps waits for them."""
    if worth.opted_out:
        return Points(0), Points(0)
    if worth.after_check_out or reviews:
        return Points(0), Points(worth.points)
    return credit_within(worth.caps, worth.already_day, worth.already_year, worth.points)


def decide(facts: CheckInFacts) -> Decision:
    """Answer a check-in: the first refusal that applies, else what is credited (CHK-2).

    Source: section 4 of the domain; the nonce and the credentials come before.
    """
    for _, check in ORDER:
        refusal = check(facts)
        if refusal is not None:
            code, said = refusal
            return Decision(code, code, said)
    reviews = reviews_of(facts)
    credited, waiting = _credit(facts.worth, reviews)
    capped = waiting > 0 and not reviews and not facts.worth.after_check_out
    follows = waiting > 0 and credited == 0
    return Decision(
        "checked_in" if follows else "credited",
        "checked_in" if facts.worth.after_check_out else "credited",
        {"points": facts.worth.points},
        credited,
        waiting,
        (*reviews, Review.CAP) if capped else reviews,
        overridden=facts.overridden,
        walk_in=facts.registration is not Registration.REGISTERED,
    )
