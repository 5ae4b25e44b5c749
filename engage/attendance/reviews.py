"""Points that wait: a person decides within 14 days, the citizen sees why and can object."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.attendance import crediting
from engage.attendance.crediting import Subject, open_review
from engage.attendance.models import Attendance, HoursClaim, Review
from engage.core.approvals import ensure_not_own
from engage.core.claims import ensure_reason
from engage.core.errors import AlreadyReported, NotFound, ReviewDecided
from engage.ledger import service as ledger
from engage.ledger.service import Cause
from engage.mail import service as mail
from engage.storage.once import change_once

__all__ = [
    "count_waiting_points",
    "decide",
    "get_own",
    "get_review",
    "list_of_person",
    "list_waiting",
    "object_to",
    "open_review",
]


def get_review(session: Session, review_id: uuid.UUID) -> Review:
    """Raises NotFound."""
    found = session.get(Review, review_id)
    if found is None:
        raise NotFound()
    return found


def list_waiting(session: Session, *, limit: int = 200) -> list[Review]:
    """What the programme office has to decide, the most urgent first."""
    return list(
        session.scalars(
            select(Review).where(Review.state == "open").order_by(Review.due_at).limit(limit)
        )
    )


def list_of_person(session: Session, person_id: uuid.UUID, *, limit: int = 50) -> list[Review]:
    """A citizen's own reviews, the newest first."""
    return list(
        session.scalars(
            select(Review)
            .where(Review.person_id == person_id)
            .order_by(Review.id.desc())
            .limit(limit)
        )
    )


def get_own(session: Session, review_id: uuid.UUID, person_id: uuid.UUID) -> Review:
    """A citizen's own review. Raises NotFound, also for somebody else's."""
    review = get_review(session, review_id)
    if review.person_id != person_id:
        raise NotFound()
    return review


def count_waiting_points(session: Session, person_id: uuid.UUID) -> int:
    """Points of a citizen that wait for a decision."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(Review.points), 0)).where(
                Review.person_id == person_id,
                Review.state == "open",
                Review.reason != "self_surplus",
            )
        )
        or 0
    )


def decide(
    session: Session,
    review_id: uuid.UUID,
    *,
    by: uuid.UUID,
    grant: bool,
    answer: str,
    now: datetime,
) -> Review:
    """Book points that wait, or refuse them with an answer; the citizen is told by mail.

    Points that wait for several reasons are booked with the last grant. Refusing a surplus of
    self check-ins takes back what was booked.

    Raises NotFound, OwnReview, ReviewDecided, ReasonNeeded.
    """
    review = get_review(session, review_id)
    ensure_not_own(by, review.person_id)
    said = answer.strip() if grant else ensure_reason(answer)
    crediting.hold_account(session, review.person_id)
    state = "granted" if grant else "refused"
    decision = {"state": state, "decided_at": now, "decided_by": by, "answer": said}
    change_once(session, review, Review.state == "open", ReviewDecided(), **decision)
    points = _book(session, review, by, now) if grant else _keep_back(session, review, by, now)
    _tell(session, review, points, now)
    return review


def _subject(session: Session, review: Review) -> Attendance | HoursClaim:
    subject: Attendance | HoursClaim | None = None
    if review.attendance_id is not None:
        subject = session.get(Attendance, review.attendance_id, populate_existing=True)
    elif review.claim_id is not None:
        subject = session.get(HoursClaim, review.claim_id, populate_existing=True)
    if subject is None:
        raise NotFound()
    return subject


def _kind(review: Review) -> tuple[str, uuid.UUID]:
    if review.attendance_id is not None:
        return "attendance", review.attendance_id
    if review.claim_id is None:
        raise NotFound()
    return "claim", review.claim_id


def _book(session: Session, review: Review, by: uuid.UUID, now: datetime) -> int:
    """Pay what waits, once every reason has been granted and none refused."""
    subject = _subject(session, review)
    column = Review.attendance_id if review.attendance_id is not None else Review.claim_id
    others = session.scalars(
        select(Review.state).where(column == _kind(review)[1], Review.id != review.id)
    ).all()
    points = min(review.points, subject.points - subject.credited)
    if subject.annulled_at or points <= 0 or any(state != "granted" for state in others):
        return 0
    account = crediting.hold_account(session, review.person_id)
    cause = Cause("review", review.id, now, by, subject.policy_version, subject.work_on)
    ledger.earn(session, account, points, cause)
    subject.credited += points
    return points


def _keep_back(session: Session, review: Review, by: uuid.UUID, now: datetime) -> int:
    """A refused surplus had been booked at the door: it goes back."""
    subject = _subject(session, review)
    if review.reason == "self_surplus" and not subject.annulled_at and subject.credited:
        kind, subject_id = _kind(review)
        crediting.take_back(
            session, Subject(kind, subject_id, review.person_id), actor_id=by, now=now
        )
        subject.credited = 0
    return 0


def _tell(session: Session, review: Review, points: int, now: datetime) -> None:
    mail.send(
        session,
        to=review.person_id,
        template="review_decided",
        facts={
            "granted": review.state == "granted",
            "reason": review.reason,
            "points": points,
            "answer": review.answer,
        },
        now=now,
    )


def object_to(
    session: Session, review_id: uuid.UUID, person_id: uuid.UUID, words: str, *, now: datetime
) -> None:
    """A citizen disagrees with an answer, once; the programme office looks at it again.

    Raises NotFound (also for somebody else's), ReasonNeeded, AlreadyReported.
    """
    review = get_own(session, review_id, person_id)
    if review.state == "granted":
        raise NotFound()
    said = ensure_reason(words)
    if review.objected_at is not None:
        raise AlreadyReported()
    review.objection, review.objected_at = said, now
