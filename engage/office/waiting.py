"""What waits on the desk of the office, and the disputes among it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engage.accounts.models import Person
from engage.attendance.models import HoursClaim, MissingPoints, Review
from engage.attendance.queries import list_open_ends
from engage.core.checkout import Turn
from engage.core.errors import NotFound
from engage.core.outlook import BudgetState
from engage.core.settlement import closes_at
from engage.office.guesses import NEWS_FOR, list_callers
from engage.office.models import Adjustment, Joining
from engage.office.queries import ANSWER_WITHIN
from engage.organisations.models import Organisation
from engage.partners.models import Partner
from engage.rewards.models import Redemption, Reward
from engage.settlement import queries as settlement
from engage.settlement.watching import list_budgets
from engage.storage.engine import zone_of

#: Disputed and not answered.
UNDECIDED = (
    Redemption.disputed_at.is_not(None),
    Redemption.state == "redeemed",
    Redemption.dispute_decided_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queue of the desk.

    code:   which queue; due_at: when the first of it is due.
    """

    code: str
    count: int
    oldest_at: datetime | None
    due_at: datetime | None


def list_waiting(session: Session, now: datetime, me: uuid.UUID) -> list[Waiting]:
    """Everything that waits for the office, one statement for each queue.

    me: proposals that I made wait for somebody else.
    """
    late = now - ANSWER_WITHIN
    queues: tuple[tuple[str, InstrumentedAttribute[Any], tuple[ColumnElement[bool], ...]], ...] = (
        ("organisations", Organisation.applied_at, (Organisation.status == "pending",)),
        ("partners", Partner.applied_at, (Partner.status == "pending",)),
        ("rewards", Reward.submitted_at, (Reward.status == "submitted",)),
        ("reviews", Review.opened_at, (Review.state == "open",)),
        ("adjustments", Adjustment.proposed_at, _for_me(Adjustment, me)),
        ("joinings", Joining.proposed_at, _for_me(Joining, me)),
        ("disputes", Redemption.disputed_at, UNDECIDED),
        ("claims", HoursClaim.submitted_at,
         (HoursClaim.state == "submitted", HoursClaim.submitted_at < late)),
        ("missing", MissingPoints.asked_at,
         (MissingPoints.state == "open", MissingPoints.asked_at < late)),
    )  # fmt: skip
    found = []
    for code, since, conditions in queues:
        count, oldest = session.execute(
            select(func.count(), func.min(since)).where(*conditions)
        ).one()
        due = None if oldest is None or code in {"claims", "missing"} else oldest + ANSWER_WITHIN
        if code == "reviews" and count:
            due = session.scalar(select(func.min(Review.due_at)).where(*conditions))
        found.append(Waiting(code, count, oldest, due))
    return [
        *found,
        _check_outs_waiting(session, now),
        *_money_waiting(session, now),
        _guesses(session, now),
    ]


def _check_outs_waiting(session: Session, now: datetime) -> Waiting:
    """People who never checked out, and whose organiser has not answered for 14 days (CHK-25)."""
    dates = list_open_ends(session, now, Turn.OFFICE)
    oldest = dates[0].ends_at if dates else None
    return Waiting("check_outs", sum(one.count for one in dates), oldest, None)


def _guesses(session: Session, now: datetime) -> Waiting:
    """Devices and accounts that were stopped for wrong codes lately (FAI-8)."""
    lately = [one for one in list_callers(session, now) if one.last_at > now - NEWS_FOR]
    stopped = [one.last_at for one in lately if one.was_stopped]
    return Waiting("guesses", len(stopped), min(stopped, default=None), None)


def _money_waiting(session: Session, now: datetime) -> list[Waiting]:
    """Months of partners that can be closed, and budgets near their end."""
    tz = zone_of(session)
    due = settlement.list_due(session, now, tz)
    near = [
        one
        for one in list_budgets(session, now, tz)
        if one.state in (BudgetState.NEAR, BudgetState.USED)
    ]
    since = min((closes_at(one.month, tz) for one in due), default=None)
    return [
        Waiting("months", len(due), since, since + ANSWER_WITHIN if since else None),
        Waiting("budgets", len(near), None, None),
    ]


def _for_me(
    proposals: type[Adjustment] | type[Joining], me: uuid.UUID
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Proposed by somebody else: what I may agree to."""
    return proposals.state == "proposed", proposals.proposed_by != me


def count_waiting(session: Session, me: uuid.UUID) -> dict[str, int]:
    """The numbers beside the desk's places, in one statement."""

    def count(*conditions: ColumnElement[bool]) -> Any:
        return select(func.count()).where(*conditions).scalar_subquery()

    row = session.execute(
        select(
            count(Organisation.status == "pending").label("organisations"),
            count(Partner.status == "pending").label("partners"),
            count(Reward.status == "submitted").label("rewards"),
            count(Review.state == "open").label("reviews"),
            count(Adjustment.state == "proposed", Adjustment.proposed_by != me).label(
                "adjustments"
            ),
            count(Joining.state == "proposed", Joining.proposed_by != me).label("joinings"),
        )
    ).one()
    return dict(row._mapping)


def _disputes() -> Select[Redemption, str, str, str]:
    return (
        select(Redemption, Person.display_name, Reward.title, Partner.name)
        .join(Person, Person.id == Redemption.person_id)
        .join(Reward, Reward.id == Redemption.reward_id)
        .join(Partner, Partner.id == Redemption.partner_id)
        .where(Redemption.disputed_at.is_not(None))
        .order_by(Redemption.disputed_at)
    )


def list_disputes(session: Session) -> list[Row[Any]]:
    """Redemptions with a printed card that the citizen does not recognise, not answered yet."""
    return list(session.execute(_disputes().where(*UNDECIDED)))


def get_dispute(session: Session, redemption_id: uuid.UUID) -> Row[Redemption, str, str, str]:
    """A disputed redemption, also a decided one. Raises NotFound."""
    found = session.execute(_disputes().where(Redemption.id == redemption_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found
