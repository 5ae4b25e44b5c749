"""What partners give for points, and people who may have it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence
from engage.attendance.models import Attendance
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.organisations.models import Organisation
from engage.partners.models import Partner
from engage.rewards import queries
from engage.rewards import service as rewards
from engage.rewards.models import Redemption, Reward
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
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


def engaged(session: Session, person: Person, points: int = 0, *, way: str = "scanned") -> Person:
    """Somebody who has taken part once, and has these points."""
    occurrence = _past_occurrence(session)
    attendance = Attendance(
        id=new_id(),
        occurrence_id=occurrence.id,
        person_id=person.id,
        kind="volunteering",
        way=way,
        checked_in_at=occurrence.starts_at,
        received_at=occurrence.starts_at,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        minutes=120,
        work_on=occurrence.starts_at.date(),
        points=points,
        credited=points,
    )
    session.add(attendance)
    session.flush()  # the points name it
    if points:
        account = ledger_queries.get_account(session, person.id)
        cause = ledger.Cause("attendance", attendance.id, NOON, work_on=attendance.work_on)
        ledger.earn(session, account, points, cause)
    session.commit()
    return person


def _past_occurrence(session: Session) -> Occurrence:
    """A date of last week that everybody who is ``engaged`` was at."""
    found = session.scalars(select(Occurrence).where(Occurrence.place == "Last week")).first()
    if found is not None:
        return found
    organisation = Organisation(
        slug="last-week", name="Last Week", status="verified", applied_at=NOON
    )
    session.add(organisation)
    session.flush()  # the activity needs the id
    activity = Activity(
        organisation_id=organisation.id,
        title="Last week",
        kind="volunteering",
        format="shift",
        category="nature",
        status="published",
        created_at=NOON,
    )
    session.add(activity)
    session.flush()  # the date needs the id
    starts_at = NOON - timedelta(days=7)
    occurrence = Occurrence(
        activity_id=activity.id,
        organisation_id=organisation.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        timezone="Europe/Berlin",
        place="Last week",
        number="LASTWEEK",
        secret="",
    )
    session.add(occurrence)
    session.flush()  # the attendance needs the id
    return occurrence


def reserved(
    session: Session, person: Person, reward: Reward, *, now: datetime = NOON
) -> tuple[Redemption, str]:
    """A reservation and the code that the person's page shows."""
    redemption_id = new_id()
    outcome = run_work(
        session, lambda s: rewards.reserve(s, person.id, reward.id, redemption_id, now=now)
    )
    assert outcome.code == "reserved", outcome
    return shown(session, redemption_id)


def shown(session: Session, redemption_id: uuid.UUID) -> tuple[Redemption, str]:
    redemption = queries.get_redemption(session, redemption_id)
    return redemption, queries.code_of(session, redemption)
