"""Mails about reservations and favourites, and the switch in each of them."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.ledger import service as ledger
from engage.ledger.queries import balance_of, get_account
from engage.mail.message import make_message
from engage.mail.models import Letter
from engage.partners.models import Partner
from engage.rewards import tasks
from engage.rewards.models import Reward
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.application import Browser
from tests.clock import NOON
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward


def _letters(session: Session, template: str) -> list[Letter]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Letter).where(Letter.template == template)))


def test_who_did_not_collect_is_told_once_and_the_points_are_back(
    session: Session, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    reserved(session, mina, reward)

    for hours in (1, 2):
        tasks.expire(session, NOON + timedelta(hours=hours))

    (letter,) = _letters(session, "reservation_expired")
    assert letter.facts["points"] == 40
    assert balance_of(session, mina.id) == 50


def test_msg_1_who_switched_it_off_gets_no_mail_about_the_end(
    session: Session, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    mina.muted = ["reservation_ended"]
    session.commit()
    reserved(session, mina, reward)

    tasks.expire(session, NOON + timedelta(hours=1))

    assert _letters(session, "reservation_expired") == []
    assert balance_of(session, mina.id) == 50


def test_a_reservation_kept_for_days_is_announced_once_the_day_before(
    session: Session, mina: Person, partner: Partner, reward: Reward
) -> None:
    engaged(session, mina, 100)
    long = make_reward(session, partner, title="Cargo bike", reserve_minutes=7 * 24 * 60)
    reserved(session, mina, long)
    reserved(session, mina, reward)  # a quarter of an hour: nobody is reminded of that

    tasks.remind(session, NOON + timedelta(days=5))
    assert _letters(session, "reservation_ending") == []
    for hours in (1, 2):
        tasks.remind(session, NOON + timedelta(days=6, hours=hours))

    (letter,) = _letters(session, "reservation_ending")
    assert letter.facts["reward"] == "Cargo bike"


def _earn(session: Session, person: Person, points: int) -> None:
    account = get_account(session, person.id)
    cause = ledger.Cause("adjustment", new_id(), NOON)
    run_work(session, lambda s: ledger.earn(s, account, points, cause))


def test_a_favourite_is_told_when_it_can_be_had_and_again_after_it_was_gone(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 10)
    browser = client(mina)
    browser.post(f"/rewards/{reward.id}/favourite")
    browser.post("/me/favourites/mail", on="1")
    tasks.tell_favourites(session, NOON)
    assert _letters(session, "favourites_there") == []

    _earn(session, mina, 30)
    for _ in range(2):
        tasks.tell_favourites(session, NOON)
    assert len(_letters(session, "favourites_there")) == 1

    session.get_one(Reward, reward.id).stock = 0
    session.commit()
    tasks.tell_favourites(session, NOON)
    session.get_one(Reward, reward.id, populate_existing=True).stock = 5
    session.commit()
    tasks.tell_favourites(session, NOON)
    assert len(_letters(session, "favourites_there")) == 2


def test_msg_1_nobody_is_told_of_favourites_without_asking_for_it(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 10)
    client(mina).post(f"/rewards/{reward.id}/favourite")
    _earn(session, mina, 30)

    assert tasks.tell_favourites(session, NOON) == 0
    assert _letters(session, "favourites_there") == []


def _text(message: EmailMessage) -> str:
    plain = message.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def _stop_path(app: Flask, session: Session, letter: Letter) -> str:
    with app.app_context():
        message = make_message(letter, session, NOON)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.search(r"https?://[^/]+(/l/stop/[^>]+)>", message["List-Unsubscribe"])
    assert found is not None
    assert found[1] in _text(message)
    return found[1]


def test_msg_1_the_switch_in_a_mail_shows_first_and_changes_on_a_press(
    app: Flask, session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    reserved(session, mina, reward)
    tasks.expire(session, NOON + timedelta(hours=1))
    path = _stop_path(app, session, _letters(session, "reservation_expired")[0])
    stranger = client()

    assert "No more of these mails" in stranger.get(path).text
    session.expire_all()
    assert not session.get_one(Person, mina.id).muted
    assert "You get no more mails of this kind" in stranger.follow(stranger.post(path)).text
    session.rollback()
    session.expire_all()
    assert session.get_one(Person, mina.id).muted == ["reservation_ended"]
    stranger.post(path, on="1")
    session.rollback()
    session.expire_all()
    assert session.get_one(Person, mina.id).muted == []


def test_msg_1_a_mail_program_presses_without_cookie_or_token(
    app: Flask, session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    reserved(session, mina, reward)
    tasks.expire(session, NOON + timedelta(hours=1))
    path = _stop_path(app, session, _letters(session, "reservation_expired")[0])

    reply = client().plain.post(path, data={"List-Unsubscribe": "One-Click"})

    assert reply.status_code == 200
    session.rollback()
    session.expire_all()
    assert session.get_one(Person, mina.id).muted == ["reservation_ended"]
    assert client().plain.post(path, data={"on": "1"}).status_code == 400  # no token of a page


def test_msg_2_what_keeps_the_account_safe_has_no_switch_and_a_made_up_one_opens_nothing(
    app: Flask, session: Session, client: Browser, mina: Person
) -> None:
    letter = Letter(
        id=new_id(), person_id=mina.id, to_address="mina@example.org", language="en",
        template="password_changed", facts={"name": "Mina", "at": {"$at": NOON.isoformat()}},
        created_at=NOON, due_at=NOON,
    )  # fmt: skip
    with app.app_context():
        message = make_message(letter, session, NOON)

    assert message["List-Unsubscribe"] is None
    client().get("/l/stop/made-up", status=404)


def test_hidden_points_are_not_written_into_mails(
    app: Flask, session: Session, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    mina.hides_points = True
    session.commit()
    reserved(session, mina, reward)
    tasks.expire(session, NOON + timedelta(hours=1))
    (letter,) = _letters(session, "reservation_expired")

    with app.app_context():
        text = _text(make_message(letter, session, NOON))

    assert "40" not in text.replace(str(reward.id), "")
