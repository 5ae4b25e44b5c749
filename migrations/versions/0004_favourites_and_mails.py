"""Favourite rewards, and mails that people switch on or off one by one.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import engage.storage.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reward_favourites",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", engage.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("in_reach", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reward_favourites_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_favourites")),
        sa.UniqueConstraint(
            "person_id", "series_id", name=op.f("uq_reward_favourites_person_id_series_id")
        ),
    )
    op.create_index(
        op.f("ix_reward_favourites_series_id"), "reward_favourites", ["series_id"], unique=False
    )
    op.add_column("people", sa.Column("wished", sa.JSON(), nullable=True))
    op.add_column("letters", sa.Column("event", sa.String(), nullable=True))
    op.add_column(
        "redemptions",
        sa.Column("reminded_at", engage.storage.base.UtcDateTime(timezone=True), nullable=True),
    )
