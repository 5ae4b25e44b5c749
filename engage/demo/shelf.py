"""The rewards of the demo city: some plenty, some nearly gone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.core.periods import Limit, Period
from engage.demo.content import GIFTS, Gift
from engage.rewards import offers, publishing

#: How long a code is good: at the counter, and for what has an appointment.
LIFE, LONG_LIFE = timedelta(minutes=15), timedelta(days=7)


def fill_shelf(
    session: Session,
    partners: Mapping[str, uuid.UUID],
    managers: Mapping[str, uuid.UUID],
    now: datetime,
) -> None:
    """Every gift, published by its partner's manager."""
    for gift in GIFTS:
        _put(session, gift, partners[gift.partner], managers[gift.partner], now)


def _put(
    session: Session, gift: Gift, partner_id: uuid.UUID, manager: uuid.UUID, now: datetime
) -> None:
    words = offers.Words(gift.kind, gift.category, gift.title, gift.text, gift.hand_over)
    reward = offers.draft(session, partner_id, words, actor_id=manager, now=now)
    session.flush()
    reason = "" if gift.cents else "Die Punkte gehen an einen guten Zweck"
    offers.price(session, reward, offers.Price(gift.cost, gift.cents, reason, gift.stock))
    offers.set_terms(
        session,
        reward,
        offers.Terms(
            limit=Limit(gift.limit, Period(gift.period)) if gift.limit else None,
            minimum_age=0,
            shown_from=None,
            reservable_from=None,
            reservable_until=None,
            life=LONG_LIFE if gift.cost > 80 else LIFE,
        ),
    )
    session.flush()
    publishing.step(session, reward, "publish", now=now)
