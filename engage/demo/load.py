"""A database for load tests: many citizens with cards, one open occurrence, one till.

Rows are written in bulk, past the services; the books verify all the same.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.activities.models import Activity, Occurrence, Registration
from engage.attendance.models import Attendance
from engage.core import codes
from engage.core.codes import Code, CodeType
from engage.core.periods import day_of
from engage.devices.models import Device
from engage.ledger import service as ledger
from engage.ledger import swift
from engage.ledger.models import Account
from engage.organisations.models import Budget, Organisation
from engage.partners.models import Branch, Partner
from engage.rewards.models import Redemption, Reward
from engage.storage.base import Model, new_id, table_of
from engage.storage.engine import zone_of
from engage.storage.keys import keys_of, token_hash

#: What everybody had earned before and what every reservation costs.
EARNED, COST = 50, 40
REWARDS = 50
#: Rows of one INSERT.
PORTION = 500


@dataclass
class Load:
    """What a load generator needs. Codes are printed cards' and vouchers', one per citizen."""

    device_token: str
    partner_token: str
    occurrence_id: uuid.UUID
    check_in_codes: list[str] = field(default_factory=list)
    redemption_codes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        return {
            "device_token": self.device_token,
            "partner_token": self.partner_token,
            "occurrence_id": str(self.occurrence_id),
            "check_in_codes": self.check_in_codes,
            "redemption_codes": self.redemption_codes,
        }


@dataclass(frozen=True)
class _Frame:
    """Ids of everything that all citizens share."""

    earned: int
    past_id: uuid.UUID
    open_id: uuid.UUID
    partner_id: uuid.UUID
    rewards: tuple[uuid.UUID, ...]
    starts_at: datetime
    now: datetime


def fill(session: Session, citizens: int, *, now: datetime, earned: int = EARNED) -> Load:
    """Make the city of a load test; the occurrence is open for eight hours.

    citizens: each with a card, a place at the occurrence and one reserved redemption.
    earned:   what each has earned before; one reservation of it is taken.
    """
    load = Load(f"dev_{secrets.token_urlsafe(32)}", f"dev_{secrets.token_urlsafe(32)}", new_id())
    frame = _frame(session, load, citizens, now, earned)
    for start in range(0, citizens, PORTION):
        _add_citizens(session, load, frame, range(start, min(start + PORTION, citizens)))
    return load


def _frame(session: Session, load: Load, citizens: int, now: datetime, earned: int) -> _Frame:
    organisation = Organisation(
        id=new_id(), slug="last", name="Lastprobe e. V.", status="verified", applied_at=now
    )
    partner = Partner(
        id=new_id(), slug="last", name="Lastprobe-Kasse", status="verified", applied_at=now
    )
    session.add_all([organisation, partner])
    session.flush()
    budget = Budget(organisation_id=organisation.id, year=now.year, granted=100_000_000)
    activity = Activity(
        id=new_id(),
        organisation_id=organisation.id,
        title="Lastprobe",
        kind="volunteering",
        format="shift",
        category="other",
        status="published",
        created_at=now,
        published_at=now,
    )
    branch = Branch(id=new_id(), partner_id=partner.id, name="Kasse 1")
    ledger.open_partner_account(session, partner.id)
    session.add_all([budget, activity, branch])
    session.flush()
    begun = now - timedelta(minutes=30)
    past = begun - timedelta(days=7)
    occurrences = [
        _occurrence(session, activity, load.occurrence_id, begun, 8, citizens),
        _occurrence(session, activity, new_id(), past, 2, citizens),
    ]
    rewards = [_reward(partner.id, number, now) for number in range(REWARDS)]
    scanner = Device(
        kind="scanner",
        name="Lastprobe",
        organisation_id=organisation.id,
        token_hash=token_hash(load.device_token),
        is_limited=False,
        created_at=now,
        paired_at=past,
    )
    till = Device(
        kind="till",
        name="Lastprobe",
        partner_id=partner.id,
        branch_id=branch.id,
        token_hash=token_hash(load.partner_token),
        is_limited=False,
        created_at=now,
        paired_at=past,
    )
    session.add_all([*occurrences, *rewards, scanner, till])
    session.flush()
    return _Frame(
        earned,
        occurrences[1].id,
        occurrences[0].id,
        partner.id,
        tuple(reward.id for reward in rewards),
        past,
        now,
    )


def _occurrence(  # one row
    session: Session,
    activity: Activity,
    occurrence_id: uuid.UUID,
    starts_at: datetime,
    hours: int,
    places: int,
) -> Occurrence:
    return Occurrence(
        id=occurrence_id,
        activity_id=activity.id,
        organisation_id=activity.organisation_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        timezone=str(zone_of(session)),
        place="Westfalenpark",
        capacity=places,
        taken=places,
        number=codes.make_number(secrets.token_bytes(16)),
        secret=keys_of(session).encrypt(secrets.token_bytes(20)),
    )


def _reward(partner_id: uuid.UUID, number: int, now: datetime) -> Reward:
    reward_id = new_id()
    return Reward(
        id=reward_id,
        series_id=reward_id,
        partner_id=partner_id,
        title=f"Heißes Getränk {number + 1}",
        hand_over="Ein Heißgetränk nach Wahl",
        cost=COST,
        face_value_cents=250,
        status="published",
        created_at=now,
        published_at=now,
    )


def _add_citizens(session: Session, load: Load, frame: _Frame, numbers: range) -> None:
    rows: dict[type[Model], list[dict[str, Any]]] = {}

    def add(model: type[Model], **values: Any) -> None:
        rows.setdefault(model, []).append(values)

    booked: list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]] = []
    for number in numbers:
        person_id, account_id = new_id(), new_id()
        add(
            Person,
            id=person_id,
            display_name=f"Last {number + 1}",
            language="de",
            is_adult=True,
            collects_points=True,
            hides_points=False,
            session_epoch=0,
            created_at=frame.starts_at,
            claimed_at=frame.starts_at,
        )
        add(Account, id=account_id, person_id=person_id, balance=frame.earned - COST, earnings=1)
        card = Code(
            CodeType.CARD,
            codes.make_number(secrets.token_bytes(16)),
            codes.make_secret(secrets.token_bytes(16)),
        )
        load.check_in_codes.append(card.text)
        add(
            Pass,
            id=new_id(),
            person_id=person_id,
            kind="K",
            number=card.number,
            secret_hash=keys_of(session).hash(card.text),
            name="",
            pin_failures=0,
            pin_failures_in_row=0,
            created_at=frame.starts_at,
        )
        for occurrence_id in (frame.past_id, frame.open_id):
            add(
                Registration,
                id=new_id(),
                occurrence_id=occurrence_id,
                person_id=person_id,
                state="registered",
                made_at=frame.starts_at,
            )
        booked.append(
            (
                account_id,
                _attend(session, add, frame, person_id),
                _reserve_for(session, add, load, frame, person_id, number),
            )
        )
    for model, values in rows.items():
        session.execute(insert(table_of(model)), values)
    swift.write_in_bulk(session, list(_transfers(session, frame, booked)))


def _attend(session: Session, add: Any, frame: _Frame, person_id: uuid.UUID) -> uuid.UUID:
    attendance_id = new_id()
    add(
        Attendance,
        id=attendance_id,
        occurrence_id=frame.past_id,
        person_id=person_id,
        kind="volunteering",
        way="card",
        checked_in_at=frame.starts_at,
        received_at=frame.starts_at,
        starts_at=frame.starts_at,
        ends_at=frame.starts_at + timedelta(hours=2),
        minutes=120,
        work_on=day_of(frame.starts_at, zone_of(session)),
        points=frame.earned,
        credited=frame.earned,
        policy_version=1,
        offline=False,
        overridden=False,
        without_points=False,
        note="",
        annulled_because="",
        told_at=frame.starts_at,
    )
    return attendance_id


def _reserve_for(  # one row
    session: Session,
    add: Any,
    load: Load,
    frame: _Frame,
    person_id: uuid.UUID,
    number: int,
) -> uuid.UUID:
    redemption_id = new_id()
    code = codes.make_typed(CodeType.REDEMPTION, secrets.token_bytes(8)).text
    load.redemption_codes.append(code)
    add(
        Redemption,
        id=redemption_id,
        person_id=person_id,
        reward_id=frame.rewards[number % len(frame.rewards)],
        partner_id=frame.partner_id,
        state="reserved",
        cost=COST,
        face_value_cents=250,
        code_hash=keys_of(session).hash(code),
        code_sealed=keys_of(session).encrypt(code.encode()),
        reserved_at=frame.now,
        expires_at=frame.now + timedelta(days=1),
        way="code",
        ended_because="",
    )
    return redemption_id


def _transfers(
    session: Session, frame: _Frame, booked: list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]]
) -> Iterator[dict[str, Any]]:
    work_on = day_of(frame.starts_at, zone_of(session))
    for account_id, attendance_id, redemption_id in booked:
        earning = ledger.Cause(
            "attendance", attendance_id, frame.starts_at, policy_version=1, work_on=work_on
        )
        yield swift.earning_row(session, account_id, frame.earned, earning)
        reserving = ledger.Cause("redemption", redemption_id, frame.now)
        yield swift.reserving_row(session, account_id, COST, reserving)
