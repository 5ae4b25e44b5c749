"""What the worker does about attendances: telling people of them, asking who never checked out."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence
from engage.attendance import queries
from engage.attendance.models import Attendance
from engage.attendance.queries import OpenEnds
from engage.core.checkout import ASK_AGAIN_AFTER, Turn, is_asked_again
from engage.mail import service as mail
from engage.organisations.models import Member, Organisation
from engage.storage.periodic import Task, until_done
from engage.storage.unit_of_work import run_work

#: Wrong scans are annulled at once, so nobody is told of them.
WAIT = timedelta(minutes=20)


def tell_due(session: Session, now: datetime, *, limit: int = 200) -> int:
    """Tell people by mail of check-ins that they did not scan themselves, and of annulled ones.

    Returns how many there were; the worker calls this until nothing is left.
    """
    rows = session.execute(
        select(Attendance, Activity.title, Organisation.name)
        .join(Occurrence, Occurrence.id == Attendance.occurrence_id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Organisation, Organisation.id == Occurrence.organisation_id)
        .where(
            Attendance.told_at.is_(None),
            Attendance.received_at < now - WAIT,
        )
        .order_by(Attendance.received_at)
        .limit(limit)
    ).all()
    for attendance, title, organisation in rows:
        _tell(session, attendance, title, organisation, now)
    return len(rows)


def _tell(
    session: Session, attendance: Attendance, title: str, organisation: str, now: datetime
) -> None:
    template = "attendance_annulled" if attendance.annulled_at else "attendance_told"
    facts = {
        "id": attendance.id,
        "title": title,
        "organisation": organisation,
        "way": attendance.way,
        "starts_at": attendance.starts_at,
        "points": attendance.credited,
        "because": attendance.annulled_because,
    }
    mail.send(session, to=attendance.person_id, template=template, facts=facts, now=now)
    attendance.told_at = now


def ask_for_check_outs(session: Session, now: datetime) -> int:
    """Remind organisations of people who never checked out, once a day at most (CHK-25).

    Their points wait for it, so this mail always comes (MSG-2). Returns how many were asked.
    """
    waiting = {one.organisation_id for one in queries.list_open_ends(session, now, Turn.ORGANISER)}
    due = session.execute(
        select(Organisation.id, Organisation.check_outs_asked_at).where(
            Organisation.id.in_(waiting), Organisation.status == "verified"
        )
    ).all()
    asked = [one.id for one in due if is_asked_again(one.check_outs_asked_at, now)]
    return sum(run_work(session, _asking(one, now)) for one in asked)


def _asking(organisation_id: uuid.UUID, now: datetime) -> Callable[[Session], bool]:
    return lambda session: _ask(session, organisation_id, now)


def _ask(session: Session, organisation_id: uuid.UUID, now: datetime) -> bool:
    """Of two workers the one that marks the organisation writes the letters."""
    asked_at = Organisation.check_outs_asked_at
    won = session.execute(
        update(Organisation)
        .where(
            Organisation.id == organisation_id,
            or_(asked_at.is_(None), asked_at <= now - ASK_AGAIN_AFTER),
        )
        .values(check_outs_asked_at=now)
        .returning(Organisation.name)
    ).first()
    if won is None:
        return False
    members = session.scalars(
        select(Member.person_id).where(
            Member.organisation_id == organisation_id, Member.removed_at.is_(None)
        )
    ).all()
    for member in members:
        dates = queries.list_open_ends(
            session, now, Turn.ORGANISER, of=organisation_id, besides=member
        )
        if dates:
            facts = _facts(won.name, dates)
            mail.send(session, to=member, template="check_outs_missing", facts=facts, now=now)
    return True


def _facts(organisation: str, dates: list[OpenEnds]) -> dict[str, object]:
    return {
        "organisation": organisation,
        "count": sum(one.count for one in dates),
        "dates": [
            {
                "title": one.title,
                "starts_at": one.starts_at,
                "timezone": one.timezone,
                "count": one.count,
                "occurrence_id": one.occurrence_id,
            }
            for one in dates
        ],
    }


TASKS = (
    Task("attendance.tell", timedelta(minutes=1), until_done(tell_due)),
    Task("attendance.ask_for_check_outs", timedelta(hours=1), ask_for_check_outs),
)
