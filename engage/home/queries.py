"""What the start page, a citizen's home and an operator's metrics ask for."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, extract, func, select
from sqlalchemy.orm import Session, aliased

from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence, Registration
from engage.attendance.models import Attendance, HoursClaim, Review, Scan
from engage.core.activities import Kind
from engage.core.points import PointsRule, minutes_between
from engage.ledger import queries as ledger
from engage.mail.models import Letter
from engage.organisations.models import Organisation
from engage.policies.queries import policy_at
from engage.rewards.models import Redemption, Reward

#: Ways in which somebody else recorded the person: they are told of each.
BY_OTHERS = ("by_name", "walk_in", "by_hand", "card", "imported")

#: How long home keeps showing that.
TOLD_FOR = timedelta(days=14)

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NextDate:
    """A date the person has a place at, or waits for.

    waiting: place on the waiting list, counted from 1; None with a place.
    """

    activity_id: uuid.UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    place: str
    district_code: str | None
    waiting: int | None
    offered_until: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A date of this week as the start page shows it.

    points: what it gives by the rules of today; free: places left, None without a limit.
    """

    activity: Activity
    occurrence: Occurrence
    organisation: str
    points: int

    @property
    def free(self) -> int | None:
        capacity = self.occurrence.capacity
        return None if capacity is None else max(0, capacity - self.occurrence.taken)


@dataclass(frozen=True, slots=True)
class Month:
    """The hours of one month, by kind."""

    first_day: date
    volunteering: int  # minutes
    participation: int  # minutes

    @property
    def minutes(self) -> int:
        return self.volunteering + self.participation


@dataclass(frozen=True, slots=True)
class Told:
    """An attendance that somebody else recorded."""

    attendance_id: uuid.UUID
    title: str
    way: str
    checked_in_at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """The last thing that moved on the account, with the name of what it was for."""

    points: int
    kind: str
    title: str | None


def list_offers(session: Session, now: datetime, *, limit: int = 6) -> list[Offer]:
    """The next dates that anybody may come to, one of each activity, soonest first."""
    policy = policy_at(session, now)
    rows = session.execute(_offered(now).order_by(Occurrence.starts_at, Occurrence.id).limit(60))
    offers: dict[uuid.UUID, Offer] = {}
    for activity, occurrence, organisation in rows:
        if occurrence.capacity is not None and occurrence.taken >= occurrence.capacity:
            continue
        given = activity.points_rule
        rule = PointsRule.from_json(given) if given else policy.rule_for(Kind(activity.kind))
        minutes = minutes_between(occurrence.starts_at, occurrence.ends_at)
        offer = Offer(activity, occurrence, organisation, rule.points_for(minutes))
        offers.setdefault(activity.id, offer)
    return list(offers.values())[:limit]


def count_offers(session: Session, now: datetime) -> int:
    """How many dates there are within a week."""
    return session.scalar(select(func.count()).select_from(_offered(now).subquery())) or 0


def _offered(now: datetime) -> Select[Activity, Occurrence, str]:
    return (
        select(Activity, Occurrence, Organisation.name)
        .join(Occurrence, Occurrence.activity_id == Activity.id)
        .join(Organisation, Organisation.id == Activity.organisation_id)
        .where(
            Activity.status == "published",
            Organisation.status == "verified",
            Occurrence.status == "scheduled",
            Occurrence.starts_at > now,
            Occurrence.starts_at < now + WEEK,
        )
    )


