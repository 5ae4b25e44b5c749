"""Two accounts of one person become one when two people of the office agree (case 51)."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.acts.service import By
from engage.audit.verify import verify
from engage.core import errors
from engage.ledger import queries as ledger
from engage.office.models import Joining
from engage.office.services import joining
from tests.application import Browser
from tests.clock import NOON
from tests.factories import rewards
from tests.factories.people import person

BECAUSE = "She showed both cards"


def test_pts_17_two_of_the_office_join_two_accounts(
    client: Browser, session: Session, mina: Person, ada: Person
) -> None:
    otto = person(session, "Otto", office_role="clerk")
    rewards.engaged(session, mina, 30)
    other = rewards.engaged(session, person(session, "Mina2"), 20)
    path = f"/office/people/{mina.id}/join"
    client(ada).post(f"/office/people/{mina.id}/open")
    client(ada).get(path)
    client(ada).post(path, status=422, other="", reason="")
    client(ada).post(path, status=404, other="nobody@example.org", reason=BECAUSE)

    client(ada).post(path, other=other.email, reason=BECAUSE)
    proposed = session.scalars(select(Joining)).one()
    client(ada).post(f"/office/joinings/{proposed.id}/join", status=403)
    client(otto).get("/office/joinings")
    client(otto).post(f"/office/joinings/{proposed.id}/join")

    session.rollback()  # look again
    session.expire_all()
    assert session.get_one(Person, other.id).merged_into_id == mina.id
    assert ledger.balance_of(session, mina.id) == 30  # the same date on both counts once
    assert verify(session) == []


def test_an_account_is_not_joined_with_itself_or_by_its_owner(
    session: Session, mina: Person, ada: Person
) -> None:
    with pytest.raises(errors.SameAccount):
        joining.propose(session, mina.id, "mina@example.org", By(ada.id, NOON, BECAUSE))
    with pytest.raises(errors.OwnReview):
        joining.propose(session, mina.id, "ada@example.org", By(ada.id, NOON, BECAUSE))


def test_a_refused_joining_leaves_both_accounts(
    session: Session, mina: Person, omar: Person, ada: Person
) -> None:
    otto = person(session, "Otto", office_role="clerk")
    proposed = joining.propose(session, mina.id, "omar@example.org", By(ada.id, NOON, BECAUSE))
    session.flush()

    joining.refuse(session, proposed.id, By(otto.id, NOON))

    assert omar.merged_into_id is None
    with pytest.raises(errors.AdjustmentDecided):
        joining.join(session, proposed.id, By(otto.id, NOON))
