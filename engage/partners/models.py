"""Partners, branches and their members."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model


class Partner(Model):
    """Who gives rewards: ``pending`` → ``verified`` → ``suspended``."""

    __tablename__ = "partners"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'verified', 'suspended', 'refused')", "status"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="pending", server_default="pending")
    status_reason: Mapped[str] = mapped_column(default="")
    applied_at: Mapped[datetime]
    applied_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    #: Points the city settles with this partner in a year; empty: no limit.
    budget_points: Mapped[int | None]
    #: Agreed reimbursement in cents per 100 points.
    cents_per_100_points: Mapped[int] = mapped_column(default=0, server_default="0")
    source: Mapped[str | None]
    source_key: Mapped[str | None]


class Branch(Model):
    """One place of a partner."""

    __tablename__ = "branches"

    id: Mapped[Id]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    name: Mapped[str]
    street: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="")
    district_code: Mapped[str | None]
    #: Weekdays and times (``core.hours``), and what they leave unsaid in the partner's words.
    hours: Mapped[str] = mapped_column(default="", server_default="")
    opening_hours: Mapped[str] = mapped_column(default="")
    accessibility_notes: Mapped[str] = mapped_column(default="")
    step_free: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    accessible_toilet: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    disabled_parking: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    hearing_loop: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    closed_at: Mapped[datetime | None]


class PartnerMember(Model):
    """A person of a partner: ``manager`` or ``till`` (redeem only)."""

    __tablename__ = "partner_members"
    __table_args__ = (UniqueConstraint("partner_id", "person_id"),)

    id: Mapped[Id]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]  # manager, till
    joined_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
