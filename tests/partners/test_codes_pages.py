"""A partner's own codes at its desk, at the till and on the page of who redeemed (RED-18)."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.partners.models import Partner, PartnerMember
from engage.rewards import vouchers
from engage.rewards.models import Reward, VoucherCode
from tests.application import Browser
from tests.clock import NOON
from tests.factories.partners import partner as make_partner
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward
from tests.pages import CheckingClient
from tests.partners.offers import at, draft, status

# --- own codes -----------------------------------------------------------------------------------


def test_red_18_codes_are_pasted_and_doubles_are_named_by_their_line(
    session: Session, desk: CheckingClient, cafe: Partner
) -> None:
    make_reward(session, cafe)
    reward = draft(session, cafe, own_codes="citizen", stock=0)
    address = at(cafe, reward, "/codes")
    assert desk.post(at(cafe, reward, "/publish")).headers["Location"] == address

    desk.post(address, status=422, pasted="")
    page = desk.post(address, status=422, pasted="FILM-1\nFILM-2\n\nFILM-1\nx;y").text
    assert "Line 4: the same as line 1" in page
    assert "Line 5: longer than 80 characters" in page
    assert session.scalars(select(VoucherCode)).all() == []
    desk.post(address, pasted="FILM-1\nFILM-2\n\nFILM-1", leave_out="y")

    assert "Line 1: is on a list already" in desk.post(address, status=422, pasted="FILM-1").text
    assert "FILM-1" not in desk.get(at(cafe, reward)).text + desk.get(address).text
    desk.post(at(cafe, reward, "/publish"))
    assert (status(session, reward), reward.stock) == ("published", 2)


def test_red_18_codes_come_as_a_file_and_leave_a_trace(
    session: Session, desk: CheckingClient, cafe: Partner
) -> None:
    from openpyxl import Workbook

    reward = draft(session, cafe, own_codes="citizen", stock=0)
    address = at(cafe, reward, "/codes")
    table, excel = io.BytesIO(b"Gutscheincode;Wert\nA-1;5\nA-2;5\n"), io.BytesIO()
    book = Workbook()
    for line in ("A-3", "A-4", "A-5"):
        book.worksheets[0].append([line])
    book.save(excel)
    excel.seek(0)

    desk.post(address, file=(table, "codes.csv"))
    desk.post(address, file=(excel, "codes.xlsx"))
    page = desk.follow(desk.post(f"{address}/withdraw")).text

    assert "5 were withdrawn." in page
    history = desk.get(at(cafe, reward)).text
    assert all(words in history for words in ("+2 → 2", "+3 → 5", "-5 → 0"))


@pytest.mark.parametrize(("own_codes", "who_sees"), [("citizen", "mina"), ("till", "till")])
def test_red_18_a_code_is_shown_to_who_shall_have_it(  # noqa: PLR0913 - the cast is on stage
    session: Session,
    client: Browser,
    desk: CheckingClient,
    cafe: Partner,
    mina: Person,
    own_codes: str,
    who_sees: str,
) -> None:
    engaged(session, mina, 100)
    reward = make_reward(session, cafe, own_codes=own_codes, stock=0)
    desk.post(at(cafe, reward, "/codes"), pasted="FILM-1")
    redemption, code = reserved(session, mina, reward)
    own = f"/redemptions/{redemption.id}"
    assert "FILM-1" not in client(mina).get(own).text

    till = desk.follow(desk.post(f"/partner/{cafe.slug}/till", code=code, nonce="a-number")).text

    assert ("FILM-1" in till) == (who_sees == "till")
    assert "FILM-1" in client(mina).get(own).text
    session.rollback()
    assert vouchers.code_of(session, redemption.id) == "FILM-1"


def test_red_18_a_new_version_takes_over_the_codes_that_nobody_counts_on(
    session: Session, desk: CheckingClient, cafe: Partner, mina: Person
) -> None:
    engaged(session, mina, 100)
    reward = make_reward(session, cafe, own_codes="citizen", stock=0)
    desk.post(at(cafe, reward, "/codes"), pasted="FILM-1\nFILM-2\nFILM-3")
    redemption, code = reserved(session, mina, reward)

    version = desk.post(at(cafe, reward, "/version")).headers["Location"].removesuffix("/price")
    desk.post(f"{version}/price", cost="50", face_value="2", own_codes="citizen")
    desk.post(f"{version}/publish")

    session.rollback()
    newer = session.scalars(select(Reward).where(Reward.version == 2)).one()
    session.refresh(reward)
    assert (newer.status, newer.stock, reward.status, reward.stock) == (
        "published",
        2,
        "ended",
        0,
    )
    desk.post(f"/partner/{cafe.slug}/till", code=code, nonce="a-number")
    session.rollback()
    assert vouchers.code_of(session, redemption.id) == "FILM-1"


def test_red_18_codes_are_the_managers_business_and_no_other_partner_s(
    session: Session, client: Browser, desk: CheckingClient, cafe: Partner, omar: Person
) -> None:
    session.add(PartnerMember(partner_id=cafe.id, person_id=omar.id, role="till", joined_at=NOON))
    session.commit()
    own = make_reward(session, cafe, own_codes="citizen", stock=0)
    foreign = make_reward(session, make_partner(session, "Pool"), own_codes="citizen", stock=0)

    client(omar).get(at(cafe, own, "/codes"), status=403)
    desk.get(at(cafe, foreign, "/codes"), status=404)
    desk.get(at(cafe, make_reward(session, cafe), "/codes"), status=404)
    desk.post(at(cafe, own, "/stock"), status=422, by="5", reason="More")
