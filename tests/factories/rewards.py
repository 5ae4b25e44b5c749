"""What partners give for points."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from engage.partners.models import Partner
from engage.rewards.models import Reward
from engage.storage.base import new_id
from tests.clock import NOON


def reward(session: Session, partner: Partner, **given: Any) -> Reward:
    """A published reward for 40 points, worth 2 euros, without limit and stock."""
    fields = {
        "title": "A loaf of bread",
        "hand_over": "One loaf of bread",
        "cost": 40,
        "face_value_cents": 200,
        "series_id": new_id(),
        "status": "published",
        "created_at": NOON,
        "published_at": NOON,
        **given,
    }
    made = Reward(partner_id=partner.id, **fields)
    session.add(made)
    session.commit()
    return made
