"""People, their passes, mail links, attempts to get in, and the log of reads."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model


class Person(Model):
    """A citizen, also those who organise, redeem or work for the city. No real name is needed."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("(born_year IS NULL) = (born_month IS NULL)", "born_is_a_pair"),
        CheckConstraint("born_month BETWEEN 1 AND 12", "born_month_of_the_year"),
    )

    id: Mapped[Id]
    display_name: Mapped[str]
    #: Confirmed. In lower case, as typed otherwise; unique among all.
    email: Mapped[str | None] = mapped_column(unique=True)
    email_confirmed_at: Mapped[datetime | None]
    #: Typed by the person, not confirmed yet; several may wait for the same one (ACC-5).
    wanted_email: Mapped[str | None] = mapped_column(index=True)
    wanted_email_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="de", server_default="de")
    #: Either declared adult, or month and year of birth for the younger; never the whole date.
    is_adult: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    born_year: Mapped[int | None]
    born_month: Mapped[int | None]
    guardian_consent_at: Mapped[datetime | None]
    district_code: Mapped[str | None]
    #: Hours without points (not retroactive), and a balance shown only on request.
    collects_points: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    hides_points: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: ``clerk`` or ``lead`` of the programme office; empty for everybody else.
    office_role: Mapped[str | None]
    totp_secret: Mapped[str | None]  # encrypted
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]  # a code counts once
    recovery_hashes: Mapped[list[Any] | None]
    #: Grows at sign-out everywhere and at a new password: older sessions end.
    session_epoch: Mapped[int] = mapped_column(default=0, server_default="0")
    #: An account made at the door or by staff, until the person takes it over.
    claimed_at: Mapped[datetime | None]
    #: Mail per event that the person switched off, e.g. ``["reminders"]``.
    muted: Mapped[list[Any] | None]
    #: Mail per event that is off until the person switches it on, e.g. ``["favourite"]``.
    wished: Mapped[list[Any] | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    #: How often, and when, they were told that the unused account will be erased.
    warnings: Mapped[int] = mapped_column(default=0, server_default="0")
    warned_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)


class Pass(Model):
    """What identifies a citizen at the door: a phone (P), a printed card (K), a claim slip (C)."""

    __tablename__ = "passes"
    __table_args__ = (CheckConstraint("kind IN ('P', 'K', 'C')", "kind_is_known"),)

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str]
    #: 8 characters, random; the printed serial. Proves nothing alone.
    number: Mapped[str] = mapped_column(unique=True)
    #: P: the phone's secret, encrypted. K and C: nothing.
    secret: Mapped[str | None]
    #: K and C: keyed hash of the secret part. P: nothing.
    secret_hash: Mapped[str | None]
    name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    #: C: when the slip was used; K: when its claim code was.
    claimed_at: Mapped[datetime | None]
    #: K: the one-time claim code that staff hand out, hashed, and until when.
    claim_hash: Mapped[str | None]
    claim_expires_at: Mapped[datetime | None]
    #: K: the PIN for redeeming at the counter (argon2 of a keyed hash).
    pin_hash: Mapped[str | None]
    pin_failures: Mapped[int] = mapped_column(default=0, server_default="0")
    pin_failures_in_row: Mapped[int] = mapped_column(default=0, server_default="0")
    pin_locked_until: Mapped[datetime | None]


class MailLink(Model):
    """A single-use link that was mailed: GET shows, a button POSTs. Kept as a hash."""

    __tablename__ = "mail_links"

    id: Mapped[Id]
    #: confirm_email, reset_password, join_team, decide_claim, take_place, merge, …
    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    email: Mapped[str | None]
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempt(Model):
    """A guess at a password, a second factor or a claim code, counted to slow guessing down."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_kind_who_at", "kind", "who", "at"),)

    id: Mapped[Id]
    kind: Mapped[str]
    #: Keyed hash of the address, number or network address; never the thing itself.
    who: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class DataRead(Model):
    """Staff or an organiser read somebody's data: who, whose, what for (domain §8)."""

    __tablename__ = "data_reads"

    id: Mapped[Id]
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    what: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class Erasure(Model):
    """Applied again after a restore from a backup. Holds no name and no address."""

    __tablename__ = "erasures"
    __table_args__ = (UniqueConstraint("person_id"),)

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    #: Keyed hash of the mail address, 12 months: a welcome reward is given once.
    email_hash: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime]
