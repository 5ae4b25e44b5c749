"""Rewards, redemptions and every attempt at one."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.storage.base import Id, Model

OPEN = text("state = 'reserved'")
FREE = text("redemption_id IS NULL AND withdrawn_at IS NULL")


class Reward(Model):
    """What a partner gives for points. Cost and start are frozen once reserved: then a version."""

    __tablename__ = "rewards"
    __table_args__ = (
        CheckConstraint("cost >= 0", "cost_not_negative"),
        CheckConstraint("stock >= 0", "stock_not_negative"),
        CheckConstraint("daily_stock > 0", "daily_stock_above_zero"),
        CheckConstraint("kind IN ('points', 'welcome', 'good_cause', 'event')", "kind"),
        CheckConstraint(
            "status IN ('draft', 'submitted', 'published', 'paused', 'ended')", "status"
        ),
        CheckConstraint("own_codes IN ('none', 'citizen', 'till')", "own_codes"),
        UniqueConstraint("partner_id", "source", "source_key"),
    )

    id: Mapped[Id]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    #: The same reward through its versions, and which one this is.
    series_id: Mapped[uuid.UUID] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    kind: Mapped[str] = mapped_column(default="points", server_default="points")
    category: Mapped[str] = mapped_column(default="other", server_default="other")
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    #: What the till hands over, in the partner's words.
    hand_over: Mapped[str]
    cost: Mapped[int]  # points
    #: What it is worth, for the yearly value guard; 0 needs a reason.
    face_value_cents: Mapped[int]
    no_value_reason: Mapped[str] = mapped_column(default="")
    #: Address of its picture, and what is to be seen on it.
    picture: Mapped[str | None] = mapped_column(ForeignKey("reward_pictures.digest"))
    picture_alt: Mapped[str] = mapped_column(default="", server_default="")
    #: Pieces left; empty: no limit.
    stock: Mapped[int | None]
    #: Most pieces for each day of the city; how many went on the day ``daily_on``.
    daily_stock: Mapped[int | None]
    daily_on: Mapped[date | None]
    daily_taken: Mapped[int] = mapped_column(default=0, server_default="0")
    limit_count: Mapped[int | None]
    limit_period: Mapped[str | None]  # day, week, month, quarter, year, ever
    minimum_age: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Suits families with children.
    for_families: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    good_cause: Mapped[str | None]  # slug of the cause
    shown_from: Mapped[datetime | None]
    shown_until: Mapped[datetime | None]
    reservable_from: Mapped[datetime | None]
    reservable_until: Mapped[datetime | None]
    redeemable_from: Mapped[datetime | None]
    redeemable_until: Mapped[datetime | None]
    #: Weekdays and hours in which the till gives it (``core.hours``); empty: whenever it is open.
    redeem_hours: Mapped[str] = mapped_column(default="", server_default="")
    #: Of a ticket: when and where.
    event_starts_at: Mapped[datetime | None]
    event_ends_at: Mapped[datetime | None]
    event_place: Mapped[str] = mapped_column(default="", server_default="")
    #: Whether the partner's own voucher codes go with it, and who sees one once it is redeemed:
    #: ``none``, ``citizen``, ``till``. Its stock is then the number of codes that are not taken.
    own_codes: Mapped[str] = mapped_column(default="none", server_default="none")
    #: How long a reservation is kept.
    reserve_minutes: Mapped[int] = mapped_column(default=15, server_default="15")
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime | None]
    first_reserved_at: Mapped[datetime | None]
    #: The office's look at it: why it waits (codes with commas), and what it was approved with.
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    waits_for: Mapped[str] = mapped_column(default="", server_default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    refused_because: Mapped[str] = mapped_column(default="", server_default="")
    approved_value_cents: Mapped[int | None]
    approved_age: Mapped[int | None]
    source: Mapped[str | None]
    source_key: Mapped[str | None]


class Picture(Model):
    """A picture of a reward, drawn anew on upload; its address is the digest of what is in it."""

    __tablename__ = "reward_pictures"

    digest: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    width: Mapped[int]
    height: Mapped[int]
    #: JPEG in two sizes: for the page and for lists.
    large: Mapped[bytes] = mapped_column(deferred=True)
    small: Mapped[bytes] = mapped_column(deferred=True)
    uploaded_at: Mapped[datetime]


class VoucherCode(Model):
    """A partner's own code, handed out once. Free while neither redemption nor withdrawal."""

    __tablename__ = "voucher_codes"
    __table_args__ = (
        UniqueConstraint("partner_id", "code_hash"),
        UniqueConstraint("redemption_id"),
        Index(
            "ix_voucher_codes_free",
            "reward_id",
            "id",
            sqlite_where=FREE,
            postgresql_where=FREE,
        ),
    )

    id: Mapped[Id]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"))
    reward_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rewards.id"), index=True)
    #: Keyed hash, so that a list read twice doubles none; encrypted copy for whoever gets it.
    code_hash: Mapped[str]
    code_sealed: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    redemption_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("redemptions.id"))
    handed_at: Mapped[datetime | None]
    #: Its redemption was undone after the code was shown: it goes to nobody else.
    spent_at: Mapped[datetime | None]
    #: Taken off the list by the partner before anybody had it.
    withdrawn_at: Mapped[datetime | None]


