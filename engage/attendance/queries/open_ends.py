"""Dates with people who never checked out: their points wait for somebody to say when they left."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from engage.activities.models import Activity, Occurrence
from engage.attendance.models import Attendance
from engage.core.checkout import OFFICE_AFTER, Turn, whose_turn
from engage.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class OpenEnds:
    """One date, and how many of its people never checked out."""

    occurrence_id: uuid.UUID
    title: str
    organisation_id: uuid.UUID
    organisation: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    closes_minutes: int
    count: int

    def turn(self, now: datetime) -> Turn:
        closes_at = self.ends_at + timedelta(minutes=self.closes_minutes)
        return whose_turn(self.ends_at, closes_at, now)


def list_open_ends(
    session: Session,
    now: datetime,
    turn: Turn,
    *,
    of: uuid.UUID | None = None,
    besides: uuid.UUID | None = None,
) -> list[OpenEnds]:
    """All dates where a check-out is missing and it is the turn of this side, the oldest first.

    of:       only of this organisation.
    besides:  not counting this person, who cannot say it of themselves (CHK-8).
    """
    since = Occurrence.ends_at > now - OFFICE_AFTER
    span = not_(since) if turn is Turn.OFFICE else and_(since, Occurrence.ends_at <= now)
    rows = (
        select(
            Occurrence.id.label("occurrence_id"),
            Activity.title,
            Organisation.id.label("organisation_id"),
            Organisation.name.label("organisation"),
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.timezone,
            Occurrence.closes_minutes,
            func.count().label("count"),
        )
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Organisation, Organisation.id == Occurrence.organisation_id)
        .join(Attendance, Attendance.occurrence_id == Occurrence.id)
        .where(
            Activity.uses_check_out.is_(True),
            Occurrence.status != "cancelled",
            Attendance.annulled_at.is_(None),
            Attendance.checked_out_at.is_(None),
            span,
        )
        .group_by(Occurrence.id, Activity.id, Organisation.id)
        .order_by(Occurrence.ends_at, Occurrence.id)
    )
    if of is not None:
        rows = rows.where(Organisation.id == of)
    if besides is not None:
        rows = rows.where(Attendance.person_id != besides)
    found = [OpenEnds(**row) for row in session.execute(rows).mappings()]
    return [one for one in found if one.turn(now) is turn]
