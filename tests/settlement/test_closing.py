"""A month is settled once, whole, and to the point; what comes later is of a later month."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from engage.audit.verify import verify
from engage.core.errors import EarlierMonthOpen, MonthNotOver, NothingToSettle, StatementClosed
from engage.ledger import queries as ledger
from engage.settlement import queries, service
from engage.settlement.models import Statement, StatementLine
from engage.settlement.service import Agreement
from engage.storage.engine import BERLIN
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.partners import partner as make_partner
from tests.factories.people import person
from tests.factories.rewards import engaged
from tests.factories.rewards import reward as make_reward
from tests.settlement.months import IN_APRIL, IN_MARCH, Counter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.accounts.models import Person
    from engage.partners.models import Partner
    from tests.application import Sessions

MARCH, APRIL, MAY = date(2030, 3, 1), date(2030, 4, 1), date(2030, 5, 1)


def close(session: Session, partner: Partner, month: date, *, days: int = 0) -> Statement:
    at = NOON + timedelta(days=days)
    made = run_work(session, lambda s: service.close_month(s, partner.id, month, by=None, now=at))
    session.refresh(made)
    return made


def agree(session: Session, partner: Partner, month: date, rate: int) -> None:
    agreed = Agreement(month, rate, None, NOON)
    run_work(session, lambda s: service.agree_rate(s, partner.id, agreed))


@pytest.fixture
def rich(session: Session) -> Person:
    return engaged(session, person(session, "Rich"), 5000)


@pytest.fixture
def counter(session: Session, partner: Partner) -> Counter:
    partner.cents_per_100_points = 45
    session.commit()
    return Counter(session, partner)


def test_set_1_a_closed_month_holds_what_was_redeemed_and_what_the_city_pays(
    session: Session, partner: Partner, counter: Counter, rich: Person
) -> None:
    bread = make_reward(session, partner, title="Bread", cost=40)
    coffee = make_reward(session, partner, title="Coffee", cost=25)
    for minutes in range(3):
        counter.give(rich, bread, IN_APRIL + timedelta(minutes=minutes))
    counter.give(rich, coffee, IN_APRIL)
    counter.give(rich, coffee, NOON)

    made = close(session, partner, APRIL)

    assert (made.points, made.count, made.undone) == (145, 4, 0)
    assert made.cents == 65  # 65.25
    month = queries.get_month(session, partner, APRIL, BERLIN)
    assert [(row.title, row.count, row.points, row.cents) for row in month.rows] == [
        ("Bread", 3, 120, 54),
        ("Coffee", 1, 25, 11),
    ]
    assert sum(row.cents for row in month.rows) == made.cents
    assert verify(session) == []


def test_case_37_an_undo_within_the_month_shows_both_lines(
    session: Session, partner: Partner, counter: Counter, rich: Person
) -> None:
    bread = make_reward(session, partner, title="Bread", cost=40)
    counter.give(rich, bread, IN_APRIL)
    wrong = counter.give(rich, bread, IN_APRIL)
    counter.undo(wrong, IN_APRIL + timedelta(minutes=5))

    made = close(session, partner, APRIL)

    assert (made.points, made.count, made.undone, made.cents) == (40, 2, 1, 18)
    [row] = queries.get_month(session, partner, APRIL, BERLIN).rows
    assert (row.given_points, row.undone_points) == (80, 40)
    assert verify(session) == []


def test_set_4_an_undo_after_the_closing_is_a_line_of_a_later_month_at_the_old_rate(
    session: Session, partner: Partner, counter: Counter, rich: Person
) -> None:
    bread = make_reward(session, partner, title="Bread", cost=40)
    last_minute = NOON.replace(day=30, month=4, hour=21, minute=55)  # 23:55 in Dortmund
    wrong = counter.give(rich, bread, last_minute)
    close(session, partner, APRIL)
    agree(session, partner, MAY, 60)
    counter.undo(wrong, last_minute + timedelta(minutes=10))
    counter.give(rich, bread, NOON)

    made = close(session, partner, MAY, days=40)

    april = queries.get_statement(session, partner.id, APRIL)
    assert (april.points, april.cents) == (40, 18)
    assert (made.points, made.count, made.undone) == (0, 1, 1)
    assert made.cents == 24 - 18
    month = queries.get_month(session, partner, MAY, BERLIN)
    [correction] = month.corrections
    assert (correction.points, correction.cents) == (-40, -18)
    assert verify(session) == []


def test_set_1_closing_too_early_twice_out_of_order_or_for_nothing_is_refused(
    session: Session, partner: Partner, counter: Counter, rich: Person
) -> None:
    bread = make_reward(session, partner)
    for at in (IN_MARCH, IN_APRIL, NOON):
        counter.give(rich, bread, at)

    with pytest.raises(MonthNotOver):
        close(session, partner, MAY)
    with pytest.raises(EarlierMonthOpen):
        close(session, partner, APRIL)
    close(session, partner, MARCH)
    with pytest.raises(StatementClosed):
        close(session, partner, MARCH)
    close(session, partner, APRIL)
    close(session, partner, MAY, days=40)
    with pytest.raises(NothingToSettle):
        close(session, partner, date(2030, 6, 1), days=65)
    assert verify(session) == []


def test_set_2_two_who_close_at_once_settle_each_transfer_once(
    session: Session, sessions: Sessions, partner: Partner, counter: Counter, rich: Person
) -> None:
    bread = make_reward(session, partner)
    for minutes in range(10):
        counter.give(rich, bread, IN_APRIL + timedelta(minutes=minutes))
    partner_id = partner.id

    def closing(_: int) -> str:
        with sessions() as own:
            try:
                run_work(
                    own,
                    lambda s: service.close_month(s, partner_id, APRIL, by=None, now=NOON),
                )
            except StatementClosed:
                return "closed already"
            return "closed"

    with ThreadPoolExecutor(4) as hands:
        answers = sorted(hands.map(closing, range(4)))

    session.rollback()
    assert answers == ["closed", *["closed already"] * 3]
    assert session.scalar(select(func.count()).select_from(StatementLine)) == 10
    assert verify(session) == []


def test_set_3_the_rate_of_a_month_is_frozen_with_it(
    session: Session, partner: Partner, counter: Counter, rich: Person
) -> None:
    bread = make_reward(session, partner, title="Bread", cost=100)
    counter.give(rich, bread, IN_MARCH)
    counter.give(rich, bread, IN_APRIL)
    agree(session, partner, APRIL, 60)
    march, april = close(session, partner, MARCH), close(session, partner, APRIL)

    with pytest.raises(StatementClosed):
        agree(session, partner, APRIL, 90)
    agree(session, partner, MAY, 90)
    partner.cents_per_100_points = 1
    bread.title = "Something else"
    session.commit()

    assert (march.cents, april.cents) == (45, 60)
    month = queries.get_month(session, partner, MARCH, BERLIN)
    assert (month.rate, month.cents, month.rows[0].title) == (45, 45, "Bread")


def test_set_2_the_sum_of_all_months_is_what_the_ledger_says(
    session: Session, partner: Partner, counter: Counter, rich: Person
) -> None:
    other = make_partner(session, "Other Bakery")
    bread, cake = make_reward(session, partner), make_reward(session, other, cost=55)
    elsewhere = Counter(session, other)
    for at in (IN_MARCH, IN_APRIL, NOON):
        wrong = counter.give(rich, bread, at)
        counter.undo(wrong, at + timedelta(minutes=1))
        counter.give(rich, bread, at)
        elsewhere.give(rich, cake, at)

    still = queries.list_open(session, NOON, BERLIN)
    for one in queries.list_due(session, NOON, BERLIN):
        close(session, session.get_one(type(partner), one.partner_id), one.month)

    for body in (partner, other):
        account = ledger.partner_account_id(session, body.id)
        closed = sum(one.points for one in queries.list_statements(session, body.id))
        rest = sum(one.points for one in queries.list_open(session, NOON, BERLIN, body.id))
        assert closed + rest == ledger.sum_of(session, account)
        assert closed == 2 * (40 if body is partner else 55)
    assert [one.month for one in still] == [MARCH, MARCH, APRIL, APRIL, MAY, MAY]
    assert verify(session) == []


@pytest.mark.parametrize(
    ("tampering", "what"),
    [
        ("UPDATE statements SET points = points + 1", "points"),
        ("UPDATE statements SET cents = cents - 1", "cents"),
        ("UPDATE statements SET count = count + 1", "count"),
        ("UPDATE statements SET undone = 5", "undone"),
        ("UPDATE statement_lines SET points = 41 WHERE points = 40", "points"),
        ("UPDATE statement_lines SET rate = 99", "cents"),
        ("DELETE FROM statement_lines", "no statement holds it"),
        ("UPDATE statements SET month = '2030-03-01'", "later month"),
    ],
)
def test_case_41_a_tampered_statement_is_found_and_named(
    session: Session,
    partner: Partner,
    counter: Counter,
    rich: Person,
    tampering: str,
    what: str,
) -> None:
    counter.give(rich, make_reward(session, partner), IN_APRIL)
    close(session, partner, APRIL)
    assert verify(session) == []
    session.execute(text(tampering))
    session.commit()

    found = verify(session)

    assert {one.check for one in found} == {"statements"}
    assert any(what in one.what for one in found), found
    assert all(one.row for one in found)


def test_case_41_a_statement_of_another_partner_is_found(
    session: Session, partner: Partner, counter: Counter, rich: Person
) -> None:
    other = make_partner(session, "Other Bakery")
    counter.give(rich, make_reward(session, partner), IN_APRIL)
    made = close(session, partner, APRIL)
    made.partner_id = other.id
    session.commit()

    found = verify(session)

    assert "it differs from its transfer" in {one.what for one in found}
