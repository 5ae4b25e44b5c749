"""Booking where one statement does it all, and where thousands of rows are written at once.

For the hot path and for load tests; everybody else uses the verbs of ``service``.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import CTE, Select, Uuid, bindparam, exists, insert, select, true, update
from sqlalchemy.orm import Session

from engage.ledger.queries import CitizenAccount
from engage.ledger.service import (
    ACCOUNTS,
    ESCROW_ID,
    INSERT,
    ISSUANCE_ID,
    TRANSFERS,
    Cause,
    Move,
    row_of,
)

_accounts = ACCOUNTS.c

#: Fields of the transfer that the UPDATE of the account names as well.
_PAY_SAME = {"credit_id": "pay_account", "amount": "pay_points"}


def earning_after(done: CTE) -> Select[*tuple[Any, ...]]:
    """For PostgreSQL's hot path: book an earning in the statement that wrote what is paid for.

    done: a CTE that gives a row only if there is something to pay. The statement gives the new
          balance, or no row at all; its parameters come from ``earning_values``.
    """
    paid = (
        update(ACCOUNTS)
        .where(
            _accounts.id == bindparam("pay_account", type_=Uuid()),
            _accounts.earnings == bindparam("pay_seen"),
            exists(select(*done.c)),
        )
        .values(
            balance=_accounts.balance + bindparam("pay_points"), earnings=_accounts.earnings + 1
        )
        .returning(_accounts.balance)
        .cte("paid")
    )
    columns = [column for column in TRANSFERS.c if column.name != "refers_to_id"]
    given = [
        bindparam(_PAY_SAME.get(column.name, f"pay_{column.name}"), type_=column.type)
        for column in columns
    ]
    booked = (
        insert(TRANSFERS)
        .from_select(
            [column.name for column in columns],
            select(*given).where(exists(select(paid.c.balance))),
        )
        .returning(TRANSFERS.c.id)
        .cte("booked")
    )
    return select(paid.c.balance).select_from(paid).join(booked, true())


def earning_values(
    session: Session, account: CitizenAccount, points: int, cause: Cause
) -> dict[str, Any]:
    """The parameters of ``earning_after``."""
    row = row_of(session, Move("earn", ISSUANCE_ID, account.id), points, cause)
    values = {f"pay_{name}": value for name, value in row.items() if name not in _PAY_SAME}
    del values["pay_refers_to_id"]  # an earning corrects nothing
    return values | {
        "pay_account": account.id,
        "pay_seen": account.earnings,
        "pay_points": points,
    }


def earning_row(
    session: Session, account_id: uuid.UUID, points: int, cause: Cause
) -> dict[str, Any]:
    """The row of an earning, sealed, for ``write_in_bulk``. The balance is the caller's."""
    return row_of(session, Move("earn", ISSUANCE_ID, account_id), points, cause)


def reserving_row(
    session: Session, account_id: uuid.UUID, points: int, cause: Cause
) -> dict[str, Any]:
    """The row of a reservation likewise."""
    return row_of(session, Move("reserve", account_id, ESCROW_ID), points, cause)


def write_in_bulk(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write many transfers at once: only set-up of a load test does, never the running city."""
    session.connection().execute(INSERT, rows)
