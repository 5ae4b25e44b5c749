"""The city of the redemption torture: many people with points, few pieces, tills of two shops."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench.signing import Signer
from config import Settings
from engage import create_app
from engage.accounts import passes
from engage.accounts.models import Pass, Person
from engage.core.codes import Code, read_code
from engage.core.redemption import HONOURED
from engage.demo import load
from engage.devices.models import Device
from engage.ledger import service as ledger
from engage.partners.models import Branch, Partner
from engage.rewards import queries, vouchers
from engage.rewards.models import Redemption, Reward
from engage.storage.base import new_id
from engage.storage.keys import token_hash
from engage.storage.unit_of_work import run_work

#: What everybody may spend at the start, after the voucher that they hold already.
EARNED = 400
PIN = "2741"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A reward: what it costs and how many pieces there are at the start.

    codes: the partner's own, one for each piece; empty for a reward without.
    """

    id: uuid.UUID
    partner_id: uuid.UUID
    cost: int
    stock: int | None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody with a signed-in phone and a printed card."""

    id: uuid.UUID
    headers: dict[str, str]
    card: str
    points: int


@dataclass(frozen=True, slots=True)
class Held:
    """A voucher that is reserved before the first request."""

    id: uuid.UUID
    person_id: uuid.UUID
    reward_id: uuid.UUID
    cost: int
    code: str
    expires_at: datetime


@dataclass
class City:
    """What the clients need to know."""

    citizens: list[Citizen] = field(default_factory=list)
    shelves: dict[uuid.UUID, Shelf] = field(default_factory=dict)
    #: Tokens of tills by partner.
    tills: dict[uuid.UUID, list[str]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    main: uuid.UUID = field(default_factory=new_id)

    def partner_of(self, reward_id: uuid.UUID) -> uuid.UUID:
        """Whose reward it is; those that were held from the start are the main partner's."""
        known = self.shelves.get(reward_id)
        return known.partner_id if known else self.main

    @property
    def hot(self) -> list[Shelf]:
        return [one for one in self.shelves.values() if one.stock is not None]


def build(settings: Settings, people: int, tills: int, seconds: float) -> City:
    """Fill an empty, migrated database.

    seconds: how long the torture will last; vouchers held from the start run out meanwhile.
    """
    app = create_app(settings)
    now = datetime.now(UTC)
    with app.extensions["sessions"]() as session:
        city = run_work(session, lambda s: _fill(s, app, people, tills, now, seconds))
    app.extensions["engine"].dispose()
    return city


