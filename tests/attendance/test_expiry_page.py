"""Points that will expire soon are named where a citizen looks at their points."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engage.ledger import queries, service
from engage.storage.base import new_id
from tests.clock import NOON
from tests.factories.accounts import make_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tests.pages import CheckingClient


def test_pts_15_points_that_go_within_two_months_are_named_with_their_day(
    session: Session, client: Callable[..., CheckingClient]
) -> None:
    mina = make_person(session, "Mina")
    earned = NOON - timedelta(days=700)
    account = queries.get_account(session, mina.id)
    service.earn(session, account, 30, service.Cause("attendance", new_id(), earned))
    session.commit()

    page = client(mina).get("/me/points")

    assert "30 Punkte verfallen am" in page.text
