"""Taking an attendance back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engage.attendance import crediting, queries
from engage.attendance.crediting import Subject
from engage.attendance.models import Attendance, Scan
from engage.attendance.writing import write_down
from engage.core.claims import (
    AnnulFacts,
    Annuller,
    ensure_can_annul,
)
from engage.core.errors import (
    AlreadyAnnulled,
    DomainError,
    NonceDiffers,
    Outcome,
)
from engage.storage.base import new_id


@dataclass(frozen=True, slots=True)
class Annulment:
    """An attendance that is taken back.

    by:         as what the caller acts; their rights are checked before.
    caller_id:  the device, or the person.
    nonce:      repeats the first answer when it comes again.
    at:         when the device did it, if that was stored there; else now.
    """

    attendance_id: uuid.UUID
    by: Annuller
    caller_id: uuid.UUID
    nonce: str
    reason: str
    at: datetime | None = None


def annul(session: Session, act: Annulment, *, now: datetime) -> Outcome:
    """Take an attendance back: it stays on record with its reason, its points are reversed.

    A device within 15 minutes and only its own scan, an organiser until 14 days after the end,
    the office later. A refusal is written down too.

    Raises NotFound. Source: CLM-8, PTS-7.
    """
    again = queries.find_scan(session, act.caller_id, act.nonce)
    if again is not None:
        return _replay(again, act)
    attendance = queries.get_attendance(session, act.attendance_id)
    crediting.hold_account(session, attendance.person_id)
    session.refresh(attendance)
    facts = AnnulFacts(
        by=act.by,
        checked_in_at=attendance.checked_in_at if attendance.offline else attendance.received_at,
        ends_at=attendance.ends_at,
        annulled=attendance.annulled_at is not None,
        same_device=attendance.device_id == act.caller_id,
    )
    try:
        ensure_can_annul(facts, act.reason, act.at or now)
        outcome = _take_out(session, attendance, act, now)
    except DomainError as refusal:
        outcome = Outcome.of(refusal)
    _remember(session, attendance, act, outcome, now)
    return outcome


def _replay(kept: Scan, act: Annulment) -> Outcome:
    if kept.verb != "annul":
        raise NonceDiffers(field="type")
    if kept.attendance_id != act.attendance_id:
        raise NonceDiffers(field="of_nonce")
    return Outcome.from_json({"code": kept.code, "facts": kept.facts}).as_replay()


def _take_out(session: Session, attendance: Attendance, act: Annulment, now: datetime) -> Outcome:
    """The row first says so, then the points go back."""
    won = session.execute(
        update(Attendance)
        .where(Attendance.id == attendance.id, Attendance.annulled_at.is_(None))
        .values(annulled_at=now, annulled_by=act.caller_id, annulled_because=act.reason.strip())
        .returning(Attendance.id)
        .execution_options(synchronize_session=False)
    ).first()
    if won is None:
        raise AlreadyAnnulled()
    person = None if act.by is Annuller.DEVICE else act.caller_id
    subject = Subject("attendance", attendance.id, attendance.person_id)
    crediting.take_back(session, subject, actor_id=person, now=now)
    session.refresh(attendance)
    # Who was told, or scanned it, hears of this too; a wrong scan put right at once is no news.
    attendance.told_at = now if attendance.told_at is None else None
    return Outcome("annulled", {"id": str(attendance.id)})


def _remember(
    session: Session, attendance: Attendance, act: Annulment, outcome: Outcome, now: datetime
) -> None:
    row = Scan(
        id=new_id(),
        caller_id=act.caller_id,
        nonce=act.nonce,
        verb="annul",
        occurrence_id=attendance.occurrence_id,
        subject=str(attendance.id),
        subject_kind="attendance",
        person_id=attendance.person_id,
        attendance_id=attendance.id,
        code=outcome.code,
        facts=outcome.to_json()["facts"],
        scanned_at=act.at or now,
        received_at=now,
        offline=act.at is not None,
    )
    write_down(session, row)