def _fill(  # a city has that many sizes
    session: Session, app: Flask, people: int, tills: int, now: datetime, seconds: float
) -> City:
    known = load.fill(session, people, now=now, earned=EARNED)
    main = session.scalars(select(Partner)).one()
    city = City(main=main.id)
    other = _other_partner(session, now)
    city.tills = {
        main.id: [known.partner_token, *_tills(session, main, tills - 1 - tills // 4, now)],
        other.id: _tills(session, other, tills // 4, now),
    }
    _rewards(session, city, main, other, now)
    _spread_expiry(session, now, seconds)
    _people(session, app, city, known.check_in_codes)
    city.held = list(_held(session, known.redemption_codes))
    return city


def _other_partner(session: Session, now: datetime) -> Partner:
    partner = Partner(
        id=new_id(), slug="budget", name="Lastprobe-Laden", status="verified", applied_at=now
    )
    partner.budget_points = 2000  # runs out, so that this is refused as well
    session.add(partner)
    session.flush()
    session.add(Branch(id=new_id(), partner_id=partner.id, name="Laden"))
    ledger.open_partner_account(session, partner.id)
    session.flush()
    return partner


def _tills(session: Session, partner: Partner, count: int, now: datetime) -> list[str]:
    branch = session.scalars(select(Branch).where(Branch.partner_id == partner.id)).first()
    tokens = [f"dev_{secrets.token_urlsafe(32)}" for _ in range(count)]
    for number, token in enumerate(tokens):
        session.add(
            Device(
                kind="till",
                name=f"Kasse {number + 2}",
                partner_id=partner.id,
                branch_id=branch.id if branch else None,
                token_hash=token_hash(token),
                is_limited=False,
                created_at=now,
                paired_at=now,
            )
        )
    session.flush()
    return tokens


def _rewards(session: Session, city: City, main: Partner, other: Partner, now: datetime) -> None:
    """Four hot ones with few pieces, cheap ones, a limited one, and those of the other shop.

    Then three with own codes, two for the till and one for the citizen: so few that the last
    one is fought for.
    """
    wanted = [
        *((main, 40, stock, None) for stock in (12, 25, 25, 40)),
        *((main, cost, None, None) for cost in (10, 15, 20)),
        (main, 10, None, 3),
        (other, 20, 30, None),
        (other, 10, None, None),
    ]
    for number, (partner, cost, stock, most) in enumerate(wanted):
        reward_id = new_id()
        session.add(
            Reward(
                id=reward_id,
                series_id=reward_id,
                partner_id=partner.id,
                title=f"Brot {number + 1}",
                hand_over="Ein Brot",
                cost=cost,
                face_value_cents=100,
                stock=stock,
                limit_count=most,
                limit_period="day" if most else None,
                status="published",
                created_at=now,
                published_at=now,
            )
        )
        city.shelves[reward_id] = Shelf(reward_id, partner.id, cost, stock)
    session.flush()
    for number, (shown_to, pieces) in enumerate((("till", 4), ("till", 12), ("citizen", 8))):
        shelf = _with_codes(session, main, shown_to, [f"KINO-{number}-{n}" for n in range(pieces)])
        city.shelves[shelf.id] = shelf


def _with_codes(session: Session, partner: Partner, shown_to: str, codes: list[str]) -> Shelf:
    """A reward that hands out a code of the partner's, from a list that was read in."""
    reward_id, now = new_id(), datetime.now(UTC)
    reward = Reward(
        id=reward_id,
        series_id=reward_id,
        partner_id=partner.id,
        title=f"Kino ({shown_to})",
        hand_over="Ein Gutschein",
        cost=10,
        face_value_cents=100,
        stock=0,
        own_codes=shown_to,
        status="published",
        created_at=now,
        published_at=now,
    )
    session.add(reward)
    session.flush()  # its codes need it
    vouchers.add(session, reward, codes, actor_id=None, now=now)
    return Shelf(reward_id, partner.id, reward.cost, len(codes), tuple(codes))


def _spread_expiry(session: Session, now: datetime, seconds: float) -> None:
    """A third of the held vouchers runs out during the run, at different instants."""
    ids = session.scalars(select(Redemption.id)).all()
    for number, redemption_id in enumerate(ids[::3]):
        over = now + timedelta(seconds=10 + number * seconds / max(1, len(ids[::3])))
        expires_at = over - HONOURED
        session.execute(
            update(Redemption)
            .where(Redemption.id == redemption_id)
            .values(expires_at=expires_at, reserved_at=expires_at - timedelta(minutes=15))
        )


def _people(session: Session, app: Flask, city: City, cards: Iterable[str]) -> None:
    pin = passes.hash_pin(session, PIN)
    session.execute(update(Pass).where(Pass.kind == "K").values(pin_hash=str(pin)))
    read = [code for text in cards if (code := read_code(text)) is not None]
    by_number: dict[str, Code] = {code.number: code for code in read}
    signer = Signer(app)
    rows = session.execute(
        select(Person.id, Person.session_epoch, Pass.number)
        .join(Pass, Pass.person_id == Person.id)
        .where(Pass.number.in_(by_number))
    )
    for row in rows:
        headers = signer.headers(row.id, row.session_epoch)
        city.citizens.append(
            Citizen(row.id, headers, by_number[row.number].text, EARNED - load.COST)
        )


def _held(session: Session, codes: list[str]) -> Iterable[Held]:
    texts = {}
    for redemption in session.scalars(select(Redemption)):
        texts[redemption.id] = queries.code_of(session, redemption)
        yield Held(
            redemption.id,
            redemption.person_id,
            redemption.reward_id,
            redemption.cost,
            texts[redemption.id],
            redemption.expires_at,
        )
    assert set(texts.values()) == set(codes)
