"""The API of rewards: the catalogue, reserving, and what a till calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.accounts import passes
from engage.accounts.models import Person
from engage.partners.models import Partner
from engage.rewards.api import RewardAnswer
from engage.rewards.models import Picture, Reward
from engage.storage.base import new_id
from tests.application import Browser
from tests.clock import NOON
from tests.factories.devices import till
from tests.factories.people import card
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward

API = "/api/v1"


@pytest.fixture
def bearer(session: Session, partner: Partner) -> dict[str, Any]:
    return {"Authorization": f"Bearer {till(session, partner)[1]}"}


def test_the_catalogue_pages_by_cursor_and_knows_what_is_unchanged(
    session: Session, client: Browser, partner: Partner
) -> None:
    for cost in (30, 10, 20):
        make_reward(session, partner, cost=cost)
    browser = client()

    first = browser.json("GET", f"{API}/rewards?limit=2")
    second = browser.json("GET", f"{API}/rewards?limit=2&cursor={first['next']}")

    assert [one["points"] for one in first["items"] + second["items"]] == [10, 20, 30]
    assert second["next"] is None
    assert "face_value_cents" not in first["items"][0]
    seen = browser.get(f"{API}/rewards").headers["ETag"]
    browser.get(f"{API}/rewards", status=304, headers={"If-None-Match": seen})
    browser.json("GET", f"{API}/rewards?limit=0", status=422)
    browser.json("GET", f"{API}/rewards?wrong=1", status=422)


def test_a_reward_says_when_where_and_how_many_and_the_document_describes_all_of_it(
    session: Session, client: Browser, mina: Person, partner: Partner
) -> None:
    about = {"digest": "0" * 64, "width": 3, "height": 2, "large": b"", "small": b""}
    session.add(Picture(partner_id=partner.id, uploaded_at=NOON, **about))
    session.flush()  # the reward shows it
    ticket = make_reward(
        session,
        partner,
        kind="event",
        daily_stock=2,
        for_families=True,
        picture="0" * 64,
        picture_alt="A stage",
        redeem_hours="Fr-Sa 10:00-02:00",
        redeemable_until=NOON + timedelta(days=9),
        event_starts_at=NOON + timedelta(days=8),
        event_place="Large hall",
    )
    make_reward(session, partner, cost=50)
    engaged(session, mina, 50)
    reserved(session, mina, ticket)
    browser = client()

    rich, plain = browser.json("GET", f"{API}/rewards")["items"]

    at = f"http://localhost/rewards/pictures/{'0' * 64}"
    shown = {
        "daily_stock": 2,
        "left_today": 1,
        "for_families": True,
        "shown_until": None,
        "redeemable_from": None,
        "redeemable_until": "2030-05-13T12:00:00Z",
        "hours": [{"weekday": day, "start": "10:00", "end": "02:00"} for day in (5, 6)],
        "event": {"starts_at": "2030-05-12T12:00:00Z", "ends_at": None, "place": "Large hall"},
        "picture": {"large": f"{at}-large.jpg", "small": f"{at}-small.jpg", "alt": "A stage"},
    }
    assert {name: rich[name] for name in shown} == shown
    empty: dict[str, Any] = dict.fromkeys(("daily_stock", "left_today", "event", "picture"))
    empty["hours"] = []
    assert {name: plain[name] for name in empty} == empty
    for one in (rich, plain):
        assert RewardAnswer.model_validate(one, extra="forbid").model_dump().keys() == one.keys()
    document = browser.json("GET", f"{API}/openapi.json")
    answer = document["paths"][f"{API}/rewards"]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert schema == "RewardsAnswer"
    described = document["components"]["schemas"]["RewardsAnswer.RewardAnswer"]
    assert set(described["properties"]) == set(described["required"]) == set(rich)


def test_partners_are_listed_with_their_branches(client: Browser, partner: Partner) -> None:
    page = client().json("GET", f"{API}/partners")

    (found,) = page["items"]
    assert (found["slug"], found["branches"][0]["name"]) == ("corner-bakery", "Market square")


def test_case_31_reserve_redeem_and_undo(
    session: Session, client: Browser, mina: Person, reward: Reward, bearer: dict[str, Any]
) -> None:
    engaged(session, mina, 50)
    browser, number = client(mina), str(new_id())
    token: dict[str, Any] = {"X_CSRFToken": browser.csrf_token()}
    body = {"id": number, "reward_id": str(reward.id)}

    made = browser.json("POST", f"{API}/redemptions", body, status=201, **token)
    again = browser.json("POST", f"{API}/redemptions", body, status=200, **token)
    use = {"code": made["code"], "nonce": "a-number-of-mine"}
    done = client().json("POST", f"{API}/redemptions/redeem", use, **bearer)
    twice = client().json("POST", f"{API}/redemptions/redeem", use, **bearer)
    undone = client().json(
        "POST", f"{API}/redemptions/{number}/undo", {"reason": "No", "nonce": "another-1"}, **bearer
    )

    assert (made["id"], made["balance"], made["replayed"]) == (number, 10, False)
    assert again["replayed"] is True
    assert (done["code"], done["hand_over"], done["replayed"]) == (
        "redeemed",
        "One loaf of bread",
        False,
    )
    assert twice == {**done, "replayed": True}
    assert undone["code"] == "refunded"


def test_a_reservation_is_deleted(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 50)
    redemption, _ = reserved(session, mina, reward)
    browser = client(mina)
    token: dict[str, Any] = {"X_CSRFToken": browser.csrf_token()}

    gone = browser.json("DELETE", f"{API}/redemptions/{redemption.id}", **token)

    assert (gone["code"], gone["points"]) == ("reservation_cancelled", 40)
    browser.json("DELETE", f"{API}/redemptions/{redemption.id}", status=409, **token)


def test_case_38_a_refusal_is_a_problem_document(
    session: Session, client: Browser, mina: Person, reward: Reward
) -> None:
    engaged(session, mina, 30)
    browser = client(mina)

    problem = browser.json(
        "POST",
        f"{API}/redemptions",
        {"id": str(new_id()), "reward_id": str(reward.id)},
        status=409,
        X_CSRFToken=browser.csrf_token(),
    )

    assert (problem["code"], problem["missing_points"]) == ("points_short", 10)


def test_case_40_card_and_pin(
    session: Session, client: Browser, omar: Person, reward: Reward, bearer: dict[str, Any]
) -> None:
    engaged(session, omar, 50)
    made, text = card(session, omar)
    pin = passes.hash_pin(session, "2468", quick=True)
    passes.set_pin(session, made.id, pin, person_id=omar.id)
    session.commit()
    body = {"reward_id": str(reward.id), "card": text, "pin": "2468", "nonce": "a-number-of-mine"}

    done = client().json("POST", f"{API}/redemptions/card", body, **bearer)
    wrong = {**body, "pin": "1111", "nonce": "another-number"}
    problem = client().json("POST", f"{API}/redemptions/card", wrong, status=403, **bearer)

    assert done["code"] == "redeemed"
    assert problem["code"] == "pin_wrong"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"code", "nonce"}),
        ({"code": "V", "nonce": "short"}, {"nonce"}),
        ({"code": "V" * 401, "nonce": "a-number-of-mine"}, {"code"}),
        ({"code": "V", "nonce": "a-number-of-mine", "person": "x"}, {"person"}),
        ({"code": 7, "nonce": None}, {"code", "nonce"}),
    ],
)
def test_case_23_bad_input_names_each_field(
    client: Browser, bearer: dict[str, Any], body: dict[str, Any], fields: set[str]
) -> None:
    problem = client().json("POST", f"{API}/redemptions/redeem", body, status=422, **bearer)

    assert {one["field"] for one in problem["errors"]} == fields


def test_who_may_not(
    client: Browser, omar: Person, vera: Person, reward: Reward, partner: Partner
) -> None:
    body = {"code": "V", "nonce": "a-number-of-mine"}
    wrong: dict[str, Any] = {"Authorization": "Bearer dev_unknown"}
    there = f"{API}/redemptions/redeem"

    client().json("POST", there, body, status=401, **wrong)
    for person, status in ((omar, 403), (vera, 404)):
        browser = client(person)
        browser.json("POST", there, body, status=status, X_CSRFToken=browser.csrf_token())
    stranger = client()
    wanted = {"id": str(new_id()), "reward_id": str(reward.id)}
    token = stranger.csrf_token()
    stranger.json("POST", f"{API}/redemptions", wanted, status=401, X_CSRFToken=token)
