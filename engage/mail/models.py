"""The outbox."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model


class Letter(Model):
    """One mail to one person, waiting or sent. Removed 30 days after sending."""

    __tablename__ = "letters"
    __table_args__ = (
        Index(
            "ix_letters_waiting",
            "due_at",
            sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    to_address: Mapped[str]
    language: Mapped[str]
    #: The name of ``templates/mail/<template>.txt``.
    template: Mapped[str]
    facts: Mapped[dict[str, Any]]
    #: The kind of news, if the person may switch it off.
    event: Mapped[str | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    last_problem: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
