"""Rewards that a citizen wants to find again. They follow a reward through its versions."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import String, cast, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.accounts import profile
from engage.accounts.models import Person
from engage.rewards import catalogue, letters, reserving
from engage.rewards.models import Reward, RewardFavourite
from engage.storage.base import new_id
from engage.storage.conflicts import broken_constraint

ONCE = "uq_reward_favourites_person_id_series_id"


def mark(session: Session, reward_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime) -> None:
    """Keep a reward among a person's favourites; twice is once. Raises NotFound."""
    series_id = catalogue.get_offer(session, reward_id, now).series_id
    made = RewardFavourite(
        id=new_id(),
        person_id=person_id,
        series_id=series_id,
        made_at=now,
        in_reach=reserving.foresee(session, person_id, reward_id, now=now) is None,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as broken:
        if broken_constraint(broken) != ONCE:
            raise


def unmark(session: Session, reward_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Take a reward off a person's favourites, whatever has become of it."""
    series = select(Reward.series_id).where(Reward.id == reward_id).scalar_subquery()
    session.execute(
        delete(RewardFavourite).where(
            RewardFavourite.person_id == person_id, RewardFavourite.series_id == series
        )
    )


def list_series(session: Session, person_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The series a person has marked."""
    marked = select(RewardFavourite.series_id).where(RewardFavourite.person_id == person_id)
    return frozenset(session.scalars(marked))


def list_marked(session: Session, person_id: uuid.UUID, now: datetime) -> list[catalogue.Offer]:
    """The newest version of each marked reward, also of those that are not on offer now."""
    return catalogue.list_of_series(session, list_series(session, person_id), now)


def wants_mail(session: Session, person_id: uuid.UUID) -> bool:
    """Whether a person is told by mail when a favourite can be had."""
    return "favourite" in profile.list_wanted(session, person_id)


def list_waiting(session: Session) -> list[uuid.UUID]:
    """People with favourites who want to hear of them by mail."""
    return list(
        session.scalars(
            select(RewardFavourite.person_id)
            .join(Person, Person.id == RewardFavourite.person_id)
            .where(cast(Person.wished, String).like('%"favourite"%'), Person.erased_at.is_(None))
            .distinct()
            .order_by(RewardFavourite.person_id)
        )
    )


def look(session: Session, person_id: uuid.UUID, now: datetime) -> int:
    """Note which favourites can be had now, and tell of those that could not before."""
    marked = {
        one.series_id: one
        for one in session.scalars(
            select(RewardFavourite)
            .where(RewardFavourite.person_id == person_id)
            .order_by(RewardFavourite.series_id)
            .with_for_update()
        )
    }
    news = []
    for offer in catalogue.list_of_series(session, marked, now):
        star = marked[offer.series_id]
        refusal = reserving.foresee(session, person_id, offer.id, now=now)
        if refusal is None and not star.in_reach:
            news.append(offer)
        star.in_reach = refusal is None
    if news:
        letters.tell_there(session, person_id, news, now)
    return len(news)
