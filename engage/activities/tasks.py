"""What activities do by themselves: pass places on, remind, make dates, return points."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.activities import queries, service
from engage.activities.models import Activity, ImportFile, Occurrence, Registration
from engage.core.activities import series_until
from engage.core.errors import BudgetShort
from engage.mail import service as mail
from engage.organisations.models import Organisation
from engage.storage.periodic import Task
from engage.storage.unit_of_work import run_work

#: How long before the start people are reminded.
REMIND_BEFORE = timedelta(hours=24)

#: An uploaded file waits so long for the organiser's yes.
KEEP_FILES = timedelta(days=1)


def _each(
    session: Session, ids: Iterable[uuid.UUID], do: Callable[[Session, uuid.UUID], object]
) -> int:
    """One unit of work for each, so that one that fails harms no other."""
    return sum(bool(run_work(session, _bound(do, one))) for one in ids)


def _bound(
    do: Callable[[Session, uuid.UUID], object], one: uuid.UUID
) -> Callable[[Session], object]:
    return lambda session: do(session, one)


def pass_places_on(session: Session, now: datetime) -> int:
    """Give or offer free places where people wait; lapsed offers go to the next (ACT-6)."""
    waiting = session.scalars(
        select(Registration.occurrence_id)
        .join(Occurrence, Occurrence.id == Registration.occurrence_id)
        .where(
            Registration.state == "waitlisted",
            Occurrence.status == "scheduled",
            Occurrence.starts_at > now,
        )
        .distinct()
    ).all()
    return _each(session, waiting, lambda s, one: service.promote(s, one, now=now))


def remind(session: Session, now: datetime) -> int:
    """Write to everybody with a place the day before, once for each date."""
    due = session.scalars(
        select(Occurrence.id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .where(
            Occurrence.reminded_at.is_(None),
            Occurrence.status == "scheduled",
            Occurrence.taken > 0,
            Occurrence.starts_at > now,
            Occurrence.starts_at <= now + REMIND_BEFORE,
            Activity.status == "published",
        )
    ).all()
    return _each(session, due, lambda s, one: _remind(s, one, now))


def _remind(session: Session, occurrence_id: uuid.UUID, now: datetime) -> bool:
    """Of two workers the one that marks the date writes the letters."""
    won = session.execute(
        update(Occurrence)
        .where(Occurrence.id == occurrence_id, Occurrence.reminded_at.is_(None))
        .values(reminded_at=now)
        .returning(Occurrence.id)
    ).first()
    if won is None:
        return False
    occurrence = queries.get_occurrence(session, occurrence_id)
    bring = queries.get_activity(session, occurrence.activity_id).bring
    facts = service.facts_of(session, occurrence) | {"bring": bring}
    for one in queries.list_registered(session, occurrence_id):
        if one.state == "registered" and one.made_at <= now - timedelta(hours=12):
            mail.send(
                session,
                to=one.person_id,
                template="place_reminder",
                facts=facts,
                now=now,
                event="reminders",
            )
    return True


def extend_series(session: Session, now: datetime) -> int:
    """Make the dates of published series that have come within 8 weeks (ACT-9).

    A series whose organisation has no points left waits; the other ones go on.
    """
    due = session.scalars(
        select(Activity.id)
        .join(Organisation, Organisation.id == Activity.organisation_id)
        .where(
            Activity.rrule.is_not(None),
            Activity.status == "published",
            Activity.series_until < series_until(now) - timedelta(days=1),
            Organisation.status == "verified",
        )
    ).all()
    done = 0
    for one in due:
        try:
            done += run_work(session, _extending(one, now))
        except BudgetShort:
            continue
    return done


def _extending(activity_id: uuid.UUID, now: datetime) -> Callable[[Session], int]:
    return lambda session: service.extend_series(session, activity_id, now=now)


def release_budgets(session: Session, now: datetime) -> int:
    """Return what dates did not use, 72 hours after their end (ACT-10)."""
    due = service.list_unreleased(session, now)
    return _each(session, due, lambda s, one: service.release_unused(s, one, now=now))


def empty_files(session: Session, now: datetime) -> int:
    """Empty uploaded files that nobody said yes to within a day."""
    emptied = run_work(
        session,
        lambda s: s.execute(
            update(ImportFile)
            .where(ImportFile.content.is_not(None), ImportFile.uploaded_at <= now - KEEP_FILES)
            .values(content=None)
            .returning(ImportFile.id)
        ).all(),
    )
    return len(emptied)


TASKS = (
    Task("activities.pass_places_on", timedelta(minutes=1), pass_places_on),
    Task("activities.remind", timedelta(minutes=10), remind),
    Task("activities.extend_series", timedelta(hours=6), extend_series),
    Task("activities.release_budgets", timedelta(hours=1), release_budgets),
    Task("activities.empty_files", timedelta(hours=6), empty_files),
)
