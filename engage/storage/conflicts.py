"""From a broken constraint to the rule behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.core.errors import DomainError


@contextmanager
def refuse_duplicate(session: Session, constraint: str, error: DomainError) -> Iterator[None]:
    """Flush the block; if ``constraint`` breaks, raise ``error`` instead.

    Runs in a savepoint, so the work done before the block survives. Any
    other broken constraint is a bug and passes through.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as exc:
        if broken_constraint(exc) != constraint:
            raise
        raise error from exc


def broken_constraint(exc: IntegrityError) -> str:
    """The name of the constraint, spelled alike on PostgreSQL and SQLite."""
    if diagnosis := getattr(exc.orig, "diag", None):
        return diagnosis.constraint_name or ""
    kind, _, rest = str(exc.orig).partition(" constraint failed: ")
    if kind != "UNIQUE":
        return rest
    table = rest.partition(".")[0]
    columns = [name.partition(".")[2] for name in rest.split(", ")]
    return "_".join(["uq", table, *columns])  # as in storage.base.NAMING
