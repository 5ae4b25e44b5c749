"""Reported hours, missing points, and taking an attendance back. Rules CLM-1 to CLM-10."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from engage.core.checkin import BY_HAND
from engage.core.errors import (
    AlreadyAnnulled,
    AnnulTooLate,
    ByHandTooLate,
    ClaimDecided,
    ClaimEmpty,
    ClaimInFuture,
    ClaimNotOneDay,
    ClaimTooLong,
    ClaimTooOld,
    MissingPointsTooLate,
    NothingMissing,
    NotPermitted,
    OwnClaim,
    ReasonNeeded,
    TooEarly,
)
from engage.core.periods import day_of

#: The longest day of work that can be reported, and how far back (CLM-1, CLM-2).
LONGEST = timedelta(hours=12)
DAYS_BACK = 60

#: How long after the end "my points are missing" can be said (CLM-6).
MISSING = timedelta(days=14)

#: A device takes back its own scan this long; organisers until this long after the end (CLM-8).
DEVICE_ANNULS = timedelta(minutes=15)
ORGANISER_ANNULS = timedelta(days=14)

#: A person decides about a review within this time (CLM-9).
REVIEW_WITHIN = timedelta(days=14)


class ClaimState(StrEnum):
    """Reported hours, until somebody else has answered."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def ensure_can_claim(
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    tz: tzinfo,
    *,
    longest: timedelta = LONGEST,
    days_back: int = DAYS_BACK,
) -> None:
    """Hours are one day's, at most 12, done, and at most 60 days old (CLM-1, CLM-2).

    An end at midnight still belongs to the day.

    Raises ClaimEmpty, ClaimNotOneDay, ClaimTooLong, ClaimInFuture, ClaimTooOld.
    """
    if ends_at <= starts_at:
        raise ClaimEmpty(starts_at=starts_at, ends_at=ends_at)
    day = day_of(starts_at, tz)
    if day_of(ends_at - timedelta(microseconds=1), tz) != day:
        raise ClaimNotOneDay()
    if ends_at - starts_at > longest:
        raise ClaimTooLong()
    if ends_at > now:
        raise ClaimInFuture()
    earliest_on = day_of(now, tz) - timedelta(days=days_back)
    if day < earliest_on:
        raise ClaimTooOld(earliest_on=earliest_on)


def ensure_can_decide(state: ClaimState, claimed_by: UUID, decided_by: UUID) -> None:
    """Somebody else in the organisation confirms or refuses; nobody their own (CLM-3).

    Raises OwnClaim, ClaimDecided.
    """
    if claimed_by == decided_by:
        raise OwnClaim()
    if state is not ClaimState.OPEN:
        raise ClaimDecided()


def do_overlap(
    one_start: datetime, one_end: datetime, other_start: datetime, other_end: datetime
) -> bool:
    """Whether two times share a moment; one ending when the other starts do not (CLM-4)."""
    return one_start < other_end and other_start < one_end


def ensure_reason(reason: str) -> str:
    """A correction says why. Raises ReasonNeeded (CLM-5)."""
    if not reason.strip():
        raise ReasonNeeded()
    return reason.strip()


def ensure_can_report_missing(ends_at: datetime, now: datetime, *, attended: bool) -> None:
    """A citizen who was there and is not on record says so for 14 days (CLM-6).

    Raises NothingMissing, TooEarly, MissingPointsTooLate.
    """
    if attended:
        raise NothingMissing()
    if now < ends_at:
        raise TooEarly()
    if now > ends_at + MISSING:
        raise MissingPointsTooLate(until_at=ends_at + MISSING)


def ensure_can_add_by_hand(
    starts_at: datetime, ends_at: datetime, now: datetime, reason: str
) -> None:
    """An organiser adds who was missed, from the start to 14 days after the end (CLM-7).

    Raises ReasonNeeded, TooEarly, ByHandTooLate.
    """
    ensure_reason(reason)
    if now < starts_at:
        raise TooEarly(opens_at=starts_at)
    if now > ends_at + BY_HAND:
        raise ByHandTooLate(until_at=ends_at + BY_HAND)


class Annuller(StrEnum):
    """Who takes an attendance back, or puts it right."""

    DEVICE = "device"
    ORGANISER = "organiser"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class AnnulFacts:
    """What decides whether an attendance may be annulled.

    same_device: the device that scanned it is the one that asks.
    """

    by: Annuller
    checked_in_at: datetime
    ends_at: datetime
    annulled: bool = False
    same_device: bool = False

    @property
    def until_at(self) -> datetime | None:
        """The last moment for this person or device; None for no end."""
        if self.by is Annuller.DEVICE:
            return self.checked_in_at + DEVICE_ANNULS
        return self.ends_at + ORGANISER_ANNULS if self.by is Annuller.ORGANISER else None


def counts_as_said_at(by: Annuller, ends_at: datetime, now: datetime) -> datetime:
    """The office is never too late: what it says later counts as said in time (CLM-10)."""
    return min(now, ends_at + BY_HAND) if by is Annuller.OFFICE else now


def ensure_can_annul(facts: AnnulFacts, reason: str, now: datetime) -> None:
    """Take an attendance back: it stays on record, its points are reversed (CLM-8).

    The same device within 15 minutes, an organiser until 14 days after the end, staff
    later; always with a reason.

    Raises ReasonNeeded, AlreadyAnnulled, NotPermitted, AnnulTooLate.
    """
    ensure_reason(reason)
    if facts.annulled:
        raise AlreadyAnnulled()
    if facts.by is Annuller.DEVICE and not facts.same_device:
        raise NotPermitted()
    if facts.until_at is not None and now > facts.until_at:
        raise AnnulTooLate(until_at=facts.until_at)


def review_due_at(opened_at: datetime) -> datetime:
    """When a person has decided at the latest; the citizen sees this date (CLM-9)."""
    return opened_at + REVIEW_WITHIN
