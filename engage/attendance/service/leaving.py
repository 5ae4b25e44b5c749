"""People leave, and the day ends."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.attendance import crediting, queries
from engage.attendance.crediting import Subject
from engage.attendance.models import Attendance, Review
from engage.attendance.service.dates import DateFacts, get_date, pay, worth_of
from engage.core import checkin
from engage.core.errors import (
    AlreadyCheckedOut,
    NotCheckedIn,
    OccurrenceOver,
    Outcome,
)
from engage.core.fairness import self_surplus
from engage.core.points import minutes_between, minutes_counted


def check_out(
    session: Session,
    attendance_id: uuid.UUID,
    *,
    actor_id: uuid.UUID | None,
    now: datetime,
    left_at: datetime | None = None,
) -> Outcome:
    """Somebody leaves: the time present counts, in quarter-hours, and is paid (PTS-9).

    left_at: when they left, where that is written down later; the points are booked now.

    Raises NotFound, NotCheckedIn where nothing waits for a check-out, AlreadyCheckedOut.
    """
    attendance = queries.get_attendance(session, attendance_id)
    crediting.hold_account(session, attendance.person_id)
    session.refresh(attendance)
    date = get_date(session, attendance.occurrence_id)
    if attendance.annulled_at is not None or not date.activity.uses_check_out:
        raise NotCheckedIn()
    if attendance.checked_out_at is not None:
        raise AlreadyCheckedOut(checked_out_at=attendance.checked_out_at)
    planned = minutes_between(attendance.starts_at, attendance.ends_at)
    attendance.checked_out_at = max(left_at or now, attendance.checked_in_at)
    attendance.minutes = minutes_counted(
        planned, attendance.checked_in_at, attendance.checked_out_at
    )
    if crediting.count_open_reviews(session, "attendance", attendance.id):
        _set_waiting(session, attendance, date)
    elif not attendance.credited:
        pay(session, attendance, date, now)
    person = session.get(Person, attendance.person_id)
    facts = {
        "id": str(attendance.id),
        "display_name": person.display_name if person else "",
        "minutes": attendance.minutes,
        "points": attendance.points,
        "checked_out_at": attendance.checked_out_at,
    }
    return Outcome("checked_out", facts)


def _set_waiting(session: Session, attendance: Attendance, date: DateFacts) -> None:
    """The points were already waiting for a decision: it is about the time present now."""
    attendance.points = worth_of(attendance, date)
    session.execute(
        update(Review)
        .where(Review.attendance_id == attendance.id, Review.state == "open")
        .values(points=max(0, attendance.points - attendance.credited))
    )


def close(
    session: Session,
    occurrence_id: uuid.UUID,
    *,
    head_count: int | None,
    actor_id: uuid.UUID,
    now: datetime,
) -> int:
    """The day is over: who is still in leaves at the planned end, and heads are compared.

    head_count:  how many people the organiser counted; None if nobody counted.

    Whoever closes is not let out by themselves: somebody else confirms that (CHK-8).
    More people who checked themselves in than were counted go to review (FAI-2).

    Returns how many. Raises NotFound, OccurrenceOver when it was closed or cancelled.
    """
    date = get_date(session, occurrence_id)
    occurrence = date.occurrence
    if occurrence.status != "scheduled":
        raise OccurrenceOver()
    live = list(
        session.scalars(
            select(Attendance)
            .where(Attendance.occurrence_id == occurrence_id, Attendance.annulled_at.is_(None))
            .order_by(Attendance.person_id)
        )
    )
    if date.activity.uses_check_out:
        leaving = min(now, occurrence.ends_at)
        for one in live:
            if one.checked_out_at is None and one.person_id != actor_id:
                check_out(session, one.id, actor_id=actor_id, now=now, left_at=leaving)
    surplus = _review_surplus(session, live, head_count, now)
    occurrence.status, occurrence.closed_at = "closed", now
    occurrence.head_count = head_count
    return surplus


def _review_surplus(
    session: Session, live: list[Attendance], head_count: int | None, now: datetime
) -> int:
    selves = [one for one in live if one.way in {"self", "poster"}]
    surplus = self_surplus(len(selves), len(live) - len(selves), head_count)
    latest = sorted(selves, key=lambda one: one.checked_in_at, reverse=True)
    for one in latest[:surplus]:
        subject = Subject("attendance", one.id, one.person_id)
        crediting.open_review(session, checkin.Review.SELF_SURPLUS, subject, one.credited, now=now)
    return surplus
