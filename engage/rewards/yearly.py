"""What a citizen's rewards of a year were worth: for the citizen and for the office (RED-9)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.core.errors import NotFound
from engage.core.periods import day_start
from engage.core.reserving import warns_of_value
from engage.partners.models import Partner
from engage.policies.queries import policy_at
from engage.rewards.models import Redemption, Reward
from engage.rewards.queries import COUNTED
from engage.storage.engine import zone_of


@dataclass(frozen=True, slots=True)
class YearlyLine:
    """One reward of the year; ``redeemed_at`` is empty while it is only reserved."""

    reserved_at: datetime
    redeemed_at: datetime | None
    partner: str
    reward: str
    cents: int


@dataclass(frozen=True, slots=True)
class Yearly:
    """The rewards of one person in one calendar year of the city, the oldest first.

    No points are in it: beside a value they would look like a price.

    cents:     face value of all that counts: reserved and redeemed.
    cap_cents: what the city gives one person in the year at most.
    """

    year: int
    display_name: str
    lines: list[YearlyLine]
    cap_cents: int

    @property
    def cents(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def left_cents(self) -> int:
        return max(0, self.cap_cents - self.cents)

    @property
    def is_near(self) -> bool:
        return warns_of_value(self.cents, self.cap_cents)


def yearly_statement(session: Session, person_id: uuid.UUID, year: int, *, now: datetime) -> Yearly:
    """Everything that counts for the yearly value of a person, as the guard itself counts it.

    What was cancelled, ran out or was taken back counts for nothing. Three statements.

    Raises NotFound for an unknown person.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound()
    tz = zone_of(session)
    start, end = day_start(date(year, 1, 1), tz), day_start(date(year + 1, 1, 1), tz)
    rows = session.execute(
        select(
            Redemption.reserved_at,
            Redemption.redeemed_at,
            Partner.name,
            Reward.title,
            Redemption.face_value_cents,
        )
        .join(Reward, Reward.id == Redemption.reward_id)
        .join(Partner, Partner.id == Redemption.partner_id)
        .where(
            Redemption.person_id == person_id,
            Redemption.state.in_(COUNTED),
            Redemption.reserved_at >= start,
            Redemption.reserved_at < end,
        )
        .order_by(Redemption.reserved_at, Redemption.id)
    )
    cap = policy_at(session, min(now, end - timedelta(seconds=1))).value_cap_cents
    return Yearly(year, person.display_name, [YearlyLine(*row) for row in rows], cap)


def list_years(session: Session, person_id: uuid.UUID) -> list[int]:
    """Years in which a person reserved something that counts, the newest first."""
    tz = zone_of(session)
    times = session.scalars(
        select(Redemption.reserved_at).where(
            Redemption.person_id == person_id, Redemption.state.in_(COUNTED)
        )
    )
    return sorted({at.astimezone(tz).year for at in times}, reverse=True)
