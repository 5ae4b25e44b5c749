"""Attendances, scans, used codes, hours claims, missing points and reviews."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model

LIVE = text("annulled_at IS NULL")


class Attendance(Model):
    """The verified fact that a citizen was there. One live row per person and occurrence."""

    __tablename__ = "attendances"
    __table_args__ = (
        Index(
            "uq_attendances_occurrence_id_person_id",
            "occurrence_id",
            "person_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index("ix_attendances_person_id_starts_at", "person_id", "starts_at"),
        Index(
            "ix_attendances_untold",
            "received_at",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
        CheckConstraint("points >= 0 AND credited >= 0", "points_not_negative"),
    )

    id: Mapped[Id]
    occurrence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("occurrences.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    #: Stored again: insurance and tax treat the kinds differently.
    kind: Mapped[str]
    #: scanned, card, self, poster, by_name, walk_in, by_hand, imported
    way: Mapped[str]
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("devices.id"), index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    #: The time decisions use; what the device said; when the server heard of it.
    checked_in_at: Mapped[datetime]
    device_time: Mapped[datetime | None]
    received_at: Mapped[datetime]
    checked_out_at: Mapped[datetime | None]
    #: The planned time of the occurrence when it was recorded: overlap is judged by it.
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: Minutes that count.
    minutes: Mapped[int]
    #: The city's day of the work: caps are counted by it.
    work_on: Mapped[date]
    #: Points the rule gives, and those booked so far; the rest waits in a review.
    points: Mapped[int]
    credited: Mapped[int]
    policy_version: Mapped[int | None]
    offline: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    overridden: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: The answer at the door where the age was unknown.
    age_ok: Mapped[bool | None]
    #: The person collects no points, or is paid for this.
    without_points: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Why it was entered by hand, let in although full, …; emptied by erasure.
    note: Mapped[str] = mapped_column(default="")
    annulled_at: Mapped[datetime | None]
    annulled_by: Mapped[uuid.UUID | None]
    annulled_because: Mapped[str] = mapped_column(default="")
    #: When the person was told of a check-in they did not scan themselves.
    told_at: Mapped[datetime | None]


class Scan(Model):
    """One attempt and its answer, whatever it was: a replay of its nonce gives the same again."""

    __tablename__ = "scans"
    __table_args__ = (
        UniqueConstraint("caller_id", "nonce"),
        Index("ix_scans_caller_id_at", "caller_id", "received_at"),
        Index("ix_scans_occurrence_id_at", "occurrence_id", "received_at"),
    )

    id: Mapped[Id]
    #: Device or person who sent it.
    caller_id: Mapped[uuid.UUID]
    nonce: Mapped[str]
    #: check_in, check_out, annul
    verb: Mapped[str]
    occurrence_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("occurrences.id"))
    #: Keyed hash of the code as read, or of the person or walk-in named instead.
    subject: Mapped[str]
    #: Which of the two: ``code``, ``person``, ``walk_in``, ``ticket``.
    subject_kind: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    attendance_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    scanned_at: Mapped[datetime]
    received_at: Mapped[datetime]
    offline: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class CodeUse(Model):
    """A rotating pass code (phone and step) that was accepted, and for what."""

    __tablename__ = "code_uses"

    pass_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("passes.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: The occurrence it was accepted at.
    purpose_id: Mapped[uuid.UUID]
    used_at: Mapped[datetime] = mapped_column(index=True)


class Review(Model):
    """Points that wait for a person's decision, for a published reason (FAI-1), at most 14 days."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'granted', 'refused')", "state"),
        Index("ix_reviews_state_due_at", "state", "due_at"),
    )

    id: Mapped[Id]
    reason: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    attendance_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("attendances.id"), index=True
    )
    claim_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("hours_claims.id"), index=True)
    points: Mapped[int]  # that wait
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    #: The office's answer, and the citizen's objection; emptied by erasure.
    answer: Mapped[str] = mapped_column(default="")
    objection: Mapped[str] = mapped_column(default="")
    objected_at: Mapped[datetime | None]


class HoursClaim(Model):
    """Hours a citizen reports for one day; someone else in the organisation confirms or refuses."""

    __tablename__ = "hours_claims"
    __table_args__ = (
        CheckConstraint("state IN ('submitted', 'confirmed', 'refused', 'withdrawn')", "state"),
        CheckConstraint("minutes > 0 AND minutes <= 720", "at_most_12_hours"),
        Index("ix_hours_claims_organisation_id_state", "organisation_id", "state"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    work_on: Mapped[date]
    #: When on that day: overlap is judged by it.
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    #: What was done; emptied by erasure.
    what: Mapped[str]
    state: Mapped[str] = mapped_column(default="submitted", server_default="submitted")
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str] = mapped_column(default="")
    points: Mapped[int] = mapped_column(default=0, server_default="0")
    credited: Mapped[int] = mapped_column(default=0, server_default="0")
    policy_version: Mapped[int | None]
    annulled_at: Mapped[datetime | None]
    annulled_because: Mapped[str] = mapped_column(default="")


class MissingPoints(Model):
    """“My points are missing”: a citizen was there and was not scanned; the organiser answers."""

    __tablename__ = "missing_points"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "person_id"),
        CheckConstraint("state IN ('open', 'granted', 'refused')", "state"),
    )

    id: Mapped[Id]
    occurrence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("occurrences.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    what: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str] = mapped_column(default="")
