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


with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=default_differs,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
