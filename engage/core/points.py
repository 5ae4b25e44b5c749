"""What a point is, how points move and what an hour is worth. Rules PTS-1 to PTS-12."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

#: A whole number of points, zero or more. The direction is in the verb.
Points = NewType("Points", int)

NONE = Points(0)

#: Points of a poster check-in are at most what this many minutes give (PTS-8).
POSTER_MINUTES = 120

#: Time present counts in steps of this many minutes (PTS-9).
QUARTER = 15


class TransferKind(StrEnum):
    """Why points move from one account to another."""

    EARN = "earn"
    REVERSE = "reverse"
    RESERVE = "reserve"
    REDEEM = "redeem"
    RELEASE = "release"
    REFUND = "refund"
    EXPIRE = "expire"
    ADJUST = "adjust"
    WRITE_OFF = "write_off"
    DONATE = "donate"
    MERGE = "merge"


class SystemAccount(StrEnum):
    """The accounts of the programme itself. Causes follow as ``good_cause:<name>``."""

    ISSUANCE = "issuance"
    ESCROW = "escrow"
    EXPIRED = "expired"
    WRITTEN_OFF = "written_off"


def good_cause(name: str) -> str:
    """The name of the account that collects points for a good cause."""
    return f"good_cause:{name}"


@dataclass(frozen=True, slots=True)
class Source:
    """Why points move. One source moves points once for each kind (PTS-2)."""

    kind: str  # "attendance", "redemption", "claim", "adjustment", "expiry", …
    id: UUID | str


def key_of(kind: TransferKind | str, source: Source) -> str:
    """The unique key of a transfer, ``<kind>:<source>:<id>``; it makes a repeat harmless."""
    return f"{TransferKind(kind).value}:{source.kind}:{source.id}"


def ensure_moves(points: int) -> Points:
    """Only whole points above zero move (PTS-1).

    A negative number would turn spending into earning, so this is a bug of ours and
    not a refusal: ValueError.
    """
    if isinstance(points, bool) or not isinstance(points, int) or points <= 0:
        raise ValueError(f"{points!r} points cannot move")
    return Points(points)


def _canonical(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bool) or not isinstance(value, (str, int, UUID)):
        raise TypeError(f"a seal does not cover a {type(value).__name__}")
    return str(value)


def seal_text(fields: Mapping[str, object]) -> bytes:
    """The bytes under a transfer's seal: the same for the same transfer, for ever (PTS-4).

    Fields in order of name, each name and value with its length before it, so that no
    two different transfers give the same text. Instants count to the microsecond, in UTC.
    """
    parts: list[str] = []
    for name in sorted(fields):
        value = _canonical(fields[name])
        mark = "n" if fields[name] is None else "v"
        parts.append(f"{len(name)}:{name}{mark}{len(value)}:{value}")
    return ";".join(parts).encode()


def seal(key: bytes, fields: Mapping[str, object]) -> str:
    """The keyed seal over a transfer's fields, 64 hexadecimal digits."""
    return hmac.new(key, seal_text(fields), hashlib.sha256).hexdigest()


def is_sealed(key: bytes, fields: Mapping[str, object], given: str) -> bool:
    """Whether a transfer still is what was booked."""
    return hmac.compare_digest(seal(key, fields), given)


class RuleKind(StrEnum):
    """How the points of an activity follow from its length."""

    FLAT = "flat"
    BANDS = "bands"
    PER_HOUR = "per_hour"


@dataclass(frozen=True, slots=True)
class Band:
    """``points`` for less than ``under_minutes``; None is the last band, without an end."""

    under_minutes: int | None
    points: int


def _whole(given: Mapping[str, object], name: str, most: int = 100_000) -> int:
    number = given.get(name)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= most:
        raise ValueError(f"{name} is a whole number from 0 to {most}")
    return number


