"""Points that a reversal needs come out of open reservations, old debts first (PTS-11, PTS-12)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.audit.verify import verify
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.partners.models import Partner
from engage.rewards import service as rewards
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward


def reverse(session: Session, person: Person, points: int) -> int:
    """Take back what the person's newest attendance gave; returns the shortfall."""
    account = ledger_queries.get_account(session, person.id).id
    newest = next(
        one for one in ledger_queries.list_all_movements(session, account)[::-1] if one.points > 0
    )
    earned = ledger_queries.list_earned(session, [newest.source_id])
    rewards.free_points(session, person.id, points, now=NOON)
    cause = ledger.Cause("annulment", new_id(), NOON)
    return ledger.reverse(session, person.id, earned, cause)


def adjusted(session: Session, person: Person, points: int) -> None:
    account = ledger_queries.get_account(session, person.id).id
    ledger.adjust(session, account, points, ledger.Cause("adjustment", new_id(), NOON))
    session.commit()


def test_pts_11_reservations_are_cancelled_until_the_points_are_there_and_old_debts_paid(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 30)
    adjusted(session, mina, -30)
    first = run_work(session, lambda s: reverse(s, mina, 30))
    adjusted(session, mina, 50)
    for _ in range(2):
        reserved(session, mina, make_reward(session, partner, cost=25))

    freed = run_work(session, lambda s: rewards.free_points(s, mina.id, 15, now=NOON))

    assert (first, freed) == (30, 50)
    assert ledger_queries.balance_of(session, mina.id) == 20
    account = ledger_queries.get_account(session, mina.id).id
    assert ledger_queries.list_open_shortfalls(session, account) == []
    session.rollback()
    assert [one.check for one in verify(session)] == ["attendances"]  # reversed without annulling
