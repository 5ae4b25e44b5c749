from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

from sqlalchemy.orm import Session

from engage.accounts import queries, service
from engage.ledger import queries as ledger
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON
from tests.factories.accounts import PASSWORD, make_person
from tests.factories.mail import letters_to, token_in
from tests.factories.rewards import engaged
from tests.pages import CheckingClient

Browser = Callable[..., CheckingClient]


def test_a_citizen_downloads_everything_and_sees_who_looked(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        mina, ada = make_person(session, "Mina"), make_person(session, "Ada")
        service.note_read(session, ada.id, mina.id, "account", now=NOON)
    browser = client(mina)

    browser.get("/me/data/export")
    file = browser.get("/me/data/engage.zip")
    archive = zipfile.ZipFile(io.BytesIO(file.data))
    assert json.loads(archive.read("engage.json"))["account"][0]["display_name"] == "Mina"
    assert "Ada" in browser.get("/me/data/reads").text
    client(ada).get("/me/data/reads")
    client().get("/me/data/engage.zip", status=303)


def test_case_46_erasing_asks_for_the_password_and_signs_out(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", password=True)
    browser = client(mina)

    browser.get("/me/data/erase")
    browser.post("/me/data/erase", status=422, points_to="", password=PASSWORD)
    browser.post("/me/data/erase", status=422, points_to="", password="wrong", sure="y")
    browser.post("/me/data/erase", status=422, points_to="none", password=PASSWORD, sure="y")
    browser.follow(browser.post("/me/data/erase", points_to="", password=PASSWORD, sure="y"))

    browser.get("/me/account", status=303)
    session.rollback()
    assert queries.find_by_email(session, "mina@example.org") is None


def test_case_51_a_slip_adds_its_points_to_who_is_signed_in(
    session: Session, client: Browser
) -> None:
    with unit_of_work(session):
        mina, juno = make_person(session, "Mina"), make_person(session, "Juno")
        came = make_person(session, "Mina at the door", email=None, created_by=juno.id)
        slip = service.make_claim_slip(session, came.id, actor_id=juno.id, now=NOON)
    engaged(session, came, 30)
    browser = client(mina)

    browser.post("/claim/slip/open", slip=slip.code)
    assert "Mina at the door" in browser.get("/claim/slip").text
    browser.follow(browser.post("/me/data/join/slip"))

    session.rollback()
    assert ledger.balance_of(session, mina.id) == 30
    browser.post("/me/data/join/slip", status=403)


def test_case_51_two_accounts_are_joined_by_mail_or_card(session: Session, client: Browser) -> None:
    with unit_of_work(session):
        mina, omar = make_person(session, "Mina"), make_person(session, "Omar")
        third = make_person(session, "Third", email=None, created_by=omar.id)
        card = service.issue_card(session, third.id, actor_id=omar.id, now=NOON)
    browser = client(mina)

    browser.get("/me/data/join")
    browser.post("/me/data/join/mail", status=422, email="")
    browser.post("/me/data/join/mail", email="nobody@example.org")
    browser.follow(browser.post("/me/data/join/mail", email="omar@example.org"))
    token = token_in(session, letters_to(session, "omar@example.org")[0])
    client(omar).get(f"/me/data/join/{token}", status=404)
    browser.get(f"/me/data/join/{token}")
    browser.follow(browser.post(f"/me/data/join/{token}"))
    browser.post("/me/data/join/card", status=403, card="K" + "0" * 20)
    browser.follow(browser.post("/me/data/join/card", card=card.code))

    session.rollback()
    assert queries.find_person(session, omar.id) is None
    assert queries.find_person(session, third.id) is None
    client(omar).get("/me/account", status=303)
