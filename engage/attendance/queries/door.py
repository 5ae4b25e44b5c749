"""The people of a date, what did not work at its door, and its scanners."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engage.accounts.models import DataRead, Person
from engage.activities.models import Registration
from engage.attendance.models import Attendance, Scan
from engage.attendance.queries.places import Place
from engage.core.errors import SearchTooShort
from engage.devices.models import Device, DeviceOccurrence

#: Search at the door: at least so many letters, at most so many hits (domain §4).
LETTERS, HITS = 3, 5

#: Answers of a scan that let somebody in.
LET_IN = ("credited", "checked_in", "checked_out", "annulled")


@dataclass(frozen=True, slots=True)
class Participant:
    """One person of an occurrence as its organiser sees them: no balance, no review.

    state:  registered, waitlisted, or nothing for somebody who came without a place.
    """

    person_id: uuid.UUID
    display_name: str
    state: str
    attendance_id: uuid.UUID | None
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    way: str
    device: str
    minutes: int
    points: int
    note: str

    @property
    def is_in(self) -> bool:
        return self.attendance_id is not None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An attempt at the door that did not work."""

    code: str
    facts: dict[str, object]
    at: datetime
    display_name: str
    came_in_later: bool


@dataclass(frozen=True, slots=True)
class DoorDevice:
    """A scanner of this door and how it is doing."""

    name: str
    last_seen_at: datetime | None
    unsent: int


def list_participants(session: Session, occurrence_id: uuid.UUID) -> list[Participant]:
    """Everybody with a place or on the waiting list, and everybody who came, by name."""
    columns = (
        Person.id.label("person_id"),
        Person.display_name,
        Registration.state,
        Attendance.id.label("attendance_id"),
        Attendance.checked_in_at,
        Attendance.checked_out_at,
        Attendance.way,
        Device.name.label("device"),
        Attendance.minutes,
        Attendance.points,
        Attendance.note,
    )
    registered = and_(
        Registration.person_id == Person.id,
        Registration.occurrence_id == occurrence_id,
        Registration.state != "cancelled",
    )
    came = and_(
        Attendance.person_id == Person.id,
        Attendance.occurrence_id == occurrence_id,
        Attendance.annulled_at.is_(None),
    )
    rows = session.execute(
        select(*columns)
        .select_from(Person)
        .outerjoin(Registration, registered)
        .outerjoin(Attendance, came)
        .outerjoin(Device, Device.id == Attendance.device_id)
        .where(
            Person.id.in_(
                select(Registration.person_id)
                .where(
                    Registration.occurrence_id == occurrence_id, Registration.state != "cancelled"
                )
                .union(
                    select(Attendance.person_id).where(
                        Attendance.occurrence_id == occurrence_id, Attendance.annulled_at.is_(None)
                    )
                )
            )
        )
    ).mappings()
    people = [_participant(dict(row)) for row in rows]
    return sorted(people, key=lambda one: (_bare(one.display_name), one.person_id))


def find_participant(
    session: Session, occurrence_id: uuid.UUID, attendance_id: uuid.UUID
) -> Participant | None:
    """The person of a live attendance at this date."""
    people = list_participants(session, occurrence_id)
    return next((one for one in people if one.attendance_id == attendance_id), None)


def _participant(row: dict[str, object]) -> Participant:
    empty = {"state": "", "way": "", "device": "", "note": "", "minutes": 0, "points": 0}
    known = {name: empty.get(name) if fact is None else fact for name, fact in row.items()}
    return Participant(**known)  # type: ignore[arg-type]  # a row of the columns above


def _bare(text: str) -> str:
    """A name without case and accents, so that “Öz” is found by “oz”."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def search_people(session: Session, occurrence_id: uuid.UUID, text: str) -> list[Participant]:
    """People of this occurrence by a part of their name: at least 3 letters, at most 5 hits.

    Raises SearchTooShort.
    """
    wanted = _bare(text.strip())
    if len(wanted) < LETTERS:
        raise SearchTooShort()
    people = list_participants(session, occurrence_id)
    hits = [one for one in people if wanted in _bare(one.display_name)]
    return sorted(hits, key=lambda one: not _bare(one.display_name).startswith(wanted))[:HITS]


def find_device_owner(session: Session, device_id: uuid.UUID) -> uuid.UUID | None:
    """Who set a scanner up: what it reads is read in their name."""
    return session.scalar(select(Device.created_by).where(Device.id == device_id))


def note_hits(
    session: Session,
    reader_id: uuid.UUID | None,
    hits: list[Participant],
    *,
    now: datetime,
) -> None:
    """Write down whose names a search at the door has shown."""
    for one in hits if reader_id is not None else ():
        if one.person_id != reader_id:
            session.add(
                DataRead(actor_id=reader_id, person_id=one.person_id, what="search", at=now)
            )


def list_refusals(session: Session, occurrence_id: uuid.UUID, *, limit: int = 20) -> list[Refusal]:
    """Attempts that did not work, newest first, and whether the person came in later."""
    rows = session.execute(
        select(
            Scan.code,
            Scan.facts,
            Scan.received_at.label("at"),
            Person.display_name,
            Attendance.id.is_not(None).label("came_in_later"),
        )
        .outerjoin(Person, Person.id == Scan.person_id)
        .outerjoin(
            Attendance,
            and_(
                Attendance.occurrence_id == Scan.occurrence_id,
                Attendance.person_id == Scan.person_id,
                Attendance.annulled_at.is_(None),
            ),
        )
        .where(
            Scan.occurrence_id == occurrence_id,
            Scan.code.not_in((*LET_IN, "already_checked_in")),
        )
        .order_by(Scan.received_at.desc())
        .limit(limit)
    )
    return [
        Refusal(
            row.code, _facts(row.facts), row.at, row.display_name or "", bool(row.came_in_later)
        )
        for row in rows
    ]


def _facts(kept: dict[str, object]) -> dict[str, object]:
    facts = kept.get("facts", kept)
    return dict(facts) if isinstance(facts, dict) else {}


def list_devices(session: Session, place: Place) -> list[DoorDevice]:
    """Paired scanners that may act at this occurrence."""
    allowed = select(DeviceOccurrence.device_id).where(DeviceOccurrence.occurrence_id == place.id)
    rows = session.execute(
        select(Device.name, Device.last_seen_at, Device.unsent)
        .where(
            Device.organisation_id == place.organisation_id,
            Device.paired_at.is_not(None),
            Device.revoked_at.is_(None),
            or_(Device.is_limited.is_(False), Device.id.in_(allowed)),
        )
        .order_by(Device.name)
    )
    return [DoorDevice(*row) for row in rows]


def find_scan(session: Session, caller_id: uuid.UUID, nonce: str) -> Scan | None:
    """What was answered to a scan; only to the one who sent it."""
    return session.scalars(
        select(Scan).where(Scan.caller_id == caller_id, Scan.nonce == nonce)
    ).one_or_none()


def find_last_scan(session: Session, caller_id: uuid.UUID, occurrence_id: uuid.UUID) -> Scan | None:
    """The last person somebody let in here who still counts, for the line below the camera."""
    return session.scalars(
        select(Scan)
        .join(Attendance, Attendance.id == Scan.attendance_id)
        .where(
            Scan.caller_id == caller_id,
            Scan.occurrence_id == occurrence_id,
            Scan.verb == "check_in",
            Scan.code.in_(("credited", "checked_in")),
            Attendance.annulled_at.is_(None),
        )
        .order_by(Scan.received_at.desc())
        .limit(1)
    ).one_or_none()
