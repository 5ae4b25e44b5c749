"""A door with everything behind it, made of rows: for tests and measurements of check-in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.activities.models import Activity, Occurrence, Registration
from engage.core import codes
from engage.devices.models import Device
from engage.organisations.models import Budget, Member, Organisation
from engage.storage.base import new_id
from engage.storage.keys import keys_of, token_hash
from tests.clock import NOON
from tests.factories.accounts import make_person

SECRET = b"twenty bytes of secret"[:20]


@dataclass
class Door:
    """A running occurrence of a verified organisation, with a paired scanner."""

    organisation: Organisation
    activity: Activity
    occurrence: Occurrence
    device: Device
    token: str


def number(text: str) -> str:
    """A public number that a test can read: ``MINA`` → ``M1NA0000``."""
    tidy = text.upper().replace("I", "1").replace("O", "0").replace("Y", "V").replace("Z", "2")
    return tidy.ljust(8, "0")[:8]


def make_door(session: Session, name: str = "A", **changes: object) -> Door:
    """The occurrence runs from NOON to two o'clock and gives 15 points (bands, under 2 h 15)."""
    organisation = Organisation(
        id=new_id(),
        slug=f"verein-{name.lower()}",
        name=f"Verein {name}",
        applied_at=NOON,
        status="verified",
    )
    session.add(organisation)
    session.flush()
    session.add(Budget(organisation_id=organisation.id, year=NOON.year, granted=50_000))
    activity = Activity(
        id=new_id(),
        organisation_id=organisation.id,
        title="Beete anlegen",
        kind="volunteering",
        format="shift",
        category="nature",
        status="published",
        created_at=NOON,
    )
    session.add(activity)
    session.flush()
    values: dict[str, object] = {
        "starts_at": NOON,
        "ends_at": NOON + timedelta(hours=2),
        "timezone": "Europe/Berlin",
        "capacity": 50,
        "number": number(f"{name}DATE"),
    }
    occurrence = Occurrence(
        id=new_id(),
        activity_id=activity.id,
        organisation_id=organisation.id,
        secret=keys_of(session).encrypt(SECRET),
        **(values | changes),
    )
    session.add(occurrence)
    token = f"dev_{name}"
    device = Device(
        id=new_id(),
        kind="scanner",
        name=f"Scanner {name}",
        organisation_id=organisation.id,
        token_hash=token_hash(token),
        is_limited=False,
        created_at=NOON,
        paired_at=NOON - timedelta(days=1),
    )
    session.add(device)
    session.flush()
    return Door(organisation, activity, occurrence, device, token)


def make_phone(session: Session, person: Person) -> Pass:
    phone = Pass(
        id=new_id(),
        person_id=person.id,
        kind="P",
        number=number(person.display_name),
        secret=keys_of(session).encrypt(SECRET),
        created_at=NOON,
    )
    session.add(phone)
    session.flush()
    return phone


def make_citizen(session: Session, name: str, door: Door | None = None) -> Person:
    """A person with a phone, and a place at the door if one is given."""
    person = make_person(session, name)
    make_phone(session, person)
    if door is not None:
        session.add(
            Registration(
                occurrence_id=door.occurrence.id,
                person_id=person.id,
                state="registered",
                made_at=NOON,
            )
        )
        door.occurrence.taken += 1
    session.flush()
    return person


def make_organiser(
    session: Session, name: str, door: Door, role: str = "organiser", *, paid: bool = False
) -> Person:
    person = make_citizen(session, name)
    session.add(
        Member(
            organisation_id=door.organisation.id,
            person_id=person.id,
            role=role,
            paid=paid,
            joined_at=NOON,
        )
    )
    session.flush()
    return person


def code_of(person: Person, at: datetime = NOON, steps: int = 0) -> str:
    """What the person's phone shows at an instant, or some steps of 30 s away from it."""
    step = codes.step_of(at) + steps
    return codes.pass_code(SECRET, number(person.display_name), step).text


def nonce(text: str = "") -> str:
    """A scan number of 26 characters; the same text gives the same."""
    if not text:
        return codes.encode_bits(uuid.uuid4().bytes + b"\0", 26)
    return number(text).ljust(26, "0")
