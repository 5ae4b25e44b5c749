"""Closed months of partners, and what was agreed with them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model


class Statement(Model):
    """A month of a partner, closed from the 3rd of the next month on; never changed after."""

    __tablename__ = "statements"
    __table_args__ = (UniqueConstraint("partner_id", "month"),)

    id: Mapped[Id]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"))
    month: Mapped[date]  # its first day
    points: Mapped[int]
    cents: Mapped[int]
    #: How often something was handed over, and how often that was taken back.
    count: Mapped[int]
    undone: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Agreed for this month, in cents per 100 points.
    rate: Mapped[int] = mapped_column(default=0, server_default="0")
    partner_name: Mapped[str] = mapped_column(default="", server_default="")
    closed_at: Mapped[datetime]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    paid_at: Mapped[datetime | None]
    paid_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    #: Of the office, about the payment; the partner reads it.
    note: Mapped[str] = mapped_column(default="", server_default="")


class StatementLine(Model):
    """A transfer that a statement settles; each transfer is settled once."""

    __tablename__ = "statement_lines"

    id: Mapped[Id]
    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statements.id"), index=True)
    transfer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfers.id"), unique=True)
    reward_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rewards.id"))
    points: Mapped[int]  # below zero for what was taken back
    #: In cents per 100 points: of this month, or of the month that settled what is taken back.
    rate: Mapped[int] = mapped_column(default=0, server_default="0")
    title: Mapped[str] = mapped_column(default="", server_default="")


class Reimbursement(Model):
    """What the city pays a partner for points, from a month on that was open when it was agreed."""

    __tablename__ = "reimbursements"
    __table_args__ = (UniqueConstraint("partner_id", "month"),)

    id: Mapped[Id]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"))
    month: Mapped[date]  # the first day of the first month it holds for
    rate: Mapped[int]  # cents per 100 points
    agreed_at: Mapped[datetime]
    agreed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))


class BudgetWarning(Model):
    """Office and partner were told that a year's budget runs out: once for each budget."""

    __tablename__ = "budget_warnings"
    __table_args__ = (UniqueConstraint("partner_id", "year", "budget_points"),)

    id: Mapped[Id]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"))
    year: Mapped[int]
    budget_points: Mapped[int]
    told_at: Mapped[datetime]
