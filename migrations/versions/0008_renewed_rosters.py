"""From which version on scanners must take the roster of a date anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    renewed = sa.Column("roster_renewed", sa.Integer(), server_default="0", nullable=False)
    op.add_column("occurrences", renewed)
