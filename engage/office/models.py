"""What the office proposes and a second person decides: adjustments, joinings of accounts."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model


class Adjustment(Model):
    """Points booked by hand: one proposes with a reason, a second person books or refuses."""

    __tablename__ = "adjustments"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'booked', 'refused')", "state"),
        CheckConstraint("points <> 0", "points_not_zero"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", "second_person"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    points: Mapped[int]  # above zero gives, below takes
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="proposed", server_default="proposed")
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]


class Joining(Model):
    """Two accounts of one person that the office joins: one proposes, a second person does it."""

    __tablename__ = "joinings"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'done', 'refused')", "state"),
        CheckConstraint("kept_id <> joined_id", "two_accounts"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", "second_person"),
    )

    id: Mapped[Id]
    #: The account that stays, and the one that becomes part of it.
    kept_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    joined_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="proposed", server_default="proposed")
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
