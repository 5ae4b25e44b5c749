"""Devices and what each may do."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model


class Device(Model):
    """A phone, tablet or kiosk of an organisation, or a till of a partner."""

    __tablename__ = "devices"
    __table_args__ = (
        CheckConstraint("kind IN ('scanner', 'kiosk', 'till')", "kind"),
        CheckConstraint("(organisation_id IS NULL) <> (partner_id IS NULL)", "of_one_body"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    name: Mapped[str]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    partner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partners.id"), index=True)
    #: Till only: the branch it stands in.
    branch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("branches.id"))
    #: Keyed hash of the pairing code (works once, 15 minutes), and of the token it was given.
    pairing_hash: Mapped[str | None] = mapped_column(unique=True)
    pairing_expires_at: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    may_search: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Limited to the rows of ``device_occurrences``; else all of its organisation.
    is_limited: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    paired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    #: Server time minus device time, measured at the last contact.
    offset_milliseconds: Mapped[int] = mapped_column(default=0, server_default="0")
    unsent: Mapped[int] = mapped_column(default=0, server_default="0")


class DeviceOccurrence(Model):
    """An occurrence that a limited device may scan for."""

    __tablename__ = "device_occurrences"
    __table_args__ = (UniqueConstraint("device_id", "occurrence_id"),)

    id: Mapped[Id]
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("devices.id"))
    occurrence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("occurrences.id"), index=True)