@dataclass(frozen=True, slots=True)
class PointsRule:
    """What taking part in an activity gives (PTS-6).

    flat:     ``points`` however long it takes.
    bands:    by length; the last band has no end.
    per_hour: ``points`` an hour, counted in quarters, half a point rounded up.
    """

    kind: RuleKind
    points: int = 0
    bands: tuple[Band, ...] = ()

    def __post_init__(self) -> None:
        ends = [band.under_minutes for band in self.bands]
        if self.kind is not RuleKind.BANDS:
            if self.bands or self.points < 0:
                raise ValueError("flat and per_hour carry points and no bands")
            return
        bounded = [end for end in ends[:-1] if end is not None]
        rising = all(a < b for a, b in zip([0, *bounded], bounded, strict=False))
        if not ends or ends[-1] is not None or len(bounded) < len(ends) - 1 or not rising:
            raise ValueError("bands rise, and only the last has no end")

    def points_for(self, minutes: int) -> Points:
        """The points for this many minutes; no time gives no points."""
        if minutes <= 0:
            return Points(0)
        if self.kind is RuleKind.FLAT:
            return Points(self.points)
        if self.kind is RuleKind.PER_HOUR:
            return Points((self.points * quarter_hours(minutes) * QUARTER + 30) // 60)
        fitting = (
            band.points
            for band in self.bands
            if band.under_minutes is None or minutes < band.under_minutes
        )
        return Points(next(fitting))

    def points_for_poster(self, minutes: int) -> Points:
        """The points of a poster check-in: at most those of two hours (PTS-8)."""
        return Points(min(self.points_for(minutes), self.points_for(POSTER_MINUTES)))

    def most_points(self, planned_minutes: int, *, has_check_out: bool = False) -> Points:
        """The most that one place can cost the budget (ACT-8)."""
        longest = longest_present(planned_minutes) if has_check_out else planned_minutes
        return Points(max(self.points_for(longest), self.points_for(planned_minutes)))

    def to_json(self) -> dict[str, object]:
        if self.kind is not RuleKind.BANDS:
            return {"kind": self.kind.value, "points": self.points}
        bands = [
            {"under_minutes": band.under_minutes, "points": band.points} for band in self.bands
        ]
        return {"kind": self.kind.value, "bands": bands}

    @classmethod
    def from_json(cls, given: Mapping[str, object]) -> PointsRule:
        """Read a stored or typed rule. Raises ValueError with what is wrong."""
        kind = RuleKind(str(given.get("kind")))
        if kind is not RuleKind.BANDS:
            return cls(kind, _whole(given, "points"))
        bands = given.get("bands")
        if not isinstance(bands, Sequence) or isinstance(bands, str):
            raise ValueError("bands is a list")
        return cls(kind, bands=tuple(_band(band) for band in bands))


def _band(given: object) -> Band:
    if not isinstance(given, Mapping):
        raise ValueError("a band has under_minutes and points")
    end = given.get("under_minutes")
    return Band(None if end is None else _whole(given, "under_minutes"), _whole(given, "points"))


#: Volunteering by default: bands, because points at a fixed rate an hour look like pay.
DEFAULT_BANDS = PointsRule(RuleKind.BANDS, bands=(Band(120, 15), Band(240, 30), Band(None, 50)))

#: Taking part in a workshop, a pop-up park, a dialogue.
DEFAULT_PARTICIPATION = PointsRule(RuleKind.FLAT, 15)


def quarter_hours(minutes: int) -> int:
    """Minutes as quarter-hours, to the nearest; half a quarter counts up (PTS-9)."""
    return (2 * minutes + QUARTER) // (2 * QUARTER)


def longest_present(planned_minutes: int) -> int:
    """The most minutes that count: the planned length and a quarter of it more."""
    return planned_minutes * 5 // 4


def minutes_between(start: datetime, end: datetime) -> int:
    """Real minutes between two aware instants, across clock changes too, never below 0."""
    span = end.astimezone(UTC) - start.astimezone(UTC)
    return max(0, int(span.total_seconds() // 60))


def minutes_counted(
    planned_minutes: int, came_in: datetime | None = None, went_out: datetime | None = None
) -> int:
    """The minutes that points are given for (PTS-9).

    With both instants: the time present in quarter-hours, at most the planned length and
    25 % more. Without a check-out: the planned length.
    """
    if came_in is None or went_out is None:
        return planned_minutes
    present = quarter_hours(minutes_between(came_in, went_out)) * QUARTER
    return min(present, longest_present(planned_minutes))


@dataclass(frozen=True, slots=True)
class Caps:
    """The most points of one citizen, by the day and year of the work (PTS-10)."""

    per_day: int = 100
    per_year: int = 1500


def credit_within(
    caps: Caps, already_day: int, already_year: int, points: int
) -> tuple[Points, Points]:
    """Split points into what is credited now and what waits in review (PTS-10).

    already_day, already_year: points credited for work of that day and year, waiting
    ones not counted.
    """
    room = min(caps.per_day - already_day, caps.per_year - already_year)
    credited = max(0, min(points, room))
    return Points(credited), Points(points - credited)


@dataclass(frozen=True, slots=True)
class Reservation:
    """An open reservation as a reversal sees it."""

    id: UUID
    points: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """What taking back points does, in this order.

    cancel:    reservations to cancel, the points of each come back by ``release``.
    settle:    of those, how much goes to shortfalls noted before (`settled`), in order.
    taken:     points that leave the citizen by ``reverse``.
    shortfall: points that are gone; they go to ``written_off`` and stay noted.
    """

    cancel: tuple[UUID, ...]
    settle: tuple[Points, ...]
    taken: Points
    shortfall: Points


def settled(kind: TransferKind, points: int, noted_shortfall: int) -> Points:
    """How much of points coming in settles a noted shortfall first (PTS-12).

    Only what comes back by ``release`` or ``refund`` does; new earnings never.
    """
    comes_back = kind in (TransferKind.RELEASE, TransferKind.REFUND)
    return Points(min(points, noted_shortfall) if comes_back else 0)


def plan_reversal(
    points: int,
    balance: int,
    reservations: Sequence[Reservation] = (),
    noted_shortfall: int = 0,
) -> Reversal:
    """Take back the points of an annulled attendance without a negative balance (PTS-11).

    reservations: open ones, in the order in which they may be cancelled.
    """
    cancel: list[UUID] = []
    settle: list[Points] = []
    for reservation in reservations:
        if balance >= points:
            break
        part = settled(TransferKind.RELEASE, reservation.points, noted_shortfall)
        noted_shortfall -= part
        balance += reservation.points - part
        cancel.append(reservation.id)
        settle.append(part)
    taken = min(points, balance)
    return Reversal(tuple(cancel), tuple(settle), Points(taken), Points(points - taken))
