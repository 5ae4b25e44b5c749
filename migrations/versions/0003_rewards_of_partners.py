"""Rewards with pictures, daily stock, times, events, own voucher codes and the office's look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engage.storage.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = UtcDateTime(timezone=True)
FREE = sa.text("redemption_id IS NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    _pictures()
    _rewards()
    _codes()
    _branches()


def _pictures() -> None:
    op.create_table(
        "reward_pictures",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_reward_pictures_partner_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_reward_pictures")),
    )
    op.create_index(op.f("ix_reward_pictures_partner_id"), "reward_pictures", ["partner_id"])


def _rewards() -> None:
    columns = (
        sa.Column("picture", sa.String(), nullable=True),
        sa.Column("picture_alt", sa.String(), server_default="", nullable=False),
        sa.Column("daily_stock", sa.Integer(), nullable=True),
        sa.Column("daily_on", sa.Date(), nullable=True),
        sa.Column("daily_taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("for_families", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("shown_until", INSTANT, nullable=True),
        sa.Column("redeemable_from", INSTANT, nullable=True),
        sa.Column("redeemable_until", INSTANT, nullable=True),
        sa.Column("redeem_hours", sa.String(), server_default="", nullable=False),
        sa.Column("event_starts_at", INSTANT, nullable=True),
        sa.Column("event_ends_at", INSTANT, nullable=True),
        sa.Column("event_place", sa.String(), server_default="", nullable=False),
        sa.Column("own_codes", sa.String(), server_default="none", nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("waits_for", sa.String(), server_default="", nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("refused_because", sa.String(), server_default="", nullable=False),
        sa.Column("approved_value_cents", sa.Integer(), nullable=True),
        sa.Column("approved_age", sa.Integer(), nullable=True),
    )
    with op.batch_alter_table("rewards") as table:
        for column in columns:
            table.add_column(column)
        for name in ("kind", "status"):
            table.drop_constraint(op.f(f"ck_rewards_{name}"), type_="check")
        table.create_check_constraint(
            op.f("ck_rewards_kind"), "kind IN ('points', 'welcome', 'good_cause', 'event')"
        )
        table.create_check_constraint(
            op.f("ck_rewards_status"),
            "status IN ('draft', 'submitted', 'published', 'paused', 'ended')",
        )
        table.create_check_constraint(
            op.f("ck_rewards_own_codes"), "own_codes IN ('none', 'citizen', 'till')"
        )
        table.create_check_constraint(op.f("ck_rewards_daily_stock_above_zero"), "daily_stock > 0")
        table.create_foreign_key(
            op.f("fk_rewards_picture"), "reward_pictures", ["picture"], ["digest"]
        )
        for name in ("submitted_by", "decided_by"):
            table.create_foreign_key(op.f(f"fk_rewards_{name}"), "people", [name], ["id"])
    # What is on offer was looked at under the rules of its time.
    op.execute(
        "UPDATE rewards SET approved_value_cents = face_value_cents, approved_age = minimum_age "
        "WHERE published_at IS NOT NULL"
    )


def _codes() -> None:
    op.create_table(
        "voucher_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("code_sealed", sa.String(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column("handed_at", INSTANT, nullable=True),
        sa.Column("spent_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_voucher_codes_{column}")
            )
            for column, table in (
                ("partner_id", "partners"),
                ("reward_id", "rewards"),
                ("imported_by", "people"),
                ("redemption_id", "redemptions"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_codes")),
        sa.UniqueConstraint(
            "partner_id", "code_hash", name=op.f("uq_voucher_codes_partner_id_code_hash")
        ),
        sa.UniqueConstraint("redemption_id", name=op.f("uq_voucher_codes_redemption_id")),
    )
    op.create_index(op.f("ix_voucher_codes_reward_id"), "voucher_codes", ["reward_id"])
    op.create_index(
        "ix_voucher_codes_free",
        "voucher_codes",
        ["reward_id", "id"],
        sqlite_where=FREE,
        postgresql_where=FREE,
    )


def _branches() -> None:
    op.add_column("branches", sa.Column("hours", sa.String(), server_default="", nullable=False))
    for name in ("accessible_toilet", "disabled_parking", "hearing_loop"):
        op.add_column(
            "branches",
            sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False),
        )
