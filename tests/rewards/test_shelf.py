"""The list of rewards: what comes first, what the chips and filters find, and its pages."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.partners.models import Branch, Partner
from engage.rewards import catalogue
from engage.rewards.catalogue import Filter
from engage.rewards.models import Reward
from engage.rewards.search import read_cursor, write_cursor
from tests.application import Browser
from tests.clock import NOON, Clock
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward


def _titles(client: Browser, query: str = "", person: Person | None = None) -> list[str]:
    page = client(person).page(f"/rewards{query}")
    return [one.text for one in page.all("h3") if "e-item__title" in one["class"]]


def test_last_chance_is_what_ends_soon_or_is_nearly_gone(
    session: Session, client: Browser, partner: Partner
) -> None:
    make_reward(session, partner, title="Few left", stock=3)
    make_reward(session, partner, title="Ends soon", reservable_until=NOON + timedelta(days=6))
    make_reward(session, partner, title="Ends late", reservable_until=NOON + timedelta(days=20))
    make_reward(session, partner, title="Many", stock=300)
    make_reward(session, partner, title="All gone", stock=0)

    assert sorted(_titles(client, "?last_chance=1")) == ["Ends soon", "Few left"]
    assert _titles(client, "?last_chance=1&order=ending") == ["Ends soon", "Few left"]


def test_for_families_is_what_partners_tag_so(
    session: Session, client: Browser, partner: Partner
) -> None:
    make_reward(session, partner, title="Tagged", for_families=True)
    make_reward(session, partner, title="Sorted", category="family")
    make_reward(session, partner, title="For one")

    assert sorted(_titles(client, "?families=1")) == ["Sorted", "Tagged"]


def test_what_waits_for_the_office_is_seen_by_nobody(
    session: Session, client: Browser, mina: Person, partner: Partner
) -> None:
    waiting = make_reward(session, partner, status="submitted")
    make_reward(session, partner, shown_until=NOON)

    assert _titles(client) == []
    client(mina).get(f"/rewards/{waiting.id}", status=404)


def test_near_me_is_the_district_that_the_person_chose(
    session: Session, client: Browser, mina: Person, partner: Partner, reward: Reward
) -> None:
    branch = session.scalars(select(Branch).where(Branch.partner_id == partner.id)).one()
    branch.district_code = "hoerde"
    session.commit()

    asked = client(mina).get("/rewards?near=1").text
    assert "Which district is near you?" in asked
    mina.district_code = "hoerde"
    session.commit()
    assert _titles(client, "?near=1", mina) == ["A loaf of bread"]
    mina.district_code = "mengede"
    session.commit()
    assert _titles(client, "?near=1", mina) == []


def test_filters_by_cost_kind_and_steps(
    session: Session, client: Browser, partner: Partner
) -> None:
    make_reward(session, partner, title="Cheap", cost=20)
    make_reward(session, partner, title="Dear", cost=90)
    make_reward(session, partner, title="For a tree", cost=50, kind="good_cause", good_cause="tree")

    assert _titles(client, "?cost=25") == ["Cheap"]
    assert _titles(client, "?kind=good_cause") == ["For a tree"]
    branch = session.scalars(select(Branch).where(Branch.partner_id == partner.id)).one()
    branch.step_free = False
    session.commit()
    assert _titles(client, "?step_free=1") == []


def test_what_is_all_gone_comes_last_and_not_among_what_i_can_have_now(
    session: Session, client: Browser, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 50)
    make_reward(session, partner, title="All gone", cost=10, stock=0)
    make_reward(session, partner, title="There", cost=40)
    make_reward(session, partner, title="Far", cost=400)

    assert _titles(client, "", mina) == ["There", "All gone", "Far"]
    assert _titles(client, "?affordable=1", mina) == ["There"]


def test_red_16_what_is_all_gone_for_today_counts_as_gone_until_the_next_morning(
    session: Session, client: Browser, clock: Clock, mina: Person, partner: Partner
) -> None:
    daily = make_reward(session, partner, title="One a day", cost=10, daily_stock=1)
    make_reward(session, partner, title="Many", cost=20)
    engaged(session, mina, 50)
    before = _titles(client, "?affordable=1", mina), _in_api(client)
    reserved(session, mina, daily)

    assert before == (["One a day", "Many"], ["One a day", "Many"])
    assert _titles(client) == ["Many", "One a day"]
    assert _in_api(client) == ["Many"]
    assert "All gone for today" in client().get("/rewards").text
    clock.advance(timedelta(days=1))
    assert _in_api(client) == ["One a day", "Many"]
    assert "All gone for today" not in client().get("/rewards").text


def _in_api(client: Browser) -> list[str]:
    found = client().json("GET", "/api/v1/rewards?in_stock=true")
    return [one["title"] for one in found["items"]]


def test_a_card_says_what_is_reserved_and_when_a_limit_ends(
    session: Session, client: Browser, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 500)
    monthly = make_reward(session, partner, title="Monthly", limit_count=1, limit_period="month")
    kept = make_reward(session, partner, title="Kept")
    reserved(session, mina, kept)
    redemption, _ = reserved(session, mina, monthly)
    redemption.state, redemption.redeemed_at = "redeemed", NOON
    session.commit()

    text = client(mina).get("/rewards").text

    assert "Reserved for you" in text
    assert "Again from" in text
    assert "Again from" not in client().get("/rewards").text


def test_every_order_is_paged_without_gaps_or_doubles(session: Session, partner: Partner) -> None:
    for number in range(11):
        make_reward(
            session,
            partner,
            title=f"Reward {number}",
            cost=(number % 3) * 40,
            stock=(None, 0, 7)[number % 3],
            published_at=NOON - timedelta(hours=number // 2),
            reservable_until=NOON + timedelta(days=number // 3 + 1) if number % 4 else None,
        )
    for wanted in (
        Filter(),
        Filter(reach=40),
        Filter(order="newest"),
        Filter(order="ending"),
    ):
        whole = [one.id for one in catalogue.list_offers(session, wanted, NOON)]
        seen, after = [], None
        while True:
            page = catalogue.list_page(session, wanted, NOON, limit=3, after=after)
            seen += [one.id for one in page.offers]
            if page.after is None:
                break
            after = read_cursor(write_cursor(page.after), wanted.order)
            assert after is not None
        assert seen == whole
        assert len(seen) == 11


def test_a_cursor_that_nobody_got_from_us_shows_the_first_page(
    client: Browser, reward: Reward
) -> None:
    for made_up in ("x", "W10", "WzEsMiwzXQ", "e30", "bnVsbA", "WzFlOTk5LDEsMl0"):
        assert _titles(client, f"?cursor={made_up}") == ["A loaf of bread"]
        assert _titles(client, f"?order=ending&cursor={made_up}") == ["A loaf of bread"]


def test_a_long_list_has_pages_that_keep_the_filters(
    session: Session, client: Browser, partner: Partner
) -> None:
    for number in range(30):
        make_reward(session, partner, title=f"Reward {number}", cost=number + 1, category="food")
    browser = client()

    page = browser.page("/rewards?category=food")
    (following,) = [one["href"] for one in page.all("a", rel="next")]
    second = browser.page(following)

    assert "category=food" in following
    assert len([one for one in second.all("h3") if "e-item__title" in one["class"]]) == 6


def test_the_api_takes_the_same_filters_and_answers_with_an_etag(
    session: Session, client: Browser, partner: Partner
) -> None:
    make_reward(session, partner, title="Cheap", cost=20, category="family")
    make_reward(session, partner, title="Dear", cost=90)
    browser = client().plain

    reply = browser.get("/api/v1/rewards?most=50&families=true&order=newest")

    assert [one["title"] for one in reply.get_json()["items"]] == ["Cheap"]
    again = browser.get(
        "/api/v1/rewards?most=50&families=true&order=newest",
        headers={"If-None-Match": reply.headers["ETag"]},
    )
    assert again.status_code == 304
    first = browser.get("/api/v1/rewards?limit=1").get_json()
    second = browser.get(f"/api/v1/rewards?limit=1&cursor={first['next']}").get_json()
    assert [one["items"][0]["title"] for one in (first, second)] == ["Cheap", "Dear"]
    assert second["next"] is None


def test_hidden_points_are_neither_counted_nor_missed(
    session: Session, client: Browser, mina: Person, partner: Partner
) -> None:
    engaged(session, mina, 57)
    mina.hides_points = True
    session.commit()
    far = make_reward(session, partner, title="Far", cost=400)
    near = make_reward(session, partner, title="Near", cost=40)

    for address in ("/rewards", f"/rewards/{far.id}", f"/rewards/{near.id}"):
        text = client(mina).page(address).all("main")[0].text
        assert "57" not in text
        assert "343" not in text
        assert "17" not in text
    shown = client(mina).get(f"/rewards/{near.id}?show=1").text
    assert "17 points" in shown
