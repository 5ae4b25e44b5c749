"""What the worker does about attendances: telling people what others recorded of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence
from engage.attendance.models import Attendance
from engage.mail import service as mail
from engage.organisations.models import Organisation
from engage.storage.periodic import Task, until_done

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


TASKS = (Task("attendance.tell", timedelta(minutes=1), until_done(tell_due)),)
