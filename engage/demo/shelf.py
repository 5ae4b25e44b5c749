"""The rewards of the demo city: some plenty, some nearly gone, one that waits for the office."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities import service as activities
from engage.activities.models import Activity
from engage.core.hours import ANYTIME, read_hours
from engage.core.periods import Limit, Period
from engage.demo.content import GIFTS, LATE_GIFTS, Gift
from engage.demo.drawings import drawing
from engage.rewards import favourites, offers, pictures, publishing, vouchers
from engage.rewards.models import Reward
from engage.rewards.pictures import Look

#: How long a code is good: at the counter, and for what has an appointment.
LIFE, LONG_LIFE = timedelta(minutes=15), timedelta(days=7)

#: Which drawing shows which reward, and what is to be seen on it.
LOOKS = {
    "Ein Kaffee nach Wahl": ("cup", "Eine Tasse Kaffee, aus der es dampft"),
    "Kinokarte": ("film", "Ein Kinosaal von hinten, vorn die Leinwand"),
    "Einmal schwimmen": ("waves", "Jemand schwimmt in blauem Wasser"),
    "Fahrrad-Check": ("wheel", "Ein Fahrrad auf grünem Boden"),
    "Ein Taschenbuch nach Wahl": ("books", "Fünf bunte Bücher in einem Regal"),
    "Filmabend unter freiem Himmel": ("film", "Ein Kinosaal von hinten, vorn die Leinwand"),
}
FAMILIES = {"Familienkarte", "Einmal schwimmen", "Filmabend unter freiem Himmel"}
#: Some each day, and some only at certain hours.
EACH_DAY = {"Ein Kaffee nach Wahl": 20, "Einmal schwimmen": 30}
HOURS = {"Frühstück am Samstag": "Sa 9-12", "Blick hinter die Leinwand": "Mi 17-19"}
CODES = 25
#: What one citizen has marked with a heart.
HEARTS = ("Ein Kaffee nach Wahl", "Kinokarte", "Lastenrad für ein Wochenende")
LIKES = ("Gießdienst am Abend", "Sprachcafé")


@dataclass(frozen=True, slots=True)
class Bodies:
    """Who brings rewards, who manages them, and who of the office looks at them."""

    partners: Mapping[str, uuid.UUID]
    managers: Mapping[str, uuid.UUID]
    office: uuid.UUID


def fill_shelf(session: Session, bodies: Bodies, now: datetime) -> None:
    """Every gift, published by its partner's manager; the office has looked at each first one."""
    for gift in GIFTS:
        reward = _put(session, gift, bodies, now)
        if publishing.step(session, reward, "publish", now=now) == "submitted":
            publishing.approve(session, reward.id, actor_id=bodies.office, now=now)


def dress_shelf(session: Session, bodies: Bodies, now: datetime) -> None:
    """Pictures, pieces for each day, hours; then a ticket, a voucher, and one that waits."""
    for reward in session.scalars(select(Reward).order_by(Reward.id)):
        _dress(session, reward, now)
    for gift in LATE_GIFTS:
        reward = _put(session, gift, bodies, now)
        if gift.kind == "event":
            offers.set_terms(session, reward, _of_event(now))
        if gift.own_codes != "none":
            codes = [f"ZWEITBUCH-{number:03d}" for number in range(1, CODES + 1)]
            vouchers.add(session, reward, codes, actor_id=bodies.managers[gift.partner], now=now)
        _dress(session, reward, now)
        manager = bodies.managers[gift.partner]
        publishing.step(session, reward, "publish", now=now, actor_id=manager)


def choose(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Hearts of one citizen: rewards within reach and beyond it, and two activities."""
    wanted = select(Reward.id).where(Reward.title.in_(HEARTS)).order_by(Reward.title)
    for reward_id in session.scalars(wanted).all():
        favourites.mark(session, reward_id, person_id, now=now)
    likes = select(Activity.id).where(Activity.title.in_(LIKES)).order_by(Activity.title)
    for activity_id in session.scalars(likes).all():
        activities.mark(session, activity_id, person_id)


def _dress(session: Session, reward: Reward, now: datetime) -> None:
    if reward.title in LOOKS:
        name, alt = LOOKS[reward.title]
        look = Look(pictures.draw(drawing(name)), alt)
        pictures.put_on(session, reward, look, now=now)
    reward.for_families = reward.title in FAMILIES
    reward.daily_stock = EACH_DAY.get(reward.title)
    reward.redeem_hours = read_hours(HOURS.get(reward.title, "")).text()
    if reward.redeem_hours:  # so that it can be reserved before the door opens
        reward.reserve_minutes = int(LONG_LIFE.total_seconds() // 60)


def _put(session: Session, gift: Gift, bodies: Bodies, now: datetime) -> Reward:
    words = offers.Words(gift.kind, gift.category, gift.title, gift.text, gift.hand_over)
    partner_id, manager = bodies.partners[gift.partner], bodies.managers[gift.partner]
    reward = offers.draft(session, partner_id, words, actor_id=manager, now=now)
    session.flush()
    reason = "" if gift.cents else "Die Punkte gehen an einen guten Zweck"
    price = offers.Price(gift.cost, gift.cents, reason, gift.stock, own_codes=gift.own_codes)
    offers.price(session, reward, price)
    if gift.kind != "event":
        offers.set_terms(session, reward, _terms(gift))
    session.flush()
    return reward


def _terms(gift: Gift) -> offers.Terms:
    return offers.Terms(
        limit=Limit(gift.limit, Period(gift.period)) if gift.limit else None,
        minimum_age=0,
        shown_from=None,
        reservable_from=None,
        reservable_until=None,
        life=LONG_LIFE if gift.cost > 80 else LIFE,
        hours=ANYTIME,
    )


def _of_event(now: datetime) -> offers.Terms:
    """In three weeks, in the evening."""
    day = (now + timedelta(days=21)).replace(minute=0, second=0, microsecond=0)
    starts_at = day.replace(hour=19)
    return offers.Terms(
        limit=Limit(2, Period.EVER),
        minimum_age=0,
        shown_from=None,
        reservable_from=None,
        reservable_until=None,
        life=LONG_LIFE,
        event=offers.Event(
            starts_at, starts_at + timedelta(hours=3), "Hof des Kinos, Einlass 19 Uhr"
        ),
    )
