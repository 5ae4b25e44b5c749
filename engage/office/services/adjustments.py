"""Points booked by hand: one person proposes with a reason, another books or refuses (PTS-16)."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from engage.accounts.queries import get_person
from engage.acts.service import By, note
from engage.core.approvals import ensure_not_own
from engage.core.claims import ensure_reason
from engage.core.errors import InvalidInput
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.mail import service as mail
from engage.office.models import Adjustment
from engage.office.services.proposals import decide
from engage.storage.base import new_id

#: Whom a proposal is about: they do not decide it.
ABOUT = ("person_id",)
#: More than this in one go is a mistake of the keyboard.
MOST_POINTS = 5_000


def propose(session: Session, person_id: uuid.UUID, points: int, by: By) -> Adjustment:
    """Ask a colleague to give or take points; nothing moves yet.

    points: above zero gives, below zero takes.

    Raises NotFound, ReasonNeeded, OwnReview, InvalidInput.
    """
    reason = ensure_reason(by.reason)
    ensure_not_own(by.actor_id, person_id)
    if points == 0 or abs(points) > MOST_POINTS:
        raise InvalidInput(fields={"points": "invalid"})
    person = get_person(session, person_id)
    adjustment = Adjustment(
        id=new_id(),
        person_id=person.id,
        points=points,
        reason=reason,
        proposed_by=by.actor_id,
        proposed_at=by.at,
    )
    session.add(adjustment)
    note(session, by, "adjustment_proposed", "adjustment", adjustment.id, {"points": points})
    return adjustment


def book(session: Session, adjustment_id: uuid.UUID, by: By) -> Adjustment:
    """The second person agrees: the points move, and the citizen is told why.

    Raises NotFound, AdjustmentDecided, SecondPersonNeeded, OwnReview, PointsShort.
    Source: PTS-16, case 45.
    """
    adjustment = decide(session, Adjustment, adjustment_id, "booked", by, about=ABOUT)
    account = ledger_queries.get_account(session, adjustment.person_id)
    cause = ledger.Cause("adjustment", adjustment.id, by.at, by.actor_id)
    ledger.adjust(session, account.id, adjustment.points, cause)
    facts = {"points": adjustment.points, "reason": adjustment.reason}
    mail.send(session, to=adjustment.person_id, template="points_adjusted", facts=facts, now=by.at)
    return adjustment


def refuse(session: Session, adjustment_id: uuid.UUID, by: By) -> Adjustment:
    """The second person does not agree: nothing moves.

    Raises NotFound, AdjustmentDecided, SecondPersonNeeded, OwnReview, ReasonNeeded.
    """
    ensure_reason(by.reason)
    return decide(session, Adjustment, adjustment_id, "refused", by, about=ABOUT)
