"""After the doors have closed: what the devices kept against what the server holds."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.torture.door_crowd import Visit
from engage.attendance.models import Attendance, Review, Scan

#: Seconds by which a corrected time may miss the true one: how long a request may take.
TOLERANCE = 15.0


@dataclass(frozen=True, slots=True)
class Kept:
    """One event as a device has it on its disk."""

    nonce: str
    person: str
    verb: str
    true_at: datetime
    shown: str
    answer: dict[str, Any]
    replayed: bool

    @property
    def code(self) -> str:
        return str(self.answer.get("code", "unanswered"))


@dataclass(frozen=True, slots=True)
class DoorBooks:
    """What the database holds of this date."""

    scans: dict[str, Any]
    attendances: dict[uuid.UUID, Any]
    reviews: Counter[str]
    reviewed: set[uuid.UUID]


@dataclass
class Findings:
    """What does not hold, and how far times were off."""

    broken: list[str] = field(default_factory=list)
    off_by: list[float] = field(default_factory=list)


def read_device(folder: Path) -> list[Kept]:
    with closing(sqlite3.connect(folder / "scans.db")) as store:
        rows = store.execute(
            "SELECT nonce, person, event, true_at, shown, answer, replayed FROM scans"
        )
        return [
            Kept(
                nonce,
                person,
                json.loads(event)["type"],
                datetime.fromtimestamp(true_at, UTC),
                shown or "",
                json.loads(answer or "{}"),
                bool(replayed),
            )
            for nonce, person, event, true_at, shown, answer, replayed in rows
        ]


def read(session: Session, occurrence_id: uuid.UUID) -> DoorBooks:
    scans = {one.nonce: one for one in session.scalars(select(Scan))}
    there = Attendance.occurrence_id == occurrence_id
    attendances = {one.id: one for one in session.scalars(select(Attendance).where(there))}
    rows = session.execute(
        select(Review.attendance_id, Review.reason).where(Review.attendance_id.in_(attendances))
    ).all()
    return DoorBooks(
        scans, attendances, Counter(row.reason for row in rows), {row.attendance_id for row in rows}
    )


def compare(visits: Sequence[Visit], kept: Sequence[Kept], books: DoorBooks) -> Findings:
    """Everything that is lost, doubled, invented or dated wrongly, in words."""
    found = Findings()
    found.broken += _answers(kept, books)
    found.broken += _people(visits, kept, books)
    found.broken += _origins(kept, books, found.off_by)
    found.broken += _points(books)
    return found


def _answers(kept: Sequence[Kept], books: DoorBooks) -> Iterator[str]:
    """Every scan and every refusal is on record, with the answer that the device was given."""
    for one in kept:
        scan = books.scans.get(one.nonce)
        if scan is None:
            yield f"{one.verb} {one.nonce} is not on record (the device says {one.code})"
        elif scan.code != one.code and not {scan.code, one.code} <= {"credited", "checked_in"}:
            yield f"{one.verb} {one.nonce}: {scan.code} on record, the device was told {one.code}"
        if one.shown not in ("", "stored", one.code):
            yield f"{one.verb} {one.nonce}: {one.shown} was shown, the answer is {one.code}"
    known = {one.nonce for one in kept}
    for nonce in books.scans.keys() - known:
        yield f"scan {nonce} is on record and no device has it"


def _people(visits: Sequence[Visit], kept: Sequence[Kept], books: DoorBooks) -> Iterator[str]:
    """Everybody who really was there is in exactly once, and nobody else."""
    live: Counter[uuid.UUID] = Counter(
        one.person_id for one in books.attendances.values() if one.annulled_at is None
    )
    expected = {uuid.UUID(one.person): 1 for one in visits if one.kind == "comes"}
    for one in visits:
        if one.visitor is not None and one.visitor.is_revoked and one.kind == "comes":
            expected[one.visitor.id] = 0
    for person_id in _taken_back(visits, kept):
        expected[person_id] = 0
    for person_id, wanted in expected.items():
        if live[person_id] != wanted:
            yield f"person {person_id} is in {live[person_id]} times instead of {wanted}"
    walked_in = {one.person for one in kept if one.person.startswith("walk-in")}
    strangers = live.keys() - expected.keys()
    most = sum(one.person in walked_in and one.verb == "check_in" for one in kept)
    if not len(walked_in) <= len(strangers) <= most:
        yield f"{len(strangers)} walk-ins are in, {len(walked_in)} came"
    yield from _doubled(books)


def _taken_back(visits: Sequence[Visit], kept: Sequence[Kept]) -> Iterator[uuid.UUID]:
    """Whose scan was annulled, and who did not come in again afterwards."""
    came_back = {one.person for one in visits if one.kind == "comes_back"}
    for one in kept:
        if one.verb == "annul" and one.code == "annulled" and one.person not in came_back:
            yield uuid.UUID(one.person)


def _doubled(books: DoorBooks) -> Iterator[str]:
    annulled: dict[uuid.UUID, int] = defaultdict(int)
    for one in books.attendances.values():
        annulled[one.person_id] += one.annulled_at is not None
    for person_id, times in annulled.items():
        if times > 1:
            yield f"person {person_id} was annulled {times} times"


def _origins(kept: Sequence[Kept], books: DoorBooks, off_by: list[float]) -> Iterator[str]:
    """Each attendance comes from one scan of that person, and has the time of that scan."""
    by_nonce = {one.nonce: one for one in kept}
    origins = {
        scan.attendance_id: by_nonce.get(nonce)
        for nonce, scan in books.scans.items()
        if scan.verb == "check_in" and scan.code in {"credited", "checked_in"}
    }
    for attendance_id, row in books.attendances.items():
        origin = origins.get(attendance_id)
        if origin is None:
            yield f"attendance {attendance_id} comes from no scan"
            continue
        if origin.person.startswith("forged"):
            yield f"attendance {attendance_id} comes from a forged code"
        elif not origin.person.startswith("walk-in") and origin.person != str(row.person_id):
            yield f"attendance {attendance_id} is of {row.person_id}, scanned was {origin.person}"
        off = abs((row.checked_in_at - origin.true_at).total_seconds())
        off_by.append(off)
        if off > TOLERANCE:
            yield f"attendance {attendance_id} is {off:.0f} s off its true time"


def _points(books: DoorBooks) -> Iterator[str]:
    """Points are credited in full, or wait for a published reason."""
    for one in books.attendances.values():
        waits = one.id in books.reviewed
        if one.annulled_at is None and one.credited != one.points and not waits:
            yield f"attendance {one.id} gave {one.credited} of {one.points} points, no review"
