"""The record of the office's own acts."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model


class OfficeAct(Model):
    """What the office did, to what, when and why; ids only, free text in ``reason``."""

    __tablename__ = "office_acts"

    id: Mapped[Id]
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    act: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(index=True)
