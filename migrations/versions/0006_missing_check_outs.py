"""When an organisation was last reminded of people who never checked out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import engage.storage.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = engage.storage.base.UtcDateTime(timezone=True)
    op.add_column("organisations", sa.Column("check_outs_asked_at", instant, nullable=True))