class RewardBranch(Model):
    """A branch where a reward is given; none listed means all."""

    __tablename__ = "reward_branches"
    __table_args__ = (UniqueConstraint("reward_id", "branch_id"),)

    id: Mapped[Id]
    reward_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rewards.id"))
    branch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branches.id"), index=True)


class Redemption(Model):
    """One use of a reward.

    ``reserved`` → ``redeemed`` | ``cancelled`` | ``expired``; ``redeemed`` → ``refunded``.
    """

    __tablename__ = "redemptions"
    __table_args__ = (
        CheckConstraint(
            "state IN ('reserved', 'redeemed', 'cancelled', 'expired', 'refunded')", "state"
        ),
        Index(
            "uq_redemptions_person_id_reward_id",
            "person_id",
            "reward_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index(
            "ix_redemptions_open_expires_at",
            "expires_at",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_redemptions_partner_id_redeemed_at", "partner_id", "redeemed_at"),
        Index("ix_redemptions_person_id_reserved_at", "person_id", "reserved_at"),
    )

    #: Made by the client: an attempt that was refused stays refused under its id.
    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    reward_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rewards.id"), index=True)
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"))
    state: Mapped[str] = mapped_column(default="reserved", server_default="reserved")
    #: Frozen when it was reserved.
    cost: Mapped[int]
    face_value_cents: Mapped[int]
    #: The 10 typed characters: keyed hash to find it, encrypted copy for the citizen's page.
    code_hash: Mapped[str] = mapped_column(unique=True)
    code_sealed: Mapped[str]
    reserved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    extended_at: Mapped[datetime | None]
    redeemed_at: Mapped[datetime | None]
    branch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("branches.id"))
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("devices.id"))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    #: code, card
    way: Mapped[str] = mapped_column(default="code", server_default="code")
    ended_at: Mapped[datetime | None]  # cancelled, expired or refunded
    ended_because: Mapped[str] = mapped_column(default="")
    disputed_at: Mapped[datetime | None]
    #: When the citizen was told that it ends soon.
    reminded_at: Mapped[datetime | None]
    dispute_decided_at: Mapped[datetime | None]
    dispute_answer: Mapped[str] = mapped_column(default="", server_default="")


class RewardFavourite(Model):
    """A reward a citizen wants to find again, in all its versions."""

    __tablename__ = "reward_favourites"
    __table_args__ = (UniqueConstraint("person_id", "series_id"),)

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    series_id: Mapped[uuid.UUID] = mapped_column(index=True)
    made_at: Mapped[datetime]
    #: Whether the person could have it when we last looked: news is what changes.
    in_reach: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class RedemptionAttempt(Model):
    """One try at reserving, redeeming or undoing, and its answer, kept for its replay."""

    __tablename__ = "redemption_attempts"
    __table_args__ = (
        UniqueConstraint("caller_id", "nonce"),
        Index("ix_redemption_attempts_caller_id_at", "caller_id", "at"),
    )

    id: Mapped[Id]
    caller_id: Mapped[uuid.UUID]
    nonce: Mapped[str]
    verb: Mapped[str]  # reserve, redeem, card, undo
    #: Keyed hash of the code as read, or the id of the reward or redemption.
    subject: Mapped[str]
    redemption_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class StockChange(Model):
    """A correction of the stock by the partner, with its reason."""

    __tablename__ = "stock_changes"

    id: Mapped[Id]
    reward_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rewards.id"), index=True)
    by: Mapped[int | None]
    stock_after: Mapped[int | None]
    reason: Mapped[str]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class GoodCause(Model):
    """Who gets points that people give away; its account is ``good_cause:<slug>``."""

    __tablename__ = "good_causes"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")
    #: What the city pays the cause, in cents per 100 points.
    rate: Mapped[int] = mapped_column(default=0, server_default="0")
    added_at: Mapped[datetime]
    #: From then on nobody gives to it any more; what was given stays.
    ended_at: Mapped[datetime | None]
