"""Activities, their occurrences, and the places people hold on them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.words import fold
from engage.storage.base import Id, Model

LIVE = text("state <> 'cancelled'")


class Activity(Model):
    """What is offered: ``draft`` → ``published`` → ``archived``."""

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("kind IN ('volunteering', 'participation')", "kind"),
        CheckConstraint("status IN ('draft', 'published', 'archived')", "status"),
        UniqueConstraint("organisation_id", "source", "source_key"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    format: Mapped[str]
    category: Mapped[str]
    #: Plain words about ramps, toilets, hearing loops …, and the yes/no that people filter by.
    accessibility_notes: Mapped[str] = mapped_column(default="")
    step_free: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    little_german: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    bring: Mapped[str] = mapped_column(default="")
    requirements: Mapped[str] = mapped_column(default="")
    insurance: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    minimum_age: Mapped[int] = mapped_column(default=0, server_default="0")
    #: ``core.points.PointsRule.to_json``; empty: the policy's rule for the kind.
    points_rule: Mapped[dict[str, Any] | None]
    #: Only then the time present counts.
    uses_check_out: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")
    #: RFC 5545 lines of a series (DTSTART, RRULE, RDATE, EXDATE); dates are made 8 weeks ahead.
    rrule: Mapped[str | None]
    series_until: Mapped[datetime | None]  # up to where occurrences have been made
    #: Identity in the file it was imported from.
    source: Mapped[str | None]
    source_key: Mapped[str | None]
    source_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    #: Title, description and category as they are searched; kept by the listener below.
    words: Mapped[str] = mapped_column(default="", server_default="")


class Occurrence(Model):
    """One dated instance of an activity. Instants in UTC; shown in ``timezone``."""

    __tablename__ = "occurrences"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", "ends_after_start"),
        CheckConstraint("capacity > 0", "capacity_above_zero"),
        CheckConstraint("taken >= 0", "taken_not_negative"),
        CheckConstraint("status IN ('scheduled', 'cancelled', 'closed')", "status"),
        UniqueConstraint("activity_id", "source_key"),
        Index("ix_occurrences_starts_at_id", "starts_at", "id"),
    )

    id: Mapped[Id]
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    district_code: Mapped[str | None] = mapped_column(index=True)
    #: Places; empty: as many as come (then ``expected`` is named for the budget).
    capacity: Mapped[int | None]
    expected: Mapped[int | None]
    #: Live registrations that hold a place (kept by conditional UPDATE, last before commit).
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    has_waiting_list: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    walk_ins: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    opens_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    closes_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    #: 8 characters, random: in its QR codes, and the secret they are made with (encrypted).
    number: Mapped[str] = mapped_column(unique=True)
    secret: Mapped[str]
    #: The printed poster: off by default; a higher version revokes older sheets.
    poster_on: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    poster_version: Mapped[int] = mapped_column(default=1, server_default="1")
    status: Mapped[str] = mapped_column(default="scheduled", server_default="scheduled")
    status_reason: Mapped[str] = mapped_column(default="")
    #: When it was called off, or closed by its organiser after the end.
    closed_at: Mapped[datetime | None]
    head_count: Mapped[int | None]
    #: Points set aside in the organisation's budget, and when the rest went back.
    budget_points: Mapped[int] = mapped_column(default=0, server_default="0")
    budget_released_at: Mapped[datetime | None]
    #: Grows with every change of who may come in; offline rosters ask for what is newer.
    roster_version: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The version at which a pass was erased that devices may hold: they start anew after it.
    roster_renewed: Mapped[int] = mapped_column(default=0, server_default="0")
    #: In a series the planned start by the wall clock; else its identity in an imported file.
    source_key: Mapped[str | None]
    reminded_at: Mapped[datetime | None]
    #: Place and address as they are searched; kept by the listener below.
    words: Mapped[str] = mapped_column(default="", server_default="")


class Registration(Model):
    """A citizen's place at an occurrence: ``registered``, ``waitlisted`` or ``cancelled``."""

    __tablename__ = "registrations"
    __table_args__ = (
        CheckConstraint("state IN ('registered', 'waitlisted', 'cancelled')", "state"),
        Index(
            "uq_registrations_occurrence_id_person_id",
            "occurrence_id",
            "person_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    id: Mapped[Id]
    occurrence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("occurrences.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[str]
    made_at: Mapped[datetime]
    #: Since when on the waiting list: first come, first promoted.
    waiting_since: Mapped[datetime | None]
    #: A place offered by link from 12 h before the start on, held until then.
    offered_until: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    #: ``citizen``, ``organiser``, ``erased``, ``merged``
    cancelled_because: Mapped[str | None]
    #: The roster's counter at the last change of this row: devices ask for what is newer.
    roster_version: Mapped[int] = mapped_column(default=0, server_default="0")


class Favourite(Model):
    """An activity a citizen wants to find again."""

    __tablename__ = "favourites"
    __table_args__ = (UniqueConstraint("person_id", "activity_id"),)

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activities.id"), index=True)


class CalendarFeed(Model):
    """The secret address under which a citizen's calendar program reads their dates."""

    __tablename__ = "calendar_feeds"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    secret: Mapped[str]  # the token, encrypted: its page shows the address again
    made_at: Mapped[datetime]


class ImportFile(Model):
    """An uploaded file between its dry run and the organiser's yes; emptied after a day."""

    __tablename__ = "import_files"

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str]
    content: Mapped[bytes | None]
    uploaded_at: Mapped[datetime]
    written_at: Mapped[datetime | None]


@event.listens_for(Activity, "before_insert")
@event.listens_for(Activity, "before_update")
def _fold_activity(_mapper: object, _connection: object, activity: Activity) -> None:
    said = (activity.title, activity.description, activity.category)
    activity.words = fold(" ".join(part for part in said if part))


@event.listens_for(Occurrence, "before_insert")
@event.listens_for(Occurrence, "before_update")
def _fold_occurrence(_mapper: object, _connection: object, occurrence: Occurrence) -> None:
    said = (occurrence.place, occurrence.address)
    occurrence.words = fold(" ".join(part for part in said if part))
