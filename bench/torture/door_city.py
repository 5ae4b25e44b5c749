"""The city of the door torture: one date, eight scanners, people with phones and cards."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Settings
from engage import create_app
from engage.accounts.models import Pass, Person
from engage.activities.models import Occurrence
from engage.core import codes
from engage.demo import load
from engage.devices.models import Device
from engage.storage.base import new_id
from engage.storage.keys import keys_of, token_hash
from engage.storage.unit_of_work import run_work

#: Room for people without a place.
ROOM = 200
PHONE_SECRET = 20


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a place: a printed card, or a phone that shows a rotating code."""

    id: uuid.UUID
    number: str
    card: str = ""
    secret: bytes = b""
    is_revoked: bool = False
    name: str = ""

    def code(self, now: datetime, steps: int = 0) -> str:
        """What they hold under the camera now."""
        if self.card:
            return self.card
        return codes.pass_code(self.secret, self.number, codes.step_of(now) + steps).text


@dataclass
class DoorCity:
    """What the harness needs to know."""

    occurrence_id: uuid.UUID
    tokens: list[str]
    visitors: list[Visitor] = field(default_factory=list)


def build(settings: Settings, people: int, devices: int) -> DoorCity:
    """Fill an empty, migrated database. Every other visitor has a phone, 1 in 100 a lost card."""
    app = create_app(settings)
    with app.extensions["sessions"]() as session:
        city = run_work(session, lambda s: _fill(s, people, devices, datetime.now(UTC)))
    app.extensions["engine"].dispose()
    return city


def _fill(session: Session, people: int, devices: int, now: datetime) -> DoorCity:
    known = load.fill(session, people, now=now)
    city = DoorCity(known.occurrence_id, [known.device_token, *_devices(session, devices, now)])
    session.execute(
        update(Occurrence)
        .where(Occurrence.id == known.occurrence_id)
        .values(capacity=people + ROOM, walk_ins=True)
    )
    read = {code.number: code for one in known.check_in_codes if (code := codes.read_code(one))}
    rows = session.execute(
        select(Pass.id, Pass.person_id, Pass.number, Person.display_name)
        .join(Person, Person.id == Pass.person_id)
        .order_by(Pass.id)
    ).all()
    for number, row in enumerate(rows):
        if number % 2:
            phone = _with_phone(session, row.person_id, now)
            city.visitors.append(replace(phone, name=row.display_name))
            continue
        is_revoked = number % 100 == 50
        if is_revoked:
            gone = {"revoked_at": now - timedelta(days=1)}
            session.execute(update(Pass).where(Pass.id == row.id).values(gone))
        card = read[row.number].text
        name = row.display_name
        city.visitors.append(Visitor(row.person_id, row.number, card, b"", is_revoked, name))
    return city


def _with_phone(session: Session, person_id: uuid.UUID, now: datetime) -> Visitor:
    secret, number = secrets.token_bytes(PHONE_SECRET), codes.make_number(secrets.token_bytes(5))
    session.add(
        Pass(
            id=new_id(),
            person_id=person_id,
            kind="P",
            number=number,
            secret=keys_of(session).encrypt(secret),
            name="Telefon",
            created_at=now,
        )
    )
    return Visitor(person_id, number, secret=secret)


def _devices(session: Session, count: int, now: datetime) -> list[str]:
    first = session.scalars(select(Device).where(Device.kind == "scanner")).one()
    tokens = [f"dev_{secrets.token_urlsafe(32)}" for _ in range(count - 1)]
    for number, token in enumerate(tokens):
        session.add(
            Device(
                kind="scanner",
                name=f"Tür {number + 2}",
                organisation_id=first.organisation_id,
                token_hash=token_hash(token),
                is_limited=False,
                created_at=now,
                paired_at=first.paired_at,
            )
        )
    return tokens


def arrivals(people: int, seconds: float, sample: Path | None) -> list[float]:
    """When each comes, in seconds from the start, in the rhythm of a real door.

    sample: folder with a gym's swipes of five months, laid over each other by time of day;
            without it two rushes and little between.
    """
    if sample is None:
        thirds = [seconds * (0.15 + 0.05 * (n % 7) / 7) for n in range(people // 3)]
        return sorted(thirds + [seconds * n / people for n in range(people - len(thirds))])
    minutes = sorted(_minutes(sample))
    chosen = [minutes[n * len(minutes) // people] for n in range(people)]
    first, last = chosen[0], chosen[-1] + 1
    return [(one - first) / (last - first) * seconds for one in chosen]


def _minutes(sample: Path) -> list[int]:
    """Minutes of the day of all who came in."""
    found = []
    for path in sorted((sample / "checkins").glob("*.csv")):
        for line in path.read_text().splitlines()[1:]:
            _, direction, at = line.split(",")
            if direction == "In":
                hour, minute = at.split(" ")[1].split(":")
                found.append(int(hour) * 60 + int(minute))
    return found
