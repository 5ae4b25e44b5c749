"""Hearts: what a citizen wants to find again, and the mail that says it can be had."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.partners.models import Partner
from engage.rewards import favourites, publishing
from engage.rewards.models import Reward, RewardFavourite
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.application import Browser
from tests.clock import NOON
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward


def _titles(client: Browser, person: Person, address: str = "/me/favourites") -> list[str]:
    page = client(person).page(address)
    return [one.text for one in page.all("h3") if "e-item__title" in one["class"]]


def test_a_heart_is_kept_once_found_again_and_taken_back(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    browser = client(mina)
    for _ in range(2):
        browser.post(f"/rewards/{reward.id}/favourite")

    assert len(session.scalars(select(RewardFavourite)).all()) == 1
    assert _titles(client, mina) == ["A loaf of bread"]
    assert "Remove from favourites" in browser.get(f"/rewards/{reward.id}").text

    browser.post(f"/rewards/{reward.id}/favourite/remove")

    assert "No favourite yet" in browser.get("/me/favourites").text


def test_a_heart_pressed_in_a_list_leads_back_to_its_card(
    client: Browser, mina: Person, reward: Reward
) -> None:
    browser = client(mina)

    back = browser.post(f"/rewards/{reward.id}/favourite", next="/rewards?last_chance=1")
    away = browser.post(f"/rewards/{reward.id}/favourite", next="//elsewhere.example/")

    assert back.headers["Location"].endswith(f"/rewards?last_chance=1#r-{reward.id}")
    assert away.headers["Location"].endswith(f"/rewards/{reward.id}")


def test_case_50_a_heart_survives_a_new_version_and_the_end_of_a_reward(
    session: Session, client: Browser, mina: Person, partner: Partner, reward: Reward
) -> None:
    engaged(session, mina, 100)
    reserved(session, mina, reward)  # its cost is frozen from now on
    client(mina).post(f"/rewards/{reward.id}/favourite")

    def renew(s: Session) -> None:
        draft = publishing.new_version(s, s.get_one(Reward, reward.id), actor_id=mina.id, now=NOON)
        draft.title, draft.cost, draft.created_by = "Two loaves", 70, None
        s.flush()
        publishing.step(s, draft, "publish", now=NOON)

    run_work(session, renew)

    assert _titles(client, mina) == ["Two loaves"]
    newest = session.scalars(select(Reward).where(Reward.title == "Two loaves")).one()
    newest.status = "ended"
    session.commit()
    assert "Not on offer any more" in client(mina).get("/me/favourites").text


def test_two_presses_at_the_same_moment_keep_one_heart(
    session: Session, mina: Person, reward: Reward
) -> None:
    """The other press has written its row between our look and our writing."""
    row = RewardFavourite(id=new_id(), person_id=mina.id, series_id=reward.series_id, made_at=NOON)
    run_work(session, lambda s: s.add(row))

    run_work(session, lambda s: favourites.mark(s, reward.id, mina.id, now=NOON))

    assert len(session.scalars(select(RewardFavourite)).all()) == 1


def test_a_stranger_is_asked_to_sign_in_and_a_draft_cannot_be_marked(
    session: Session, client: Browser, mina: Person, partner: Partner
) -> None:
    draft = make_reward(session, partner, status="draft")

    client(mina).post(f"/rewards/{draft.id}/favourite", status=404)
    client(mina).post(f"/rewards/{new_id()}/favourite", status=404)
    assert "e-star" not in client().get("/rewards").text


def test_the_mail_about_favourites_is_off_until_it_is_switched_on(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    browser = client(mina)
    browser.post(f"/rewards/{reward.id}/favourite")

    assert "Yes, tell me by mail" in browser.get("/me/favourites").text
    browser.post("/me/favourites/mail", on="1")
    assert "No more of these mails" in browser.get("/me/favourites").text
    session.rollback()
    session.expire_all()
    assert session.get_one(Person, mina.id).wished == ["favourite"]
    browser.post("/me/favourites/mail", on="0")
    session.rollback()
    session.expire_all()
    assert session.get_one(Person, mina.id).wished == []
