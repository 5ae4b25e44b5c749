"""Every verb of the ledger, on both databases."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from engage.core.errors import AlreadyPosted, PointsShort
from engage.ledger import queries, service
from engage.ledger.models import ESCROW, SYSTEM_IDS, WRITTEN_OFF
from engage.ledger.service import Cause
from engage.storage.base import new_id
from engage.storage.unit_of_work import TryAgain
from tests.clock import NOON
from tests.factories.accounts import make_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def cause(kind: str = "attendance", source: uuid.UUID | None = None) -> Cause:
    return Cause(kind, source or new_id(), NOON)


def citizen(session: Session, points: int = 0, name: str = "Mina") -> queries.CitizenAccount:
    person = make_person(session, name)
    account = queries.get_account(session, person.id)
    if points:
        service.earn(session, account, points, cause())
    return queries.get_account(session, person.id)


def person_of(session: Session, name: str = "Mina") -> uuid.UUID:
    from sqlalchemy import select

    from engage.accounts.models import Person

    return session.scalars(select(Person.id).where(Person.display_name == name)).one()


def test_pts_2_a_source_pays_once(session: Session) -> None:
    account = citizen(session)
    once = cause()
    service.earn(session, account, 50, once)
    again = queries.get_account(session, person_of(session))

    with pytest.raises(AlreadyPosted):
        service.earn(session, again, 50, once)


def test_pts_10_who_decided_on_caps_before_another_earning_decides_again(session: Session) -> None:
    account = citizen(session)
    service.earn(session, account, 50, cause())

    with pytest.raises(TryAgain):
        service.earn(session, account, 50, cause())


@pytest.mark.parametrize("points", [0, -5])
def test_pts_1_points_move_only_in_amounts_above_zero(session: Session, points: int) -> None:
    account = citizen(session, 10)

    with pytest.raises(ValueError, match="cannot move"):
        service.reserve(session, account.id, points, cause("redemption"))


def test_pts_3_nobody_spends_points_they_do_not_have(session: Session) -> None:
    account = citizen(session, 50)

    with pytest.raises(PointsShort) as refused:
        service.reserve(session, account.id, 60, cause("redemption"))

    assert refused.value.facts == {"missing_points": 10}


def test_pts_11_a_reversal_takes_what_is_left_and_notes_the_rest(session: Session) -> None:
    attended = new_id()
    account = citizen(session)
    service.earn(session, account, 50, cause(source=attended))
    bought = cause("redemption")
    service.reserve(session, account.id, 40, bought)
    mina = person_of(session)

    shortfall = service.reverse(
        session, mina, queries.list_earned(session, [attended]), cause(source=attended)
    )

    moved = [(m.kind, m.points) for m in queries.list_movements(session, mina)]
    assert shortfall == 40
    assert queries.balance_of(session, mina) == 0
    assert sorted(moved) == sorted(
        [("earn", 50), ("reserve", -40), ("write_off", 40), ("reverse", -50)]
    )
    assert queries.sum_of(session, SYSTEM_IDS[WRITTEN_OFF]) == -40


def test_pts_12_points_that_come_back_settle_the_shortfall_and_earnings_never_do(
    session: Session,
) -> None:
    attended = new_id()
    account = citizen(session)
    service.earn(session, account, 50, cause(source=attended))
    bought = cause("redemption")
    service.reserve(session, account.id, 40, bought)
    mina = person_of(session)
    earned = queries.list_earned(session, [attended])
    service.reverse(session, mina, earned, cause(source=attended))

    service.earn(session, queries.get_account(session, mina), 30, cause())
    after_earning = queries.balance_of(session, mina)
    service.release(session, account.id, 40, bought)
    session.flush()

    assert after_earning == 30
    assert queries.balance_of(session, mina) == 30
    assert queries.list_open_shortfalls(session, account.id) == []
    assert queries.sum_of(session, SYSTEM_IDS[WRITTEN_OFF]) == 0


def test_pts_7_a_reversed_earning_is_not_reversed_again(session: Session) -> None:
    attended = new_id()
    account = citizen(session)
    service.earn(session, account, 50, cause(source=attended))
    mina = person_of(session)
    service.reverse(session, mina, queries.list_earned(session, [attended]), cause())

    again = queries.list_earned(session, [attended])

    assert again == []
    assert queries.balance_of(session, mina) == 0


def test_red_1_reserved_points_lie_in_escrow_until_the_partner_has_them(session: Session) -> None:
    from engage.partners.models import Partner

    account = citizen(session, 50)
    partner = Partner(id=new_id(), slug="cafe", name="Café", applied_at=NOON)
    session.add(partner)
    session.flush()
    till = service.open_partner_account(session, partner.id)
    session.flush()
    bought = cause("redemption")

    left = service.reserve(session, account.id, 40, bought)
    held = queries.sum_of(session, SYSTEM_IDS[ESCROW])
    service.redeem(session, till, 40, bought)

    assert (left, held) == (10, 40)
    assert queries.sum_of(session, SYSTEM_IDS[ESCROW]) == 0
    assert queries.sum_of(session, till) == 40

    service.refund(session, till, account.id, 40, bought)

    assert queries.sum_of(session, till) == 0
    assert queries.balance_of(session, person_of(session)) == 50


def test_case_51_merging_moves_the_balance_by_one_transfer(session: Session) -> None:
    first = citizen(session, 50)
    second = citizen(session, 20, "Minna")

    moved = service.merge(session, second.id, first.id, cause("merge"))
    session.expire_all()

    assert moved == 20
    assert queries.balance_of(session, person_of(session)) == 70
    assert queries.balance_of(session, person_of(session, "Minna")) == 0


def test_case_46_an_erased_account_is_written_off(session: Session) -> None:
    account = citizen(session, 50)

    points = service.write_off(session, account.id, cause("erasure"))

    assert points == 50
    assert queries.balance_of(session, person_of(session)) == 0
    assert queries.sum_of(session, SYSTEM_IDS[WRITTEN_OFF]) == 50
