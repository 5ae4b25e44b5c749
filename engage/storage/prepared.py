"""Statements of the hot paths, compiled once; on PostgreSQL handed to the driver as they are.

SQLAlchemy's way through a statement costs as much as the statement: a cache key, parameters by
type, a description of fifty columns. Here the SQL, the order of parameters and the names of
columns are worked out once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.orm import Session

from engage.storage.engine import is_sqlite

#: In a session's info: how many statements went this way, past SQLAlchemy's event hooks.
COUNT = "prepared_statements"

#: The dialect that writes parameters as PostgreSQL itself counts them: $1, $2 …
_NUMBERED: Any = asyncpg.dialect()  # type: ignore[no-untyped-call]  # left untyped there


class Prepared:
    """A statement that gives at most one row: a SELECT, or a write with RETURNING.

    Values are plain Python: UUID, aware datetime, date, int, bool, str, None, and dict for JSON.
    """

    def __init__(self, statement: Any, on_sqlite: Any = None) -> None:
        self._on_sqlite = statement if on_sqlite is None else on_sqlite
        compiled = statement.compile(dialect=_NUMBERED)
        self._sql = str(compiled)
        self._order: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._names = [str(column.key) for column in statement.exported_columns]

    def first(self, session: Session, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The row, or None. Runs in the session's transaction."""
        if is_sqlite(session):
            row = session.connection().execute(self._on_sqlite, values).mappings().first()
            return dict(row) if row else None
        session.info[COUNT] = session.info.get(COUNT, 0) + 1
        driver: Any = session.connection().connection.driver_connection
        given = self._fixed | dict(values)
        cursor = psycopg.RawCursor(driver)
        cursor.execute(self._sql, [_plain(given[name]) for name in self._order], prepare=True)
        found = cursor.fetchone()
        return dict(zip(self._names, found, strict=True)) if found else None


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value
