"""A partner's pages, devices, exports and letters hold nothing about a citizen: all are read."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from config import Settings
from engage import create_app
from engage.accounts.models import Pass, Person
from engage.core.periods import day_of
from engage.devices.models import Device
from engage.partners.models import Branch, Partner, PartnerMember
from engage.rewards.models import Redemption, RedemptionAttempt, Reward
from tests.browser.cities import demo_database, environment
from tests.factories.devices import till
from tests.pages import CheckingClient

#: What a page may be asked for in its address, if it needs nothing of the database.
FIXED: dict[str, list[Any]] = {
    "size": ["small"],
    "year": [2026],
    "token": ["none"],
    "month": ["2026-09", "2026-10"],
}
PARTNER_PAGES = ("/partner/<slug>",)
TILL_PAGES = ("/till",)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[APIFlask]:
    """The demo city, with its 60 people and half a year of redemptions."""
    url = demo_database(tmp_path)
    app = create_app(Settings.from_env(environment(url, "http://localhost")))
    yield app
    app.extensions["engine"].dispose()


@dataclass(frozen=True)
class Traces:
    """What gives a citizen away."""

    pattern: re.Pattern[str]
    count: int

    def found_in(self, text: str) -> set[str]:
        return set(self.pattern.findall(text))


def traces(session: Session, partner_id: uuid.UUID) -> Traces:
    """Names, addresses and account numbers of everybody who is not of this partner's team."""
    team = select(PartnerMember.person_id).where(PartnerMember.partner_id == partner_id)
    people = session.scalars(select(Person).where(Person.id.not_in(team))).all()
    words = {str(one.id) for one in people} | {one.email for one in people if one.email}
    words |= {one.display_name for one in people}
    words |= {one for one in session.scalars(select(Pass.number)) if one}
    listed = "|".join(sorted(map(re.escape, filter(None, words)), key=len, reverse=True))
    return Traces(re.compile(rf"(?<!\w)(?:{listed})(?!\w)"), len(people))


def things(session: Session, partner: Partner) -> dict[str, list[Any]]:
    """What the addresses of this partner's pages can name, a few of each."""

    def ids(column: Any, *conditions: Any) -> list[Any]:
        return list(session.scalars(select(column).where(*conditions).limit(4)))

    managers = ids(
        PartnerMember.person_id,
        PartnerMember.partner_id == partner.id,
        PartnerMember.role == "manager",
    )
    redeemed = (Redemption.partner_id == partner.id, Redemption.redeemed_at.is_not(None))
    return {
        **FIXED,
        "slug": [partner.slug],
        "reward_id": ids(Reward.id, Reward.partner_id == partner.id),
        "branch_id": ids(Branch.id, Branch.partner_id == partner.id),
        "device_id": ids(Device.id, Device.partner_id == partner.id),
        "redemption_id": ids(Redemption.id, *redeemed),
        "nonce": ids(RedemptionAttempt.nonce, RedemptionAttempt.caller_id.in_(managers)),
        "person_id": managers,
    }


def addresses(app: APIFlask, begins: tuple[str, ...], named: dict[str, list[Any]]) -> Iterator[str]:
    """Every address of these pages that can be opened, with each thing it can name."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.rule.startswith(begins):
            continue
        unknown = set(rule.arguments) - set(named)
        assert not unknown, f"{rule.rule}: say here what {unknown} can be"
        yield from _built(rule, named)


def _built(rule: Rule, named: dict[str, list[Any]]) -> Iterator[str]:
    names = sorted(rule.arguments)
    for values in product(*(named[name] for name in names)):
        built = rule.build(dict(zip(names, values, strict=True)), append_unknown=False)
        assert built is not None, rule.rule
        yield built[1]


def month_pages(session: Session, partner: Partner, zone: tzinfo) -> list[str]:
    """The lists and exports of every month in which something was redeemed here."""
    redeemed = select(Redemption.redeemed_at).where(
        Redemption.partner_id == partner.id, Redemption.redeemed_at.is_not(None)
    )
    months = {f"{day_of(one, zone):%Y-%m}" for one in session.scalars(redeemed) if one}
    return [
        f"/partner/{partner.slug}/redemptions{kind}?month={month}"
        for kind, month in product(("", ".csv"), sorted(months))
    ]


def read(browser: CheckingClient, address: str) -> str:
    """What a browser gets; a page that is not there for this one says nothing either."""
    reply = browser.plain.get(address)
    assert reply.status_code < 500, address
    return reply.get_data().decode(errors="replace")


@pytest.mark.slow
def test_a_partner_s_pages_devices_and_exports_name_no_citizen(city: APIFlask) -> None:
    session: Session = city.extensions["sessions"]()
    opened, people = 0, 0
    for partner in session.scalars(select(Partner)).all():
        members = select(PartnerMember.person_id).where(PartnerMember.partner_id == partner.id)
        manager = session.scalars(select(Person).where(Person.id.in_(members))).first()
        if manager is None:
            continue
        desk, device = CheckingClient(city.test_client()), CheckingClient(city.test_client())
        desk.sign_in(manager)
        _, token = till(session, partner)
        device.plain.set_cookie("device", token)
        known, named = traces(session, partner.id), things(session, partner)
        months = month_pages(session, partner, city.extensions["settings"].zone)
        visits = [(desk, one) for one in (*addresses(city, PARTNER_PAGES, named), *months)]
        visits += [(device, one) for one in addresses(city, TILL_PAGES, named)]
        answer = city.test_client().get(
            "/api/v1/device", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200
        texts = {one: read(browser, one) for browser, one in visits}
        texts["/api/v1/device"] = answer.get_data(as_text=True)
        found = {one: known.found_in(text) for one, text in texts.items() if known.found_in(text)}
        assert found == {}
        opened, people = opened + len(texts), max(people, known.count)
    print(f"{opened} pages, exports and answers read; {people} people looked for")  # noqa: T201 - the figures of this proof
    assert opened > 150
    assert people >= 60
    session.close()


#: Letters that go to a partner, and what their templates may print.
LETTERS = {
    "join_partner": {"partner", "invited_by", "token", "_", "url_for"},
    "reward_decided": {"reward", "partner", "slug", "reward_id", "state", "reason", "_", "url_for"},
}


@pytest.mark.parametrize("template", sorted(LETTERS))
def test_a_letter_to_a_partner_prints_only_the_partner_s_own_facts(template: str) -> None:
    text = (Path(__file__).parents[2] / f"templates/mail/{template}.txt").read_text()

    printed = set(re.findall(r"(?:=|\{%-? (?:el)?if |\{\{ )\s*([a-z_]+)", text))

    assert printed <= LETTERS[template]
