"""What the office decides about attendances: reviews, and putting right however late."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from engage.acts.service import By, note
from engage.attendance import reviews
from engage.attendance.models import Review
from engage.attendance.service import Annulment, Correction, Right, annul, correct
from engage.core.claims import Annuller, ensure_reason
from engage.core.errors import Outcome, OwnReview
from engage.rewards import disputes
from engage.rewards.models import Redemption
from engage.rewards.queries import get_redemption


def decide_review(session: Session, review_id: uuid.UUID, by: By, *, grant: bool) -> Review:
    """Book points that wait, or refuse them; ``by.reason`` is the answer the citizen reads.

    Raises NotFound, OwnReview, ReviewDecided, ReasonNeeded.
    """
    review = reviews.decide(
        session, review_id, by=by.actor_id, grant=grant, answer=by.reason, now=by.at
    )
    facts = {"reason": review.reason, "points": review.points}
    note(session, by, f"review_{review.state}", "review", review.id, facts)
    return review


def decide_dispute(
    session: Session, redemption_id: uuid.UUID, by: By, *, take_back: bool
) -> Redemption:
    """Take a disputed redemption back, or let it stand; nobody decides their own (RED-21).

    Raises NotFound, ReasonNeeded, ReviewDecided, OwnReview, AlreadyRefunded.
    """
    if get_redemption(session, redemption_id).person_id == by.actor_id:
        raise OwnReview()
    verdict = disputes.Verdict(take_back, by.reason, by.actor_id, by.at)
    decided = disputes.decide(session, redemption_id, verdict)
    act = "dispute_granted" if take_back else "dispute_refused"
    note(session, by, act, "redemption", decided.id, {"points": decided.cost})
    return decided


def cancel_attendance(session: Session, attendance_id: uuid.UUID, nonce: str, by: By) -> Outcome:
    """Take an attendance back, also late; its points are reversed (CLM-8).

    nonce: of the form, so that sending it twice does it once.

    Raises NotFound, ReasonNeeded.
    """
    reason = ensure_reason(by.reason)
    act = Annulment(attendance_id, Annuller.OFFICE, by.actor_id, nonce, reason)
    outcome = annul(session, act, now=by.at)
    if outcome.is_success and not outcome.replayed:
        note(session, by, "attendance_cancelled", "attendance", attendance_id)
    return outcome


def correct_attendance(
    session: Session,
    attendance_id: uuid.UUID,
    right: Right,
    *,
    nonce: str,
    by: By,
) -> Outcome:
    """Put an attendance right, also late: annul it and add the right one (CLM-10).

    right: who was there, and when.
    nonce: of the form, so that sending it twice does it once.

    Raises NotFound and every refusal of annulling and of adding by hand.
    """
    wrong = Annulment(attendance_id, Annuller.OFFICE, by.actor_id, nonce, ensure_reason(by.reason))
    outcome = correct(session, Correction(wrong, right), now=by.at)
    if not outcome.replayed:
        facts = {"new": str(outcome.facts["id"])}
        note(session, by, "attendance_corrected", "attendance", attendance_id, facts)
    return outcome
