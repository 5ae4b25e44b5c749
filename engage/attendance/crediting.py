"""What verified time gives: caps, overlap and budget under the account's lock, then the booking."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engage.attendance.models import Attendance, HoursClaim, Review
from engage.core import checkin
from engage.core.claims import review_due_at
from engage.core.points import Caps, credit_within
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.ledger.service import Cause
from engage.organisations import budget
from engage.rewards import service as rewards
from engage.storage.base import new_id


@dataclass(frozen=True, slots=True)
class Subject:
    """What a review is about: ``attendance`` or ``claim``, its id, and whose it is."""

    kind: str
    id: uuid.UUID
    person_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Work:
    """Verified time of one person, and what it gives.

    kind, id:  where it is recorded: ``attendance`` or ``claim``.
    points:    what the rule gives; 0 for people who collect none.
    planned:   its points were set aside when the occurrence was published, so that only
               what comes on top draws on the organisation's budget.
    """

    kind: str
    id: uuid.UUID
    person_id: uuid.UUID
    organisation_id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    work_on: date
    points: int
    caps: Caps
    policy_version: int
    actor_id: uuid.UUID | None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Credit:
    """What was booked now, and what waits for a person's decision, for which reasons."""

    credited: int
    waiting: int
    reasons: tuple[checkin.Review, ...] = ()


def credit(session: Session, work: Work, *, now: datetime) -> Credit:
    """Book what verified time gives; what may not be booked by itself goes to review.

    Holds the account first, so that two bookings at once cannot both stay below a cap.
    """
    account = hold_account(session, work.person_id)
    if work.points <= 0:
        return Credit(0, 0)
    reasons = _reasons(session, work)
    if reasons:
        credited, waiting = 0, work.points
    else:
        day, year = _already(session, account.id, work.work_on)
        credited, waiting = map(int, credit_within(work.caps, day, year, work.points))
        reasons = (checkin.Review.CAP,) if waiting else ()
    if credited:
        cause = Cause(work.kind, work.id, now, work.actor_id, work.policy_version, work.work_on)
        ledger.earn(session, account, credited, cause)
    for reason in reasons:
        subject = Subject(work.kind, work.id, work.person_id)
        open_review(session, reason, subject, waiting, now=now)
    return Credit(credited, waiting, reasons)


def hold_account(session: Session, person_id: uuid.UUID) -> ledger_queries.CitizenAccount:
    """The citizen's account, held until the commit."""
    ledger.lock(session, ledger_queries.get_account(session, person_id).id)
    return ledger_queries.get_account(session, person_id)


def _reasons(session: Session, work: Work) -> tuple[checkin.Review, ...]:
    if has_overlap(session, work):
        return (checkin.Review.OVERLAP,)
    year = work.work_on.year
    if not work.planned and not budget.draw(session, work.organisation_id, year, work.points):
        return (checkin.Review.BUDGET,)
    return ()


def has_overlap(session: Session, work: Work) -> bool:
    """Whether some of this time is already on record for the person (CLM-4)."""
    attended = select(Attendance.id).where(
        Attendance.person_id == work.person_id,
        Attendance.annulled_at.is_(None),
        Attendance.id != work.id,
        Attendance.starts_at < work.ends_at,
        Attendance.ends_at > work.starts_at,
    )
    claimed = select(HoursClaim.id).where(
        HoursClaim.person_id == work.person_id,
        HoursClaim.state == "confirmed",
        HoursClaim.annulled_at.is_(None),
        HoursClaim.id != work.id,
        HoursClaim.starts_at < work.ends_at,
        HoursClaim.ends_at > work.starts_at,
    )
    return session.scalar(attended.union_all(claimed).limit(1)) is not None


def _already(session: Session, account_id: uuid.UUID, day: date) -> tuple[int, int]:
    """Points credited for work of that day, and of that year."""
    next_day = day + timedelta(days=1)
    new_year, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return (
        ledger_queries.earned_between(session, account_id, day, next_day),
        ledger_queries.earned_between(session, account_id, new_year, after),
    )


def open_review(
    session: Session, reason: checkin.Review, subject: Subject, points: int, *, now: datetime
) -> uuid.UUID:
    """Let points wait for a person's decision, for a published reason, at most 14 days (CLM-9)."""
    review = Review(
        id=new_id(),
        reason=reason.value,
        person_id=subject.person_id,
        attendance_id=subject.id if subject.kind == "attendance" else None,
        claim_id=subject.id if subject.kind == "claim" else None,
        points=points,
        opened_at=now,
        due_at=review_due_at(now),
    )
    session.add(review)
    return review.id


def take_back(
    session: Session, subject: Subject, *, actor_id: uuid.UUID | None, now: datetime
) -> int:
    """Reverse all that an attendance or claim has earned, and close what waits of it (PTS-11).

    First cancels open reservations as far as needed, then takes what is left; a shortfall is
    noted and goes to ``written_off``, never to a negative balance.

    Returns the shortfall in points.
    """
    account = hold_account(session, subject.person_id)
    column = Review.attendance_id if subject.kind == "attendance" else Review.claim_id
    reviews = list(session.scalars(select(Review.id).where(column == subject.id)))
    session.execute(
        update(Review)
        .where(column == subject.id, Review.state == "open")
        .values(state="refused", decided_at=now, decided_by=actor_id)
    )
    earned = ledger_queries.list_earned(session, [subject.id, *reviews])
    needed = sum(one.amount for one in earned)
    if not needed:
        return 0
    if account.balance < needed:
        rewards.free_points(session, subject.person_id, needed, now=now)
    return ledger.reverse(
        session, subject.person_id, earned, Cause("annulment", subject.id, now, actor_id)
    )


def count_open_reviews(session: Session, kind: str, subject_id: uuid.UUID) -> int:
    """How many decisions the points of an attendance or claim still wait for."""
    column = Review.attendance_id if kind == "attendance" else Review.claim_id
    return int(
        session.scalar(
            select(func.count())
            .select_from(Review)
            .where(column == subject_id, Review.state == "open")
        )
        or 0
    )
