"""What is decided once, whoever decides."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from engage.core.errors import DomainError


def change_once(
    session: Session, row: Any, only_if: ColumnElement[bool], error: DomainError, **values: Any
) -> None:
    """Change a row by one statement, so that of two who do it at the same moment one wins.

    row:     of any table with a state; afterwards it holds what the database says.
    only_if: what the database must still say, such as ``Review.state == "open"``.

    Raises error for the one who came second.
    """
    kind = type(row)
    won = session.execute(
        update(kind)
        .where(kind.id == row.id, only_if)
        .values(values)
        .returning(kind.id)
        .execution_options(synchronize_session=False)
    ).first()
    if won is None:
        raise error
    session.refresh(row)
