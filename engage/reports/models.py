"""Frozen monthly figures."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from engage.storage.base import Id, Model


class MonthlyFigure(Model):
    """One cell of a closed month: what, for which kind and district, how much, how many people."""

    __tablename__ = "monthly_figures"
    __table_args__ = (UniqueConstraint("month", "what", "kind", "district_code"),)

    id: Mapped[Id]
    month: Mapped[date]  # its first day
    what: Mapped[str]  # engagements, minutes, points_issued, points_redeemed
    kind: Mapped[str]  # volunteering, participation, claim, all
    district_code: Mapped[str]  # "" for none
    amount: Mapped[int]
    people: Mapped[int]
    frozen_at: Mapped[datetime]
