"""An address counts for an account only once it is confirmed; until then it waits beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import engage.storage.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = engage.storage.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("people", sa.Column("wanted_email", sa.String(), nullable=True))
    op.add_column("people", sa.Column("wanted_email_at", INSTANT, nullable=True))
    op.create_index(op.f("ix_people_wanted_email"), "people", ["wanted_email"])
    op.execute(
        "UPDATE people SET wanted_email = email, wanted_email_at = created_at, email = NULL "
        "WHERE email IS NOT NULL AND email_confirmed_at IS NULL"
    )
