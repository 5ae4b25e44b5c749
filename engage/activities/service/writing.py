"""Writing an activity down: its details, its dates, its series; and marking it to find it again."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engage.activities import queries, series
from engage.activities.drafts import DateDraft, Details
from engage.activities.models import Activity, CalendarFeed, Favourite, Occurrence
from engage.activities.service.budgets import set_aside
from engage.core.activities import series_until
from engage.core.codes import make_number
from engage.core.errors import NotFound
from engage.storage.base import new_id
from engage.storage.keys import keys_of, token_hash


def details_of(activity: Activity) -> Details:
    """What an activity says now, for changing a part of it."""
    return Details(**{name: getattr(activity, name) for name in Details.__dataclass_fields__})


def draft(
    session: Session,
    organisation_id: uuid.UUID,
    details: Details,
    *,
    actor_id: uuid.UUID | None,
    now: datetime,
) -> Activity:
    """A new activity that nobody sees yet."""
    activity = Activity(
        id=new_id(),
        organisation_id=organisation_id,
        created_at=now,
        created_by=actor_id,
        **asdict(details),
    )
    session.add(activity)
    return activity


def write(session: Session, activity_id: uuid.UUID, details: Details, *, now: datetime) -> None:
    """Change what is offered. Of a published activity the budget follows. Raises BudgetShort."""
    activity = queries.get_activity(session, activity_id)
    for name, value in asdict(details).items():
        setattr(activity, name, value)
    activity.changed_at = now
    if activity.status == "published":
        ahead = [
            one
            for one in queries.find_next_occurrences(session, activity_id, now=now, limit=1000)
            if one.status == "scheduled" and one.starts_at > now
        ]
        session.flush()  # the budget is counted by the rule just written
        set_aside(session, activity, ahead)


def new_occurrence(session: Session, activity: Activity, date: DateDraft) -> Occurrence:
    """A date with a number and a secret of its own; its QR codes are made with them."""
    occurrence = Occurrence(
        id=new_id(),
        activity_id=activity.id,
        organisation_id=activity.organisation_id,
        number=make_number(secrets.token_bytes(5)),
        secret=keys_of(session).encrypt(secrets.token_bytes(20)),
        **asdict(date),
    )
    session.add(occurrence)
    return occurrence


def add_date(
    session: Session, activity_id: uuid.UUID, date: DateDraft, *, now: datetime
) -> Occurrence:
    """One more date. Of a published activity it is open at once. Raises BudgetShort."""
    activity = queries.get_activity(session, activity_id)
    occurrence = new_occurrence(session, activity, date)
    activity.changed_at = now
    session.flush()  # defaults of the row are there before it is counted
    if activity.status == "published":
        set_aside(session, activity, [occurrence])
    return occurrence


def add_dates(
    session: Session, activity_id: uuid.UUID, date: DateDraft, rule: str, *, now: datetime
) -> None:
    """One date, or with a rule a whole series, as an organiser filled it in."""
    if rule:
        add_series(session, activity_id, date, rule, now=now)
    else:
        add_date(session, activity_id, date, now=now)


def add_series(
    session: Session, activity_id: uuid.UUID, first: DateDraft, rule: str, *, now: datetime
) -> int:
    """Dates by a rule, made 8 weeks ahead; the worker adds the later ones (ACT-9).

    rule: RFC 5545, such as ``FREQ=WEEKLY;INTERVAL=2;UNTIL=20301231``.

    Returns how many dates there are now. Raises ValueError for a rule that cannot be used.
    """
    activity = queries.get_activity(session, activity_id)
    zone = ZoneInfo(first.timezone)
    wall = first.starts_at.astimezone(zone).replace(tzinfo=None)
    activity.rrule = series.series_lines(wall, rule, zone)
    activity.series_until = None
    activity.changed_at = now
    return make_dates(session, activity, first, now=now)


def extend_series(session: Session, activity_id: uuid.UUID, *, now: datetime) -> int:
    """Make the dates of a series that have come within 8 weeks; like its newest date.

    Returns how many were made. Raises BudgetShort: the series then waits for points.
    """
    activity = queries.get_activity(session, activity_id)
    newest = session.scalars(
        select(Occurrence)
        .where(Occurrence.activity_id == activity_id)
        .order_by(Occurrence.starts_at.desc())
        .limit(1)
    ).one_or_none()
    if activity.rrule is None or newest is None:
        return 0
    same = {name: getattr(newest, name) for name in DateDraft.__dataclass_fields__}
    return make_dates(session, activity, DateDraft(**same), now=now)


def make_dates(session: Session, activity: Activity, like: DateDraft, *, now: datetime) -> int:
    """The dates that a series has up to 8 weeks from now and that are not there yet.

    Each is known by its planned start on the wall, so a moved or cancelled one is not made again.
    """
    zone = ZoneInfo(like.timezone)
    length = series.wall_length(like.starts_at, like.ends_at, zone)
    horizon = series_until(now)
    until = horizon.astimezone(zone).replace(tzinfo=None)
    known = set(
        session.scalars(select(Occurrence.source_key).where(Occurrence.activity_id == activity.id))
    )
    made = []
    for wall in series.starts(activity.rrule or "", until=until):
        key = wall.strftime(series.STAMP)
        starts_at, ends_at = series.span(wall, length, zone)
        if key in known or ends_at <= now:
            continue
        same = asdict(like) | {"starts_at": starts_at, "ends_at": ends_at, "source_key": key}
        made.append(new_occurrence(session, activity, DateDraft(**same)))
    session.flush()  # defaults of the rows are there before they are counted
    if activity.status == "published":
        set_aside(session, activity, made)
    activity.series_until = horizon
    return len(made)


def mark(session: Session, activity_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Keep an activity among a person's favourites; twice is once."""
    if session.get(Activity, activity_id) is None:
        raise NotFound()
    if activity_id not in queries.list_favourites(session, person_id):
        session.add(Favourite(activity_id=activity_id, person_id=person_id))


def unmark(session: Session, activity_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Take an activity off a person's favourites."""
    session.execute(
        delete(Favourite).where(
            Favourite.activity_id == activity_id, Favourite.person_id == person_id
        )
    )


def open_calendar(session: Session, person_id: uuid.UUID, *, now: datetime) -> None:
    """Give a person's calendar program a secret address; an earlier one stops working."""
    token = secrets.token_urlsafe(24)
    session.merge(
        CalendarFeed(
            person_id=person_id,
            token_hash=token_hash(token),
            secret=keys_of(session).encrypt(token.encode()),
            made_at=now,
        )
    )


def close_calendar(session: Session, person_id: uuid.UUID) -> None:
    """Take the secret address away."""
    session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))
