"""A disputed redemption is decided once; a closed month keeps what it says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engage.acts.models import OfficeAct
from engage.audit.verify import verify
from engage.ledger import queries as ledger
from engage.mail.models import Letter
from engage.rewards import service as rewards
from engage.rewards.models import Redemption
from engage.settlement import queries, service
from engage.storage.engine import BERLIN
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.rewards import engaged
from tests.factories.rewards import reward as make_reward
from tests.settlement.months import Counter

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from engage.accounts.models import Person
    from engage.partners.models import Partner
    from engage.rewards.models import Reward
    from tests.application import Browser

APRIL, MAY = date(2030, 4, 1), date(2030, 5, 1)


@pytest.fixture
def bread(session: Session, partner: Partner) -> Reward:
    partner.cents_per_100_points = 50
    return make_reward(session, partner, title="Bread", cost=40, stock=9)


@pytest.fixture
def disputed(session: Session, partner: Partner, bread: Reward, mina: Person) -> UUID:
    """Mina's card was used in April; April is closed, and she says that it was not her."""
    engaged(session, mina, 100)
    used = NOON - timedelta(days=8)
    redemption_id = Counter(session, partner).give(mina, bread, used)
    redemption = session.get_one(Redemption, redemption_id)
    redemption.way = "card"
    session.commit()
    run_work(session, lambda s: service.close_month(s, partner.id, APRIL, by=None, now=NOON))
    run_work(session, lambda s: rewards.dispute(s, redemption_id, mina.id, now=NOON))
    return redemption_id


def test_red_21_taken_back_after_the_closing_it_is_a_line_of_the_running_month(
    client: Browser, session: Session, partner: Partner, mina: Person, ada: Person, disputed: UUID
) -> None:
    browser, here = client(ada), f"/office/disputes/{disputed}"
    assert str(disputed) in browser.get("/office/unanswered").text
    browser.get(here)
    browser.post(here, status=422, decision="take_back", reason="")

    browser.post(here, decision="take_back", reason="The till has no PIN on record")
    again = browser.post(here, status=409, decision="stands", reason="Or not")

    session.rollback()
    session.expire_all()
    assert again.status_code == 409
    assert ledger.balance_of(session, mina.id) == 100
    assert queries.get_statement(session, partner.id, APRIL).points == 40
    may = queries.get_month(session, partner, MAY, BERLIN)
    assert (may.points, may.cents, may.undone) == (-40, -20, 1)
    assert [one.title for one in may.corrections] == ["Bread"]
    letter = session.scalars(select(Letter).where(Letter.template == "dispute_decided")).one()
    assert letter.to_address == "mina@example.org"
    assert "dispute_granted" in session.scalars(select(OfficeAct.act)).all()
    assert "Taken back" in browser.get(here).text
    assert verify(session) == []


def test_red_21_it_stands_and_the_citizen_hears_why(
    client: Browser, session: Session, bread: Reward, mina: Person, ada: Person, disputed: UUID
) -> None:
    browser, here = client(ada), f"/office/disputes/{disputed}"

    browser.post(here, decision="stands", reason="You told us on the phone that it was you")

    session.rollback()
    session.expire_all()
    assert ledger.balance_of(session, mina.id) == 60
    assert session.get_one(Redemption, disputed).state == "redeemed"
    assert str(disputed) not in browser.get("/office/unanswered").text
    assert "It stands" in browser.get(here).text


def test_red_21_nobody_decides_their_own(
    client: Browser, session: Session, mina: Person, disputed: UUID
) -> None:
    mina.office_role = "clerk"
    session.commit()
    browser, here = client(mina), f"/office/disputes/{disputed}"

    browser.post(here, status=403, decision="take_back", reason="It was not me")

    assert "A colleague decides it" in browser.get(here).text


def test_red_21_what_nobody_disputed_is_not_decided(
    client: Browser, session: Session, partner: Partner, bread: Reward, mina: Person, ada: Person
) -> None:
    engaged(session, mina, 100)
    plain = Counter(session, partner).give(mina, bread, NOON)

    client(ada).get(f"/office/disputes/{plain}", status=404)
    client(ada).post(f"/office/disputes/{plain}", status=404, decision="take_back", reason="No")
