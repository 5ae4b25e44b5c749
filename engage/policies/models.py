"""The table of policy versions."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Model


class PolicyVersion(Model):
    """The points rules of the city from an instant on. Never edited: a change is a new version."""

    __tablename__ = "policies"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    effective_from: Mapped[datetime] = mapped_column(index=True)
    #: ``core.policy.Policy.to_json``.
    rules: Mapped[dict[str, Any]]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
