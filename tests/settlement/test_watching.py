"""Budgets, the value guard, the liability, signs and causes: right counts, and no names."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from engage.acts.service import By
from engage.core.outlook import BudgetState, Sign
from engage.ledger import expiry
from engage.ledger import queries as ledger
from engage.mail.models import Letter
from engage.partners.models import Branch, Partner, PartnerMember
from engage.rewards import service as rewards
from engage.rewards.models import Redemption
from engage.settlement import causes, liability, service, watching
from engage.settlement.causes import Described
from engage.settlement.tasks import warn_of_budgets
from engage.storage.base import new_id
from engage.storage.engine import BERLIN
from engage.storage.unit_of_work import run_work
from engage.web.language import COOKIE
from tests.clock import NOON
from tests.factories.people import person
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward
from tests.papers import read_paper
from tests.settlement.months import IN_APRIL, Counter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.accounts.models import Person
    from tests.application import Browser

NAME = "Quirinius Zwackelmann"


@pytest.fixture
def rich(session: Session) -> Person:
    return engaged(session, person(session, NAME), 5000)


@pytest.fixture
def managed(session: Session, partner: Partner) -> Partner:
    """A partner with a manager who gets mail."""
    pia = person(session, "Pia")
    session.add(
        PartnerMember(partner_id=partner.id, person_id=pia.id, role="manager", joined_at=NOON)
    )
    session.commit()
    return partner


def budget_of(session: Session, partner: Partner) -> watching.PartnerBudget:
    [one] = watching.list_budgets(session, NOON, BERLIN, partner.id)
    return one


def test_set_6_a_budget_counts_what_is_redeemed_and_what_is_reserved(
    session: Session, partner: Partner, rich: Person
) -> None:
    partner.budget_points = 100
    session.commit()
    counter, bread = Counter(session, partner), make_reward(session, partner, cost=40)
    counter.give(rich, bread, NOON)
    counter.undo(counter.give(rich, bread, NOON), NOON + timedelta(minutes=1))
    reserved(session, rich, bread)

    one = budget_of(session, partner)

    assert (one.redeemed, one.reserved, one.left) == (40, 40, 20)
    assert one.state is BudgetState.NEAR
    cake = make_reward(session, partner, cost=21).id
    refused = run_work(session, lambda s: rewards.reserve(s, rich.id, cake, new_id(), now=NOON))
    assert refused.code == "partner_budget"


def test_set_6_office_and_partner_are_told_once_and_again_for_another_budget(
    session: Session, managed: Partner, rich: Person, ada: Person
) -> None:
    managed.budget_points = 100
    session.commit()
    Counter(session, managed).give(rich, make_reward(session, managed, cost=80), NOON)

    told = [warn_of_budgets(session, NOON) for _ in range(2)]
    managed.budget_points = 99
    session.commit()
    told.append(warn_of_budgets(session, NOON))

    assert told == [1, 0, 1]
    letters = session.scalars(select(Letter).where(Letter.template == "partner_budget")).all()
    assert sorted(str(one.to_address) for one in letters) == sorted(
        ["ada@example.org", "pia@example.org"] * 2
    )
    assert all(NAME not in str(one.facts) for one in letters)


def test_set_6_nobody_is_told_before_80_percent(
    session: Session, managed: Partner, rich: Person
) -> None:
    managed.budget_points = 101
    session.commit()
    Counter(session, managed).give(rich, make_reward(session, managed, cost=80), NOON)

    assert warn_of_budgets(session, NOON) == 0


def test_red_9_the_office_counts_people_near_the_limit_and_at_it(
    session: Session, partner: Partner
) -> None:
    for number, cents in enumerate((1_000, 19_199, 19_200, 24_000)):
        who = engaged(session, person(session, f"Citizen{number}"), 500)
        reserved(session, who, make_reward(session, partner, face_value_cents=cents))
        gone, _ = reserved(session, who, make_reward(session, partner, face_value_cents=0))
        run_work(
            session, partial(rewards.cancel, redemption_id=gone.id, person_id=who.id, now=NOON)
        )

    guard = watching.get_value_guard(session, NOON, BERLIN, NOON.year)
    before = watching.get_value_guard(session, NOON, BERLIN, NOON.year - 1)

    assert (guard.people, guard.near, guard.full) == (4, 1, 1)
    assert guard.bands == (1, 0, 0, 1, 1, 1)
    assert guard.cents == 63_399
    assert before.people == 0


def test_set_7_the_liability_is_what_people_hold_and_what_they_reserved(
    session: Session, partner: Partner, rich: Person
) -> None:
    partner.cents_per_100_points = 50
    session.commit()
    counter = Counter(session, partner)
    bread = make_reward(session, partner, cost=40, stock=10)
    make_reward(session, partner, cost=5)
    make_reward(session, partner, cost=100, stock=7, status="paused")
    counter.give(rich, bread, IN_APRIL)
    reserved(session, rich, bread)
    april = IN_APRIL.date().replace(day=1)
    run_work(session, lambda s: service.close_month(s, partner.id, april, by=None, now=NOON))

    owed = liability.get_liability(session, NOON, BERLIN)

    assert (owed.balances, owed.escrow, owed.outstanding) == (4920, 40, 4960)
    assert owed.escrow == ledger.sum_of(session, ledger.named_account_id(session, "escrow"))
    assert (owed.in_stock, owed.unlimited) == (8 * 40, 1)
    assert owed.cents == 2480
    assert owed.flows[-2][1].redeemed == 40
    assert sum(points for _, points in owed.expiring) == owed.balances


def test_set_7_what_expires_when_agrees_with_each_person_s_own_dates(
    session: Session, partner: Partner, rich: Person
) -> None:
    counter, bread = Counter(session, partner), make_reward(session, partner, cost=40)
    for _ in range(3):
        counter.give(rich, bread, NOON)
    account = ledger.get_account(session, rich.id).id
    starts = [NOON - timedelta(days=800), NOON - timedelta(days=1), NOON + timedelta(days=1)]

    sums = expiry.sum_by_age(session, starts)

    held = sum(one.points for one in expiry.list_expiring(session, rich.id, BERLIN, 24))
    assert sums == [0, held, 0]
    assert held == ledger.get_account(session, rich.id).balance == 4880
    assert expiry.list_aged(session, account)


def test_set_8_signs_need_five_people_and_name_nobody(
    client: Browser, session: Session, partner: Partner, ada: Person
) -> None:
    branch = session.scalars(select(Branch).where(Branch.partner_id == partner.id)).one()
    branch.hours = "Mo-Fr 09:00-12:00"  # NOON is a Saturday
    session.commit()
    bread, counter = make_reward(session, partner), Counter(session, partner)
    for number in range(5):
        who = engaged(session, person(session, f"{NAME}{number}"), 500)
        counter.give(who, bread, NOON)
        few = watching.list_signs(session, NOON, BERLIN)
        session.rollback()
        if number == 3:
            assert (few.partners, few.small, few.small_redemptions) == ([], 1, 4)
    session.execute(update(Redemption).values(branch_id=branch.id))
    session.commit()

    [one] = watching.list_signs(session, NOON, BERLIN).partners

    assert one.signs == (Sign.OUTSIDE_HOURS,)
    assert (one.seen.people, one.seen.outside_hours, one.seen.with_hours) == (5, 5, 5)
    page = client(ada).get("/office/settlement/signs").text
    assert "Outside opening hours" in page
    assert NAME not in page


def test_a_cause_gets_what_is_given_and_has_its_own_paper(
    client: Browser, session: Session, partner: Partner, rich: Person, ada: Person
) -> None:
    browser = client(ada)
    browser.post("/office/settlement/causes", status=422, name="", rate="-1")
    browser.post("/office/settlement/causes", name="Trees for all", words="Trees", rate="500")
    browser.post("/office/settlement/causes", status=409, name="Trees for all", rate="1")
    tree = make_reward(session, partner, kind="good_cause", good_cause="trees-for-all", cost=30)
    counter = Counter(session, partner)
    counter.give(rich, tree, IN_APRIL)
    counter.give(rich, tree, NOON)
    counter.undo(counter.give(rich, tree, NOON), NOON + timedelta(minutes=1))

    session.rollback()
    [cause] = causes.list_causes(session)
    given = causes.list_given(session, cause.slug, NOON, BERLIN)
    paper = read_paper(browser.get("/office/settlement/causes/trees-for-all.pdf").data)

    assert (cause.name, cause.points, cause.cents) == ("Trees for all", 60, 300)
    assert [(one.month.month, one.count, one.points) for one in given] == [(5, 1, 30), (4, 1, 30)]
    assert cause.points == ledger.sum_of(
        session, ledger.named_account_id(session, "good_cause:trees-for-all")
    )
    assert "2030-05;1;30;1,50" in browser.get("/office/settlement/causes/trees-for-all.csv").text
    assert paper.says_ua
    assert "Trees for all" in paper.text
    for text in (paper.text, browser.get("/office/settlement/causes/trees-for-all").text):
        assert NAME not in text


@pytest.mark.parametrize(
    ("language", "heading"), [("de", "Gegebene Punkte"), ("en", "Given points")]
)
def test_the_paper_of_a_cause_is_a_tagged_pdf_in_both_languages(
    client: Browser, session: Session, ada: Person, language: str, heading: str
) -> None:
    said = Described("Trees", "", 100)
    run_work(session, lambda s: causes.describe(s, "trees", said, By(ada.id, NOON)))
    browser = client(ada)
    browser.plain.set_cookie(COOKIE, language)

    paper = read_paper(browser.get("/office/settlement/causes/trees.pdf").data)

    assert paper.says_ua
    assert (paper.language, paper.title, paper.pages) == (language, f"{heading} – Trees", 1)
    assert {"H1", "H2", "Table", "TH", "TD"} <= set(paper.tags)


def test_a_cause_can_end_and_be_described_anew(
    client: Browser, session: Session, ada: Person
) -> None:
    said = Described("Trees", "", 100)
    run_work(session, lambda s: causes.describe(s, "trees", said, By(ada.id, NOON)))
    browser = client(ada)

    browser.post("/office/settlement/causes/trees", name="More trees", words="", rate="200")
    browser.get("/office/settlement/causes/none", status=404)

    session.rollback()
    [cause] = causes.list_causes(session)
    assert (cause.name, cause.rate, cause.ended_at) == ("More trees", 200, NOON)
    record = browser.get("/office/acts").text
    assert "Good cause added</b> · Trees" in record
    assert "Good cause changed</b> · More trees" in record


def test_the_office_agrees_terms_and_it_is_written_down(
    client: Browser, session: Session, partner: Partner, rich: Person, ada: Person
) -> None:
    browser, here = client(ada), f"/office/partners/{partner.id}/terms"
    browser.get(here)
    browser.post(here, status=422, rate="x", month="2030-05", reason="")
    browser.post(here, status=422, rate="600", month="2020-01", reason="A new contract")

    browser.post(here, rate="600", month="2030-05", budget="1000", reason="A new contract")

    session.rollback()
    session.refresh(partner)
    assert partner.budget_points == 1000
    assert "A new contract" in browser.get(f"/office/partners/{partner.id}").text
    Counter(session, partner).give(rich, make_reward(session, partner, cost=100), NOON)
    assert "€6.00" in browser.get(f"/office/settlement/{partner.id}/2030-05").text


@pytest.mark.parametrize("page", ["budgets", "value", "liability", "signs", "causes"])
def test_every_page_of_the_money_opens_in_an_empty_city_and_names_nobody(
    client: Browser, session: Session, partner: Partner, rich: Person, ada: Person, page: str
) -> None:
    browser = client(ada)
    browser.get(f"/office/settlement/{page}")
    counter = Counter(session, partner)
    counter.give(rich, make_reward(session, partner, stock=3), IN_APRIL)

    text = browser.get(f"/office/settlement/{page}").text

    assert NAME not in text
    assert str(rich.id) not in text


def test_the_liability_as_a_table_says_what_the_page_says(
    client: Browser, session: Session, partner: Partner, rich: Person, ada: Person
) -> None:
    make_reward(session, partner, title="=Bread", cost=40, stock=3)

    table = client(ada).get("/office/settlement/liability.csv").text

    assert "Points of citizens;;5000" in table
    assert f"{partner.name}: =Bread;120" in table


def test_the_desk_says_what_waits_for_the_month_end(
    client: Browser, session: Session, partner: Partner, rich: Person, ada: Person
) -> None:
    partner.budget_points = 40
    session.commit()
    Counter(session, partner).give(rich, make_reward(session, partner), IN_APRIL)

    page = client(ada).get("/office").text

    assert "Close months of partners" in page
    assert "Budgets of partners that run out" in page


def test_a_value_year_that_is_none_is_not_found(client: Browser, ada: Person) -> None:
    for year in ("nonsense", "1999", "99999"):
        client(ada).get(f"/office/settlement/value?year={year}", status=404)