def list_next_dates(
    session: Session, person_id: uuid.UUID, now: datetime, *, limit: int = 5
) -> list[NextDate]:
    """What is coming, and what is running now; soonest first."""
    earlier = aliased(Registration)
    before = (
        select(func.count())
        .where(
            earlier.occurrence_id == Registration.occurrence_id,
            earlier.state == "waitlisted",
            earlier.waiting_since < Registration.waiting_since,
        )
        .correlate(Registration)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Activity.id,
            Activity.title,
            Occurrence,
            Registration.state,
            Registration.offered_until,
            before,
        )
        .join(Occurrence, Occurrence.id == Registration.occurrence_id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .where(
            Registration.person_id == person_id,
            Registration.state != "cancelled",
            Occurrence.status == "scheduled",
            Occurrence.ends_at > now,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(limit)
    )
    return [
        NextDate(
            activity_id=activity_id,
            title=title,
            starts_at=occurrence.starts_at,
            ends_at=occurrence.ends_at,
            timezone=occurrence.timezone,
            place=occurrence.place,
            district_code=occurrence.district_code,
            waiting=before + 1 if state == "waitlisted" else None,
            offered_until=offered_until,
        )
        for activity_id, title, occurrence, state, offered_until, before in rows
    ]


def list_told(session: Session, person_id: uuid.UUID, now: datetime) -> list[Told]:
    """What others recorded about the person lately, newest first."""
    rows = session.execute(
        select(Attendance.id, Activity.title, Attendance.way, Attendance.checked_in_at)
        .join(Occurrence, Occurrence.id == Attendance.occurrence_id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .where(
            Attendance.person_id == person_id,
            Attendance.annulled_at.is_(None),
            Attendance.way.in_(BY_OTHERS),
            Attendance.received_at > now - TOLD_FOR,
        )
        .order_by(Attendance.received_at.desc())
        .limit(3)
    )
    return [Told(*row) for row in rows]


def count_open_reviews(session: Session, person_id: uuid.UUID) -> int:
    """Credits of the person that wait for somebody's decision."""
    query = select(func.count()).where(Review.person_id == person_id, Review.state == "open")
    return session.scalar(query) or 0


def list_months(session: Session, person_id: uuid.UUID, since: date) -> list[Month]:
    """Hours by month and kind since the month of ``since``, newest first; empty ones left out."""
    found: dict[date, dict[str, int]] = {}
    for first_day, kind, minutes in _minutes_by_month(session, person_id, since.replace(day=1)):
        month = found.setdefault(first_day, {})
        month[kind] = month.get(kind, 0) + minutes
    return [
        Month(day, kinds.get("volunteering", 0), kinds.get("participation", 0))
        for day, kinds in sorted(found.items(), reverse=True)
    ]


def _minutes_by_month(
    session: Session, person_id: uuid.UUID, since: date
) -> Iterator[tuple[date, str, int]]:
    year, month = (extract(part, Attendance.work_on) for part in ("year", "month"))
    attended = session.execute(
        select(year, month, Attendance.kind, func.sum(Attendance.minutes))
        .where(
            Attendance.person_id == person_id,
            Attendance.annulled_at.is_(None),
            Attendance.work_on >= since,
        )
        .group_by(year, month, Attendance.kind)
    )
    for in_year, in_month, kind, minutes in attended:
        yield date(int(in_year), int(in_month), 1), kind, int(minutes)
    year, month = (extract(part, HoursClaim.work_on) for part in ("year", "month"))
    claimed = session.execute(
        select(year, month, func.sum(HoursClaim.minutes))
        .where(
            HoursClaim.person_id == person_id,
            HoursClaim.state == "confirmed",
            HoursClaim.annulled_at.is_(None),
            HoursClaim.work_on >= since,
        )
        .group_by(year, month)
    )
    for in_year, in_month, minutes in claimed:
        yield date(int(in_year), int(in_month), 1), "volunteering", int(minutes)


def count_districts(session: Session, person_id: uuid.UUID, since: date) -> int:
    """In how many parts of the city the person was there."""
    query = (
        select(func.count(Occurrence.district_code.distinct()))
        .join(Attendance, Attendance.occurrence_id == Occurrence.id)
        .where(
            Attendance.person_id == person_id,
            Attendance.annulled_at.is_(None),
            Attendance.work_on >= since,
        )
    )
    return session.scalar(query) or 0


def find_last_movement(session: Session, person_id: uuid.UUID) -> Movement | None:
    """The newest line of the account, None while nothing has moved."""
    last = next(iter(ledger.list_movements(session, person_id, limit=1)), None)
    if last is None:
        return None
    title = _title_of(session, last.source_kind, last.source_id)
    return Movement(last.points, last.kind, title)


def _title_of(session: Session, source: str, source_id: uuid.UUID) -> str | None:
    if source == "redemption":
        return session.scalar(
            select(Reward.title)
            .join(Redemption, Redemption.reward_id == Reward.id)
            .where(Redemption.id == source_id)
        )
    if source == "claim":
        return session.scalar(select(HoursClaim.what).where(HoursClaim.id == source_id))
    of_attendance = (
        select(Activity.title)
        .join(Occurrence, Occurrence.activity_id == Activity.id)
        .join(Attendance, Attendance.occurrence_id == Occurrence.id)
    )
    if source == "review":
        return session.scalar(
            of_attendance.join(Review, Review.attendance_id == Attendance.id).where(
                Review.id == source_id
            )
        )
    return session.scalar(of_attendance.where(Attendance.id == source_id))


def list_gauges(session: Session, now: datetime) -> list[tuple[str, str, int]]:
    """Numbers an operator watches: name, what it says, how many. No personal data."""
    waiting = (Letter.sent_at.is_(None), Letter.failed_at.is_(None), Letter.due_at <= now)
    hour_ago = now - timedelta(hours=1)
    questions: tuple[tuple[str, str, tuple[ColumnElement[bool], ...]], ...] = (
        ("people", "Accounts that are not erased", (Person.erased_at.is_(None),)),
        ("attendances", "Live attendances", (Attendance.annulled_at.is_(None),)),
        ("scans_last_hour", "Check-ins tried in an hour", (Scan.received_at > hour_ago,)),
        ("reviews_open", "Credits that wait for a decision", (Review.state == "open",)),
        ("reservations_open", "Rewards kept for somebody", (Redemption.state == "reserved",)),
        ("letters_waiting", "Mails in the outbox that are due", waiting),
        ("letters_failed", "Mails that were given up", (Letter.failed_at.is_not(None),)),
    )
    return [
        (f"engage_{name}", words, session.scalar(select(func.count()).where(*conditions)) or 0)
        for name, words, conditions in questions
    ]
