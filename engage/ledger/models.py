"""Append-only: no row of ``transfers`` is ever changed or removed (PTS-4)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model

#: System accounts have no stored balance: every check-in would queue behind one row.
ISSUANCE, ESCROW, EXPIRED, WRITTEN_OFF = "issuance", "escrow", "expired", "written_off"
#: Their ids are the same in every installation, so that no hot path looks them up.
SYSTEM_IDS = {
    name: uuid.UUID(int=(0x7000 << 64) | (0x8 << 60) | number)
    for number, name in enumerate((ISSUANCE, ESCROW, EXPIRED, WRITTEN_OFF), start=1)
}


class Account(Model):
    """Where points are. ``balance`` is stored for citizens only; the others are sums."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("balance >= 0", "balance_not_negative"),
        CheckConstraint("(person_id IS NULL) = (balance IS NULL)", "only_citizens_store_a_balance"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), unique=True)
    partner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partners.id"), unique=True)
    #: Of a system account: ``issuance``, ``escrow``, ``good_cause:<slug>`` …
    name: Mapped[str | None] = mapped_column(unique=True)
    balance: Mapped[int | None]  # points
    #: Grows with every earning and merge: who decided on caps before it grew decides again.
    earnings: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The account this one was joined into; its caps and limits count there too.
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)


class Transfer(Model):
    """Points that moved from ``debit`` to ``credit``. A mistake gets a new transfer."""

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_above_zero"),
        CheckConstraint("debit_id <> credit_id", "two_accounts"),
        Index("ix_transfers_credit_id_id", "credit_id", "id"),
        Index("ix_transfers_debit_id_id", "debit_id", "id"),
        Index(
            "ix_transfers_credit_id_work_on",
            "credit_id",
            "work_on",
            sqlite_where=text("kind = 'earn'"),
            postgresql_where=text("kind = 'earn'"),
        ),
        Index(
            "ix_transfers_debit_id_work_on",
            "debit_id",
            "work_on",
            sqlite_where=text("kind = 'reverse'"),
            postgresql_where=text("kind = 'reverse'"),
        ),
        Index("ix_transfers_source_id", "source_id"),
    )

    id: Mapped[Id]
    #: ``<kind>:<source>:<id>``, made by the server: a source moves points once per kind (PTS-2).
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    debit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"))
    credit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"))
    amount: Mapped[int]  # points
    source_kind: Mapped[str]  # attendance, claim, redemption, adjustment, review, …
    source_id: Mapped[uuid.UUID]
    #: Who caused it; empty for the system itself.
    actor_id: Mapped[uuid.UUID | None]
    policy_version: Mapped[int | None]
    #: The city's day of the work that earned it: caps are counted by it.
    work_on: Mapped[date | None]
    #: The transfer this one corrects or gives back.
    refers_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("transfers.id"))
    posted_at: Mapped[datetime]
    #: ``<key id>:<hex>`` over all fields above (``core.points.seal_text``).
    seal: Mapped[str]


class Shortfall(Model):
    """Points a reversal could not take. Points that come back settle it first, earnings never."""

    __tablename__ = "shortfalls"
    __table_args__ = (
        CheckConstraint("open_points >= 0", "open_points_not_negative"),
        UniqueConstraint("reversal_id"),
    )

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    reversal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transfers.id"))
    points: Mapped[int]
    open_points: Mapped[int]
    noted_at: Mapped[datetime]


class ExpiryNotice(Model):
    """A citizen was told that points will expire on a day: once for each of the two warnings."""

    __tablename__ = "expiry_notices"
    __table_args__ = (UniqueConstraint("account_id", "expires_on", "days_before"),)

    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"))
    expires_on: Mapped[date]
    days_before: Mapped[int]  # 60 or 14
    told_at: Mapped[datetime]
