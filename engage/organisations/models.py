"""Organisations, their members and their budgets."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.words import fold
from engage.storage.base import Id, Model


class Organisation(Model):
    """A body that offers activities: ``pending`` → ``verified`` → ``suspended``."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'verified', 'suspended', 'refused')", "status"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="")
    district_code: Mapped[str | None]
    legal_form: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="pending", server_default="pending")
    #: Why it was refused or suspended, for its members.
    status_reason: Mapped[str] = mapped_column(default="")
    applied_at: Mapped[datetime]
    applied_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    #: When its members were last reminded of people who never checked out (CHK-25).
    check_outs_asked_at: Mapped[datetime | None]
    #: The name as it is searched; kept by the listener below.
    words: Mapped[str] = mapped_column(default="", server_default="")


class Member(Model):
    """A person of an organisation: ``manager`` or ``organiser``, maybe on its payroll."""

    __tablename__ = "organisation_members"
    __table_args__ = (UniqueConstraint("organisation_id", "person_id"),)

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]  # manager, organiser
    paid: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    joined_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Budget(Model):
    """Points an organisation may give in a year: one counter (domain §6).

    reserved:  set aside by published occurrences, plus what has drawn on the free rest.
    """

    __tablename__ = "budgets"
    __table_args__ = (
        UniqueConstraint("organisation_id", "year"),
        CheckConstraint("reserved >= 0 AND reserved <= granted", "reserved_within_granted"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    year: Mapped[int]
    granted: Mapped[int]  # points
    reserved: Mapped[int] = mapped_column(default=0, server_default="0")  # points


@event.listens_for(Organisation, "before_insert")
@event.listens_for(Organisation, "before_update")
def _fold_name(_mapper: object, _connection: object, organisation: Organisation) -> None:
    organisation.words = fold(organisation.name)
