"""Everybody wants the same: reserving one hot reward beside fifty, in turn, on one stock each.

The stock's conditional UPDATE is the last statement of a reservation. The other order deadlocks,
and the database says so in its log, which is read afterwards.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.cluster import Cluster
from bench.drive import Request
from bench.series import Series, compare
from bench.signing import Signer
from config import Settings
from engage import create_app
from engage.accounts.models import Person
from engage.partners.models import Partner
from engage.rewards.models import Reward
from engage.storage.base import new_id

#: What is left to everybody after the voucher that ``seed load`` gives them.
COST, PIECES, MANY = 10, 1_000_000, 50


def prepare(cluster: Cluster, people: int) -> tuple[list[uuid.UUID], Iterator[dict[str, str]]]:
    """Rewards with a stock, the hot one first, and signed-in people."""
    app = create_app(Settings.from_env({**os.environ, **cluster.settings()}))
    signer = Signer(app)
    with app.extensions["sessions"]() as session:
        rewards = _rewards(session)
        found = select(Person.id, Person.session_epoch).limit(people)
        headers = [signer.headers(row.id, row.session_epoch) for row in session.execute(found)]
        session.connection().commit()
    app.extensions["engine"].dispose()
    return rewards, iter(headers)


def _rewards(session: Session) -> list[uuid.UUID]:
    partner = session.scalars(select(Partner)).one()
    now = datetime.now(UTC)
    ids = [new_id() for _ in range(MANY + 1)]
    for number, reward_id in enumerate(ids):
        session.add(
            Reward(
                id=reward_id,
                series_id=reward_id,
                partner_id=partner.id,
                title=f"Eis {number}",
                hand_over="Ein Eis",
                cost=COST,
                face_value_cents=100,
                stock=PIECES,
                status="published",
                created_at=now,
                published_at=now,
            )
        )
    session.flush()
    return ids


def measure(cluster: Cluster, port: int, rounds: int, requests: int) -> float:
    """The rate with one reward beside the rate with fifty."""
    (hot, *many), people = prepare(cluster, 2 * (rounds + 1) * requests)

    def reserve(reward_id: uuid.UUID) -> Request:
        body = {"id": str(new_id()), "reward_id": str(reward_id)}
        return Request.post("/api/v1/redemptions", body, headers=next(people))

    def requests_for(rewards: list[uuid.UUID]) -> list[Request]:
        return [reserve(one) for one in islice(cycle(rewards), requests)]

    fifty, one = Series("reserve (50 rewards)"), Series("reserve (1 hot reward)")
    sides = ((fifty, port, lambda: requests_for(many)), (one, port, lambda: requests_for([hot])))
    return compare("one hot reward", sides, rounds, "of the rate with 50")


def count_deadlocks(cluster: Cluster) -> int:
    """Deadlocks that PostgreSQL has written down since it was started."""
    return cluster.log.read_text(errors="replace").count("deadlock detected")
