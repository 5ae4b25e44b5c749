from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from config import Settings
from engage import create_app
from engage.storage.unit_of_work import unit_of_work
from tests.clock import Clock
from tests.factories.accounts import make_person
from tests.factories.mail import letters_to
from tests.pages import CheckingClient


def test_the_demo_city_shows_what_it_would_have_mailed(
    session: Session, client: Callable[..., CheckingClient]
) -> None:
    browser = client()
    browser.get("/demo/mail")
    with unit_of_work(session):
        make_person(session, "Mina", password=True, language="de")
    browser.post("/reset", email="mina@example.org")

    (letter,) = letters_to(session, "mina@example.org")
    assert "Ein neues Passwort für Ihr Konto" in browser.get("/demo/mail").text
    browser.plain.set_cookie("language", "en")
    assert browser.page("/demo/mail").one("html")["lang"] == "en"
    assert browser.page(f"/demo/mail/{letter.id}").one("html")["lang"] == "en"
    browser.plain.set_cookie("language", "de")
    assert "mina@" not in browser.get("/demo/mail?to=omar@example.org").text
    page = browser.get(f"/demo/mail/{letter.id}").text
    assert 'href="http://localhost/l/reset/' in page
    browser.get("/demo/mail/00000000-0000-7000-8000-000000000000", status=404)


def test_outside_of_the_demo_nobody_reads_letters(settings: Settings, clock: Clock) -> None:
    app = create_app(replace(settings, demo=False), clock=clock)
    browser = CheckingClient(app.test_client())

    browser.get("/demo/mail", status=404)
    app.extensions["engine"].dispose()
