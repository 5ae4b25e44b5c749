"""Letters about reservations and favourites; each kind can be switched off (MSG-1)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.mail import service as mail
from engage.partners.models import Partner
from engage.rewards.catalogue import Offer
from engage.rewards.models import Redemption, Reward
from engage.rewards.queries import OPEN
from engage.rewards.returning import Returned

#: Who is told before the end: reservations that are kept longer than this, so long before.
KEPT_MINUTES, BEFORE = 24 * 60, timedelta(hours=24)


def tell_expired(session: Session, ended: Iterable[Returned], now: datetime) -> None:
    """Not collected in time: the points are back."""
    ended = list(ended)
    names = {
        row.id: (row.title, row.name)
        for row in session.execute(
            select(Reward.id, Reward.title, Partner.name)
            .join(Partner, Partner.id == Reward.partner_id)
            .where(Reward.id.in_({one.reward_id for one in ended}))
        )
    }
    for one in ended:
        reward, partner = names[one.reward_id]
        mail.send(
            session,
            to=one.person_id,
            template="reservation_expired",
            facts={
                "reward": reward,
                "partner": partner,
                "points": one.points,
                "reward_id": one.reward_id,
            },
            now=now,
            event="reservation_ended",
        )


def list_ending(session: Session, now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Reservations kept for days that end within the next one, and nobody was told."""
    return list(
        session.scalars(
            select(Redemption.id)
            .join(Reward, Reward.id == Redemption.reward_id)
            .where(
                Redemption.state == OPEN,
                Redemption.expires_at > now,
                Redemption.expires_at <= now + BEFORE,
                Redemption.reminded_at.is_(None),
                Reward.reserve_minutes > KEPT_MINUTES,
            )
            .order_by(Redemption.expires_at, Redemption.id)
            .limit(limit)
        )
    )


def remind(session: Session, redemption_id: uuid.UUID, now: datetime) -> bool:
    """Tell once that a reservation ends soon; False if somebody was faster."""
    row = session.execute(
        update(Redemption)
        .where(
            Redemption.id == redemption_id,
            Redemption.state == OPEN,
            Redemption.reminded_at.is_(None),
        )
        .values(reminded_at=now)
        .returning(Redemption.person_id, Redemption.reward_id, Redemption.expires_at)
    ).one_or_none()
    if row is None:
        return False
    reward = session.get_one(Reward, row.reward_id)
    facts = {
        "reward": reward.title,
        "partner": session.get_one(Partner, reward.partner_id).name,
        "expires_at": row.expires_at,
        "redemption_id": redemption_id,
    }
    mail.send(
        session,
        to=row.person_id,
        template="reservation_ending",
        facts=facts,
        now=now,
        event="reservation_ending",
    )
    return True


def tell_there(
    session: Session, person_id: uuid.UUID, offers: Sequence[Offer], now: datetime
) -> None:
    """Favourites that can be had from now on, in one letter."""
    rewards = [
        {"title": one.title, "partner": one.partner_name, "points": one.cost} for one in offers
    ]
    mail.send(
        session,
        to=person_id,
        template="favourites_there",
        facts={"rewards": rewards, "first": offers[0].title, "count": len(offers)},
        now=now,
        event="favourite",
    )
