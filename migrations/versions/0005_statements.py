"""Statements with their rate and payment, agreements, warned budgets, good causes, disputes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import engage.storage.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = engage.storage.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    _statements()
    _agreements()
    _good_causes()
    op.add_column("redemptions", sa.Column("dispute_decided_at", INSTANT, nullable=True))
    op.add_column(
        "redemptions",
        sa.Column("dispute_answer", sa.String(), server_default="", nullable=False),
    )


def _statements() -> None:
    with op.batch_alter_table("statements") as table:
        for column in (
            sa.Column("undone", sa.Integer(), server_default="0", nullable=False),
            sa.Column("rate", sa.Integer(), server_default="0", nullable=False),
            sa.Column("partner_name", sa.String(), server_default="", nullable=False),
            sa.Column("paid_at", INSTANT, nullable=True),
            sa.Column("paid_by", sa.Uuid(), nullable=True),
            sa.Column("note", sa.String(), server_default="", nullable=False),
        ):
            table.add_column(column)
        table.create_foreign_key(op.f("fk_statements_paid_by"), "people", ["paid_by"], ["id"])
    op.add_column(
        "statement_lines", sa.Column("rate", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "statement_lines", sa.Column("title", sa.String(), server_default="", nullable=False)
    )


def _agreements() -> None:
    op.create_table(
        "reimbursements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("agreed_at", INSTANT, nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["people.id"], name=op.f("fk_reimbursements_agreed_by")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_reimbursements_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reimbursements")),
        sa.UniqueConstraint("partner_id", "month", name=op.f("uq_reimbursements_partner_id_month")),
    )
    op.create_table(
        "budget_warnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("budget_points", sa.Integer(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_budget_warnings_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_warnings")),
        sa.UniqueConstraint(
            "partner_id",
            "year",
            "budget_points",
            name=op.f("uq_budget_warnings_partner_id_year_budget_points"),
        ),
    )


def _good_causes() -> None:
    op.create_table(
        "good_causes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("words", sa.String(), server_default="", nullable=False),
        sa.Column("rate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_causes")),
        sa.UniqueConstraint("slug", name=op.f("uq_good_causes_slug")),
    )
