"""What the office and a partner see of a month: sums, papers, and nobody behind them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engage.accounts.models import Person
from engage.acts.models import OfficeAct
from engage.partners.models import PartnerMember
from engage.settlement.models import Statement
from engage.web.language import COOKIE
from tests.clock import NOON
from tests.factories.people import person
from tests.factories.rewards import engaged
from tests.factories.rewards import reward as make_reward
from tests.papers import read_paper
from tests.settlement.months import IN_APRIL, Counter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.partners.models import Partner
    from tests.application import Browser
    from tests.pages import CheckingClient

#: Somebody whose name would be found anywhere.
NAME = "Quirinius Zwackelmann"


@pytest.fixture
def given(session: Session, partner: Partner) -> Counter:
    """April: three loaves, one of them taken back, and a coffee with a dangerous name."""
    partner.cents_per_100_points = 45
    rich = engaged(session, person(session, NAME), 5000)
    bread = make_reward(session, partner, title="Bread", cost=40)
    coffee = make_reward(session, partner, title="=1+1 Coffee", cost=25)
    welcome = make_reward(session, partner, title="Cookie", cost=0, kind="welcome")
    counter = Counter(session, partner)
    for minutes in range(3):
        last = counter.give(rich, bread, IN_APRIL + timedelta(minutes=minutes))
    counter.undo(last, IN_APRIL + timedelta(minutes=9))
    counter.give(rich, coffee, IN_APRIL)
    counter.give(rich, welcome, IN_APRIL)
    counter.give(rich, coffee, NOON)
    return counter


@pytest.fixture
def pia(session: Session, partner: Partner) -> Person:
    """Manages the partner."""
    made = person(session, "Pia")
    session.add(
        PartnerMember(partner_id=partner.id, person_id=made.id, role="manager", joined_at=NOON)
    )
    session.commit()
    return made


@pytest.fixture
def desk(client: Browser, ada: Person) -> CheckingClient:
    return client(ada)


def test_set_1_the_office_closes_what_is_due_and_notes_the_payment(
    desk: CheckingClient, session: Session, partner: Partner, given: Counter
) -> None:
    month = f"/office/settlement/{partner.id}/2030-04"
    before = desk.get("/office/settlement").text
    preview = desk.get(month).text

    desk.post("/office/settlement/close")
    desk.post(f"{month}/paid", note="Transferred on 6 May")

    after, page = desk.get("/office/settlement?month=2030-04").text, desk.get(month).text
    session.rollback()
    [made] = session.scalars(select(Statement)).all()
    assert "1 month can be closed" in before
    assert "Close the month" in preview
    assert "No month waits" in after
    assert "Paid" in after
    assert "Transferred on 6 May" in page
    assert "Close the month" not in page
    assert (made.points, made.cents, made.count, made.undone) == (105, 47, 4, 1)
    desk.post(f"{month}/paid", unpaid="1", note="")
    session.rollback()  # look again
    session.refresh(made)
    assert made.paid_at is None
    for record in (desk.get("/office/acts").text, desk.get(f"/office/partners/{partner.id}").text):
        for act in ("Month closed", "Month noted as paid", "Month noted as not paid"):
            assert act in record
        assert "April 2030" in record
        assert "Transferred on 6 May" in record


def test_each_month_that_is_closed_is_in_the_record_with_its_sums(
    desk: CheckingClient, session: Session, partner: Partner, given: Counter, ada: Person
) -> None:
    desk.post(f"/office/settlement/{partner.id}/2030-04/close")
    desk.post(f"/office/settlement/{partner.id}/2030-04/close", status=409)

    session.rollback()
    [act] = session.scalars(select(OfficeAct)).all()
    assert (act.act, act.subject_id, act.actor_id) == ("month_closed", partner.id, ada.id)
    assert act.facts == {"month": "2030-04-01", "points": 105, "cents": 47}


def test_set_1_a_month_that_runs_cannot_be_closed_and_the_page_says_why(
    desk: CheckingClient, partner: Partner, given: Counter
) -> None:
    page = desk.get(f"/office/settlement/{partner.id}/2030-05").text

    refused = desk.post(f"/office/settlement/{partner.id}/2030-05/close", status=409)

    assert "Close the month" not in page
    assert "This month can be closed from" in refused.text


def test_a_note_that_is_too_long_is_not_lost(
    desk: CheckingClient, partner: Partner, given: Counter
) -> None:
    desk.post("/office/settlement/close")
    address = f"/office/settlement/{partner.id}/2030-04/paid"

    answer = desk.post(address, status=422, note="so " * 200)

    assert "so so so" in answer.text


@pytest.mark.parametrize("month", ["2030-13", "nonsense", "9999-12", "0001-01"])
def test_a_month_that_is_none_is_not_found(
    desk: CheckingClient, partner: Partner, month: str
) -> None:
    desk.get(f"/office/settlement/{partner.id}/{month}", status=404)
    desk.get(f"/office/settlement?month={month}", status=404)


def test_a_partner_s_manager_reads_the_month_before_and_after_it_is_closed(
    client: Browser, desk: CheckingClient, partner: Partner, given: Counter, pia: Person
) -> None:
    browser = client(pia)
    here = f"/partner/{partner.slug}/statements"
    before, preview = browser.get(here).text, browser.get(f"{here}/2030-04").text

    desk.post("/office/settlement/close")

    after, closed = browser.get(here).text, browser.get(f"{here}/2030-04").text
    assert "not closed yet" in before
    assert "still open" in preview
    assert "not closed yet" not in after
    assert "Cookie (1)" in closed
    for page in (preview, closed):
        assert "€0.47" in page


def test_who_only_serves_at_the_till_reads_no_statement(
    client: Browser, partner: Partner, vera: Person
) -> None:
    client(vera).get(f"/partner/{partner.slug}/statements", status=403)


def test_the_table_of_a_month_adds_up_and_holds_no_formula(
    desk: CheckingClient, partner: Partner, given: Counter
) -> None:
    reply = desk.get(f"/office/settlement/{partner.id}/2030-04.csv")

    table = list(csv.reader(io.StringIO(reply.text.lstrip("\ufeff")), delimiter=";"))
    heads, lines, total = table[0], table[1:-1], table[-1]
    points = heads.index("Points")
    assert sum(int(line[points]) for line in lines) == int(total[points]) == 105
    assert len(lines) == 5
    assert {line[heads.index("Reward")] for line in lines} == {"Bread", "'=1+1 Coffee"}
    assert total[heads.index("Euros, not rounded")] == "0,47"


def test_the_table_of_all_partners_is_for_the_treasury(
    desk: CheckingClient, partner: Partner, given: Counter
) -> None:
    table = desk.get("/office/settlement/month.csv?month=2030-04").text

    assert f"{partner.name};Due;4;1;105;0,47" in table


@pytest.mark.parametrize(
    ("language", "heading", "amount"),
    [("de", "Abrechnung April 2030", "0,47 €"), ("en", "Statement April 2030", "€0.47")],
)
def test_a_statement_is_a_tagged_pdf_in_both_languages(
    desk: CheckingClient,
    partner: Partner,
    given: Counter,
    language: str,
    heading: str,
    amount: str,
) -> None:
    desk.post("/office/settlement/close")
    desk.plain.set_cookie(COOKIE, language)

    paper = read_paper(desk.get(f"/office/settlement/{partner.id}/2030-04.pdf").data)

    assert paper.says_ua
    assert paper.language == language
    assert heading in paper.title
    assert {"H1", "H2", "Table", "TH", "TD"} <= set(paper.tags)
    assert heading in paper.text
    assert amount in paper.text.replace("\u00a0", " ")
    assert "Cookie" in paper.text


def test_set_5_no_page_and_no_paper_of_a_partner_names_or_numbers_a_citizen(
    client: Browser,
    desk: CheckingClient,
    session: Session,
    partner: Partner,
    given: Counter,
    pia: Person,
) -> None:
    desk.post("/office/settlement/close")
    rich = session.scalars(select(Person).where(Person.display_name == NAME)).one()
    browser, here = client(pia), f"/partner/{partner.slug}/statements"
    read = [
        browser.get(f"{here}{rest}").text
        for rest in ("", "/2030-04", "/2030-05", "/2030-04.csv", "/2030-05.csv")
    ]
    read.append(read_paper(browser.get(f"{here}/2030-04.pdf").data).text)
    read.append(desk.get(f"/office/settlement/{partner.id}/2030-04").text)

    told = (NAME, "Zwackelmann", str(rich.id), rich.id.hex, str(rich.email))
    assert [word for word in told for page in read if word in page] == []
