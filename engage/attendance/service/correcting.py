"""Putting an attendance right: the wrong person, or the wrong times, in one step."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.attendance import crediting, queries
from engage.attendance.models import Attendance
from engage.attendance.service.adding import ByHand, Span, add_by_hand
from engage.attendance.service.annulling import Annulment, annul
from engage.core.errors import Outcome


@dataclass(frozen=True, slots=True)
class Right:
    """How it really was.

    span: when the person was there; None for the whole date.
    """

    person_id: uuid.UUID
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What is wrong, who says so and why; and what is right."""

    wrong: Annulment
    right: Right


def correct(session: Session, act: Correction, *, now: datetime) -> Outcome:
    """Annul and add anew, both or neither; each person hears of it once.

    Sending it twice does it once.

    Raises NotFound and every refusal of annulling and of adding by hand. Source: CLM-10.
    """
    wrong = queries.get_attendance(session, act.wrong.attendance_id)
    for person_id in sorted({wrong.person_id, act.right.person_id}):
        crediting.hold_account(session, person_id)
    annulled = annul(session, act.wrong, now=now)
    if not annulled.is_success:
        raise annulled.as_error()
    if annulled.replayed:
        return annulled
    right = _add(session, wrong, act, now)
    if wrong.person_id == right.person_id:
        wrong.told_at = now  # the letter about the new one says it all
    return Outcome("corrected", {"id": str(right.id)})


def _add(session: Session, wrong: Attendance, act: Correction, now: datetime) -> Attendance:
    return add_by_hand(
        session,
        ByHand(
            wrong.occurrence_id,
            act.right.person_id,
            act.wrong.reason,
            act.wrong.caller_id,
            by=act.wrong.by,
            span=act.right.span,
        ),
        now=now,
    )
