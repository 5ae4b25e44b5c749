"""The books are proven, and one tampered row is found and named (case 41)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text, update

from engage.attendance.checkin import CheckInRequest, DeviceCaller, check_in
from engage.attendance.models import Attendance
from engage.audit.verify import verify
from engage.rewards.callers import ByToken
from engage.rewards.models import Redemption
from engage.rewards.redeeming import redeem
from engage.storage.unit_of_work import run_work
from tests.attendance.door import code_of, make_citizen, make_door, nonce
from tests.clock import NOON
from tests.factories.devices import till
from tests.factories.partners import partner as make_partner
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.accounts.models import Person
    from engage.partners.models import Partner


def an_attendance(session: Session) -> None:
    door = make_door(session)
    mina = make_citizen(session, "Mina", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina))
    run_work(session, lambda s: check_in(s, DeviceCaller(door.token), request, now=NOON))


def without_guards(session: Session, statement: str) -> None:
    """Tamper as somebody with the database's own password could."""
    if session.get_bind().dialect.name == "sqlite":
        guards = session.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name, _ in guards:
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text(statement))
        for _, sql in guards:
            session.execute(text(sql))
    else:
        session.execute(text("ALTER TABLE transfers DISABLE TRIGGER USER"))
        session.execute(text(statement))
        for name in ("transfers_no_change", "transfers_no_truncate"):
            session.execute(text(f"ALTER TABLE transfers ENABLE ALWAYS TRIGGER {name}"))
    session.commit()


def test_case_41_books_that_are_right_hold(session: Session) -> None:
    an_attendance(session)

    assert verify(session) == []


@pytest.mark.parametrize(
    ("statement", "checks"),
    [
        ("UPDATE transfers SET amount = 1000", {"seals", "balances", "attendances"}),
        ("UPDATE accounts SET balance = 99 WHERE balance > 0", {"balances"}),
        ("DELETE FROM transfers", {"balances", "attendances"}),
        ("UPDATE attendances SET credited = credited + 1", {"attendances"}),
        ("UPDATE attendances SET annulled_at = received_at", {"attendances"}),
        ("DELETE FROM attendances", {"sources"}),
    ],
)
def test_case_41_one_tampered_row_fails_and_is_named(
    session: Session, statement: str, checks: set[str]
) -> None:
    an_attendance(session)
    without_guards(session, statement)

    found = verify(session)

    assert {finding.check for finding in found} == checks
    assert all(finding.row for finding in found)


def test_case_42_missing_guards_are_found(session: Session) -> None:
    an_attendance(session)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER transfers_no_delete"))
    else:
        session.execute(text("ALTER TABLE transfers DISABLE TRIGGER transfers_no_change"))
    session.commit()

    [finding] = verify(session)

    assert finding.check == "guards"


def test_case_41_points_on_a_stranger_s_account_are_found(
    session: Session, mina: Person, omar: Person, partner: Partner
) -> None:
    engaged(session, mina, 50)
    _, token = till(session, partner)
    _, code = reserved(session, mina, make_reward(session, partner))
    run_work(session, lambda s: redeem(s, ByToken(token), code, "once", now=NOON))
    before = verify(session)
    stranger = make_partner(session, "Other Bakery")
    session.execute(update(Attendance).values(person_id=omar.id))
    session.execute(update(Redemption).values(person_id=omar.id, partner_id=stranger.id))
    session.commit()

    found = [finding.check for finding in verify(session)]

    assert before == []
    assert found == ["parties"] * 3
