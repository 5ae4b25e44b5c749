"""A partner's desk: apply, branches, team, tills, rewards from draft to end."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.devices.models import Device
from engage.mail.models import Letter
from engage.partners import service
from engage.partners.models import Branch, Partner, PartnerMember
from engage.rewards.models import Reward, StockChange
from engage.storage.unit_of_work import run_work
from tests.application import Browser
from tests.clock import NOON
from tests.factories.partners import partner as make_partner
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward
from tests.pages import CheckingClient

PLACE: dict[str, Any] = {"street": "Kranweg 4", "town": "44263 Dortmund", "district": "hoerde"}


def test_applying_makes_a_pending_partner_with_its_first_branch(
    session: Session, client: Browser, omar: Person
) -> None:
    browser = client(omar)
    browser.get("/partners/apply")
    browser.post("/partners/apply", status=422, name="Book Shop")

    reply = browser.post(
        "/partners/apply", name="Bücher Öztürk", about="Books", email="b@example.org", **PLACE
    )

    made = session.scalars(select(Partner).where(Partner.slug == "buecher-oeztuerk")).one()
    assert made.status == "pending"
    branch = session.scalars(select(Branch).where(Branch.partner_id == made.id)).one()
    assert (branch.name, branch.district_code) == ("Bücher Öztürk", "hoerde")
    assert "looking at your application" in browser.follow(reply).text


def test_the_desk_is_for_its_team_alone(
    client: Browser, cafe: Partner, vera: Person, omar: Person
) -> None:
    for page in ("", "/branches", "/team", "/profile", "/rewards", "/redemptions", "/tills"):
        client(vera).get(f"/partner/{cafe.slug}{page}")
        client(omar).get(f"/partner/{cafe.slug}{page}", status=404)
        client(vera, second_factor=False).get(f"/partner/{cafe.slug}{page}", status=303)


def test_the_till_role_changes_nothing(
    session: Session, client: Browser, cafe: Partner, omar: Person
) -> None:
    session.add(PartnerMember(partner_id=cafe.id, person_id=omar.id, role="till", joined_at=NOON))
    session.commit()
    browser = client(omar)

    browser.get(f"/partner/{cafe.slug}")
    browser.get(f"/partner/{cafe.slug}/rewards")
    for page in ("/branches", "/profile", "/tills", "/rewards/new"):
        browser.get(f"/partner/{cafe.slug}{page}", status=403)


def test_branches_open_change_and_close(
    session: Session, desk: CheckingClient, cafe: Partner
) -> None:
    desk.get(f"/partner/{cafe.slug}/branches/new")
    desk.post(f"/partner/{cafe.slug}/branches", status=422, branch_name="Harbour")
    desk.post(f"/partner/{cafe.slug}/branches", branch_name="Harbour", step_free="y", **PLACE)
    harbour = session.scalars(select(Branch).where(Branch.name == "Harbour")).one()
    address = f"/partner/{cafe.slug}/branches/{harbour.id}"

    assert "Kranweg 4" in desk.get(address).text
    desk.post(address, branch_name="New harbour", **PLACE)
    assert "New harbour" in desk.get(f"/partner/{cafe.slug}/branches").text
    desk.post(f"{address}/close")

    assert "New harbour" not in desk.get(f"/partner/{cafe.slug}/branches").text
    desk.get(address, status=404)


def test_a_colleague_joins_by_mail_and_the_last_manager_stays(
    session: Session, client: Browser, desk: CheckingClient, cafe: Partner, omar: Person
) -> None:
    desk.post(f"/partner/{cafe.slug}/team", email="omar@example.org", role="till")
    letter = session.scalars(select(Letter)).one()
    assert letter.template == "join_partner"
    token = run_work(
        session,
        lambda s: service.invite(
            s, cafe, "omar@example.org", role="till", inviter="Vera", now=NOON
        ),
    )
    browser = client(omar)

    assert "Join the team of Crane Cafe" in browser.get(f"/partners/join/{token}").text
    browser.post(f"/partners/join/{token}")
    browser.post(f"/partners/join/{token}", status=410)

    assert "Omar" in desk.get(f"/partner/{cafe.slug}/team").text
    team = f"/partner/{cafe.slug}/team"
    desk.post(f"{team}/leave", status=409)
    desk.post(f"{team}/{omar.id}", role="manager")
    desk.post(f"{team}/leave")
    browser.post(f"{team}/{omar.id}/remove", status=409)


def test_a_till_is_paired_with_the_code_that_the_desk_shows(
    session: Session, client: Browser, desk: CheckingClient, cafe: Partner
) -> None:
    branch = session.scalars(select(Branch).where(Branch.partner_id == cafe.id)).one()
    desk.get(f"/partner/{cafe.slug}/tills")
    desk.post(f"/partner/{cafe.slug}/tills", status=422, name="Till 1", branch="elsewhere")

    page = desk.post(
        f"/partner/{cafe.slug}/tills", status=200, name="Till 1", branch=str(branch.id)
    )
    (code,) = re.findall(r"D\w{3} \w{4} \w{2}", page.text)
    browser = client()
    browser.get("/devices/pair")
    browser.post("/devices/pair", status=404, code="D12")
    reply = browser.post("/devices/pair", code=code)

    assert "Crane Cafe" in browser.follow(reply).text
    cookie = reply.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    client().post("/devices/pair", status=404, code=code)
    session.rollback()
    device = session.scalars(select(Device)).one()
    desk.post(f"/partner/{cafe.slug}/tills/{device.id}/revoke")
    assert browser.get("/till", status=303).headers["Location"] == "/devices/pair"
    assert "has been switched off" in browser.get("/devices/pair").text


WORDS: dict[str, Any] = {"title": "A coffee", "category": "food", "kind": "points"}


def _steps(desk: CheckingClient, cafe: Partner) -> str:
    """From nothing to the preview; returns the address of the reward."""
    home = f"/partner/{cafe.slug}/rewards"
    desk.get(f"{home}/new")
    offer = desk.post(home, **WORDS, cost="40", face_value="2,50", stock="7").headers["Location"]
    terms = f"{offer}/terms"
    desk.get(terms)
    done = desk.post(
        terms, limit_count="1", limit_period="week", life="60", reservable_until="2030-06-30T18:00"
    )
    return str(done.headers["Location"])


def test_a_reward_is_made_on_one_page_narrowed_and_previewed(
    session: Session, client: Browser, desk: CheckingClient, cafe: Partner
) -> None:
    make_reward(session, cafe, title="An older one")
    offer = _steps(desk, cafe)

    preview = desk.get(offer).text
    assert "A coffee" not in client().get("/rewards").text
    desk.post(f"{offer}/publish")

    assert "Your team reads at the till: A coffee" in desk.page(offer).text
    for words in ("Once a week", "1 hour", "7 left", "€2.50", "Sun 30 Jun, 18:00"):
        assert words in preview
    reward = session.scalars(select(Reward).where(Reward.title == "A coffee")).one()
    assert (reward.cost, reward.face_value_cents, reward.stock) == (40, 250, 7)
    public = client().get(f"/rewards/{reward.id}").text
    assert "A coffee" in public
    assert "2.50" not in public


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"cost": "0", "face_value": "2"}, "above zero"),
        ({"cost": "40", "face_value": "two"}, "amount such as"),
        ({"cost": "40", "face_value": "0"}, "needs a reason"),
        ({"cost": "", "face_value": "2"}, "fill this in"),
    ],
)
def test_red_10_a_wrong_price_is_said_beside_its_field(
    session: Session, desk: CheckingClient, cafe: Partner, typed: dict[str, Any], words: str
) -> None:
    reward = make_reward(session, cafe, status="draft")

    page = desk.post(f"/partner/{cafe.slug}/rewards/{reward.id}/price", status=422, **typed)
    new = desk.post(f"/partner/{cafe.slug}/rewards", status=422, **typed, **WORDS)

    assert words in page.text
    assert words in new.text
    assert len(session.scalars(select(Reward)).all()) == 1


def test_a_ticket_made_on_one_page_is_asked_for_its_day_and_place(
    desk: CheckingClient, cafe: Partner
) -> None:
    said = {**WORDS, "kind": "event", "cost": "40", "face_value": "9"}

    terms = desk.post(f"/partner/{cafe.slug}/rewards", **said).headers["Location"]

    assert "It begins" in desk.get(terms).text


def test_case_39_cost_and_start_are_frozen_and_a_new_version_is_offered(
    session: Session, desk: CheckingClient, cafe: Partner, mina: Person
) -> None:
    engaged(session, mina, 100)
    reward = make_reward(session, cafe)
    old, _ = reserved(session, mina, reward)
    address = f"/partner/{cafe.slug}/rewards/{reward.id}"

    refused = desk.post(f"{address}/price", status=409, cost="50", face_value="2")
    start: dict[str, Any] = {
        "limit_period": "",
        "life": "15",
        "reservable_from": "2030-06-01T10:00",
    }
    assert "frozen_reward" in desk.post(f"{address}/terms", status=409, **start).text
    desk.post(f"{address}/price", cost="40", face_value="3")
    version = desk.post(f"{address}/version").headers["Location"]
    desk.post(version, cost="50", face_value="3")
    desk.post(f"{version.removesuffix('/price')}/publish")

    assert "Make a new version" in refused.text
    session.rollback()
    session.expire_all()
    made = session.scalars(select(Reward).where(Reward.version == 2)).one()
    assert (made.cost, made.status, reward.cost, reward.status) == (50, "published", 40, "ended")
    assert old.cost == 40


def test_pause_offer_again_and_end(session: Session, desk: CheckingClient, cafe: Partner) -> None:
    reward = make_reward(session, cafe)
    address = f"/partner/{cafe.slug}/rewards/{reward.id}"

    for name, status in (("pause", "paused"), ("publish", "published"), ("end", "ended")):
        desk.post(f"{address}/{name}")
        session.rollback()
        assert session.get_one(Reward, reward.id, populate_existing=True).status == status
    desk.post(f"{address}/publish", status=409)


def test_nothing_is_published_before_the_partner_is_admitted(
    session: Session, desk: CheckingClient, cafe: Partner
) -> None:
    cafe.status = "pending"
    session.commit()
    reward = make_reward(session, cafe, status="draft", published_at=None)

    desk.post(f"/partner/{cafe.slug}/rewards/{reward.id}/publish", status=403)


def test_the_stock_is_corrected_with_a_reason(
    session: Session, desk: CheckingClient, cafe: Partner
) -> None:
    reward = make_reward(session, cafe, stock=2)
    address = f"/partner/{cafe.slug}/rewards/{reward.id}/stock"

    desk.post(address, by="10", reason="New delivery")
    desk.post(address, status=422, by="-13", reason="Broken")
    desk.post(address, status=422, by="1", reason="")

    session.rollback()
    session.expire_all()
    assert reward.stock == 12
    assert session.scalar(select(func.count()).select_from(StockChange)) == 1
    assert "New delivery" in desk.get(address.removesuffix("/stock")).text


def test_another_partners_reward_is_not_there(
    session: Session, desk: CheckingClient, cafe: Partner
) -> None:
    foreign = make_reward(session, make_partner(session, "Pool"))

    for page in ("", "/words", "/price", "/terms"):
        desk.get(f"/partner/{cafe.slug}/rewards/{foreign.id}{page}", status=404)
    desk.post(f"/partner/{cafe.slug}/rewards/{foreign.id}/end", status=404)


def test_a_partner_never_learns_a_name(
    session: Session, desk: CheckingClient, cafe: Partner, mina: Person
) -> None:
    engaged(session, mina, 100)
    reward = make_reward(session, cafe, title="=A1 coffee")
    _, code = reserved(session, mina, reward)
    shown = desk.follow(desk.post(f"/partner/{cafe.slug}/till", code=code, nonce="a-number")).text

    pages = [
        desk.get(f"/partner/{cafe.slug}{page}").text
        for page in ("", "/redemptions", "/redemptions.csv", "/till", "/rewards")
    ]

    assert all("=A1 coffee" in page for page in [shown, *pages[:2]])
    for page in [shown, *pages]:
        assert "Mina" not in page
        assert "mina@example.org" not in page
        assert str(mina.id) not in page
    assert "'=A1 coffee" in pages[2]
