"""The yearly statement counts what the value guard counts, and is a page that anybody can read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engage.accounts.models import DataRead
from engage.rewards import service as rewards
from engage.rewards.service import ByToken
from engage.rewards.yearly import list_years, yearly_statement
from engage.storage.unit_of_work import run_work
from engage.web.language import COOKIE
from tests.clock import NOON
from tests.factories.devices import till
from tests.factories.people import person
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward
from tests.papers import read_paper

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.accounts.models import Person
    from engage.partners.models import Partner
    from tests.application import Browser

YEAR = NOON.year


@pytest.fixture
def yearly_of_mina(session: Session, mina: Person, partner: Partner) -> str:
    """The address of her statement."""
    a_year_of(session, mina, partner)
    return f"/office/people/{mina.id}/rewards/{YEAR}.pdf"


def a_year_of(session: Session, mina: Person, partner: Partner) -> None:
    """Two rewards redeemed and one taken back, one reserved, one given back."""
    _, token = till(session, partner)
    engaged(session, mina, 500)
    kinds = [make_reward(session, partner, title=f"Loaf {n}", stock=9) for n in range(5)]
    vouchers = [reserved(session, mina, kinds[0])]
    run_work(session, lambda s: rewards.redeem(s, ByToken(token), vouchers[0][1], "a", now=NOON))
    vouchers.append(reserved(session, mina, kinds[1]))
    run_work(session, lambda s: rewards.redeem(s, ByToken(token), vouchers[1][1], "b", now=NOON))
    vouchers.append(reserved(session, mina, kinds[2]))
    code, taken_back = vouchers[2][1], vouchers[2][0].id
    run_work(session, lambda s: rewards.redeem(s, ByToken(token), code, "c", now=NOON))
    run_work(session, lambda s: rewards.undo(s, ByToken(token), taken_back, "Wrong", "d", now=NOON))
    vouchers.append(reserved(session, mina, kinds[3]))
    vouchers.append(reserved(session, mina, kinds[4]))
    given_back = vouchers[4][0].id
    run_work(session, lambda s: rewards.cancel(s, given_back, mina.id, now=NOON))


def test_red_9_the_yearly_statement_counts_what_the_guard_counts(
    session: Session, mina: Person, omar: Person, partner: Partner
) -> None:
    a_year_of(session, mina, partner)

    yearly = yearly_statement(session, mina.id, YEAR, now=NOON)

    assert [line.reward for line in yearly.lines] == ["Loaf 0", "Loaf 1", "Loaf 3"]
    assert [line.redeemed_at is None for line in yearly.lines] == [False, False, True]
    assert yearly.cents == 600
    assert yearly.left_cents == yearly.cap_cents - 600
    assert list_years(session, mina.id) == [YEAR]
    for who, year in ((mina, YEAR - 1), (mina, YEAR + 1), (omar, YEAR)):
        assert yearly_statement(session, who.id, year, now=NOON).lines == []


def test_red_9_a_reward_of_new_year_s_eve_belongs_to_the_city_s_year(
    session: Session, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 500)
    midnight = NOON.replace(month=12, day=31, hour=23, minute=0)  # in Dortmund the new year begins
    for moment in (midnight - timedelta(seconds=1), midnight):
        reserved(session, mina, make_reward(session, partner), now=moment)

    both = [yearly_statement(session, mina.id, year, now=midnight) for year in (YEAR, YEAR + 1)]

    assert [len(one.lines) for one in both] == [1, 1]


@pytest.mark.parametrize(
    ("language", "heading", "sum_line", "points"),
    [
        ("de", "Prämien des Jahres", "Zusammen", "Punkte"),
        ("en", "Rewards of the year", "Together", "Points"),
    ],
)
def test_the_yearly_statement_is_a_tagged_pdf_in_both_languages(  # noqa: PLR0913  # the words
    client: Browser,
    yearly_of_mina: str,
    ada: Person,
    language: str,
    heading: str,
    sum_line: str,
    points: str,
) -> None:
    browser = client(ada)
    browser.plain.set_cookie(COOKIE, language)
    browser.post(yearly_of_mina.partition("/rewards")[0] + "/open")

    paper = read_paper(browser.get(yearly_of_mina).data)

    assert paper.says_ua
    assert paper.language == language
    assert heading in paper.title
    assert {"H1", "H2", "Table", "TH", "TD"} <= set(paper.tags)
    assert heading in paper.text
    assert sum_line in paper.text
    assert "Loaf 0" in paper.text
    assert "Loaf 2" not in paper.text
    assert paper.text.count(points) == 1  # that they are not money; none beside a value


def test_who_loads_the_yearly_statement_opened_the_file_and_is_written_down(
    client: Browser, session: Session, yearly_of_mina: str, mina: Person, ada: Person
) -> None:
    browser = client(ada)

    closed = browser.get(yearly_of_mina, status=303)
    browser.post(f"/office/people/{mina.id}/open")
    browser.get(yearly_of_mina)

    assert closed.headers["Location"].endswith(str(mina.id))
    session.rollback()
    reads = session.scalars(select(DataRead.what).where(DataRead.person_id == mina.id)).all()
    assert sorted(reads) == ["file", "yearly_rewards"]


def test_the_office_sees_how_near_a_person_is_to_the_limit(
    client: Browser, session: Session, ada: Person, partner: Partner
) -> None:
    mina = engaged(session, person(session, "Mina"), 500)
    reserved(session, mina, make_reward(session, partner, face_value_cents=19_200))
    browser = client(ada)
    browser.post(f"/office/people/{mina.id}/open")

    page = browser.get(f"/office/people/{mina.id}").text

    assert "192" in page
    assert "Nearly reached" in page
