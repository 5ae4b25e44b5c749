"""Runs the migrations on the engine that ``engage.storage.migrate`` hands over."""

from __future__ import annotations

from typing import Any

from alembic import context

from engage.tables import metadata

engine = context.config.attributes["engine"]


def default_differs(
    _context: Any, _column: Any, _model: Any, found: str | None, _default: Any, wanted: str | None
) -> bool | None:
    """An empty text is an empty text; everything else is compared as usual (None)."""
    return False if (found or "").strip("()") == "''" and wanted in {"", "''"} else None


SQLITE = engine.dialect.name == "sqlite"


def keep_foreign_keys(connection: Any, *, on: bool) -> None:
    """SQLite changes a constraint by copying the table, and must not mind that it is gone between.

    Said to the driver itself: within a transaction the switch does nothing.
    """
    if SQLITE:
        connection.connection.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def ensure_nothing_dangles(connection: Any) -> None:
    """What the switch has not watched is looked at once, before anything is kept."""
    if SQLITE and (found := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise RuntimeError(f"a row of {found[0]} points at nothing after the migrations")


with engine.connect() as connection:
    keep_foreign_keys(connection, on=False)
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=default_differs,
        transaction_per_migration=True,
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
        ensure_nothing_dangles(connection)
    finally:
        connection.rollback()
        keep_foreign_keys(connection, on=True)
