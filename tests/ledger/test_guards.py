"""The database itself refuses to change a transfer, on both engines (case 42)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from engage.ledger import queries, service
from engage.ledger.models import Transfer
from engage.storage.base import new_id
from tests.clock import NOON
from tests.factories.accounts import make_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def earn(session: Session, points: int = 50) -> None:
    person = make_person(session, "Mina")
    account = queries.get_account(session, person.id)
    service.earn(session, account, points, service.Cause("attendance", new_id(), NOON))
    session.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfers SET amount = 1000",
        "DELETE FROM transfers",
        "UPDATE transfers SET seal = 'x' WHERE amount = 50",
    ],
)
def test_case_42_pts_4_update_and_delete_are_refused(session: Session, statement: str) -> None:
    earn(session)

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))

    session.rollback()
    assert session.scalars(select(Transfer.amount)).all() == [50]


def test_case_42_pts_4_replacing_or_emptying_is_refused(session: Session) -> None:
    earn(session)
    names = [column.name for column in Transfer.__table__.columns]
    values = ", ".join("1000" if name == "amount" else name for name in names)
    dialect = session.get_bind().dialect.name
    statement = (
        f"INSERT OR REPLACE INTO transfers SELECT {values} FROM transfers"  # noqa: S608  # ours
        if dialect == "sqlite"
        else "TRUNCATE transfers CASCADE"
    )

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))

    session.rollback()
    assert session.scalars(select(Transfer.amount)).all() == [50]


def test_pts_3_a_balance_below_zero_is_refused_by_the_database(session: Session) -> None:
    earn(session)

    with pytest.raises(DBAPIError, match="balance_not_negative"):
        session.execute(
            text("UPDATE accounts SET balance = balance - 51 WHERE balance IS NOT NULL")
        )
