"""The database itself refuses to change or remove a transfer; the system accounts exist."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE TRIGGER transfers_no_update BEFORE UPDATE ON transfers "
    "BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
    "CREATE TRIGGER transfers_no_delete BEFORE DELETE ON transfers "
    "BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION transfers_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'transfers are append-only'; END $$",
    "CREATE TRIGGER transfers_no_change BEFORE UPDATE OR DELETE ON transfers "
    "FOR EACH ROW EXECUTE FUNCTION transfers_append_only()",
    "CREATE TRIGGER transfers_no_truncate BEFORE TRUNCATE ON transfers "
    "FOR EACH STATEMENT EXECUTE FUNCTION transfers_append_only()",
    "ALTER TABLE transfers ENABLE ALWAYS TRIGGER transfers_no_change",
    "ALTER TABLE transfers ENABLE ALWAYS TRIGGER transfers_no_truncate",
)

#: As in engage.ledger.models.SYSTEM_IDS when this migration was written.
ACCOUNTS = {
    name: uuid.UUID(int=(0x7000 << 64) | (0x8 << 60) | number)
    for number, name in enumerate(("issuance", "escrow", "expired", "written_off"), start=1)
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in SQLITE if dialect == "sqlite" else POSTGRESQL:
        op.execute(statement)
    accounts = sa.table("accounts", sa.column("id", sa.Uuid()), sa.column("name", sa.String()))
    op.bulk_insert(accounts, [{"id": id_, "name": name} for name, id_ in ACCOUNTS.items()])
