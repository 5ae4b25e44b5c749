"""A reward of the Crane Cafe on its way to people, and the pages of its desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories.rewards import reward as make_reward

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.partners.models import Partner
    from engage.rewards.models import Reward


def draft(session: Session, cafe: Partner, **given: Any) -> Reward:
    return make_reward(session, cafe, status="draft", published_at=None, **given)


def at(cafe: Partner, reward: Reward, page: str = "") -> str:
    return f"/partner/{cafe.slug}/rewards/{reward.id}{page}"


def status(session: Session, reward: Reward) -> str:
    """As it is in the database now."""
    session.rollback()
    session.refresh(reward)
    return reward.status
