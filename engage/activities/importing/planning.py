"""What a file would change, and changing it, entry by entry. Nothing is ever deleted."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities import service
from engage.activities.drafts import DateDraft, Details, OccurrenceChange
from engage.activities.importing import entries as said
from engage.activities.importing.entries import Entry, Found, Refusal, Remark, When
from engage.activities.models import Activity, Occurrence

#: What a later version of a file may change.
FROM_FILE = ("title", "description", "contact", "bring", "requirements", "minimum_age")

#: Where no capacity is given, the budget counts with so many people.
EXPECTED = 20


@dataclass(frozen=True, slots=True)
class Line:
    """What happens to one line: ``created``, ``changed``, ``unchanged`` or ``refused``."""

    line: int
    title: str
    outcome: str
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a file would do or has done.

    missing: offers of the same source that are not in this file; they stay as they are.
    """

    mapping: str
    lines: tuple[Line, ...]
    missing: int = 0

    def count(self, outcome: str) -> int:
        return Counter(one.outcome for one in self.lines)[outcome]


def plan(session: Session, organisation_id: uuid.UUID, source: str, found: Found) -> Report:
    """Compare a file with what is there; writes nothing."""
    known = _known(session, organisation_id, source)
    lines = [_judge(one, known) for one in found]
    keys = {one.key for one in found if isinstance(one, Entry)}
    return Report(source, tuple(lines), missing=len(set(known) - keys))


def _known(session: Session, organisation_id: uuid.UUID, source: str) -> dict[str, str]:
    rows = session.execute(
        select(Activity.source_key, Activity.source_hash).where(
            Activity.organisation_id == organisation_id, Activity.source == source
        )
    )
    return {row.source_key: row.source_hash or "" for row in rows if row.source_key}


def _judge(one: Entry | Refusal, known: dict[str, str]) -> Line:
    if isinstance(one, Refusal):
        return Line(one.line, one.title, "refused", (one.reason,))
    before = known.get(one.key)
    same = before == one.fingerprint()
    outcome = "created" if before is None else "unchanged" if same else "changed"
    return Line(one.line, one.details.title, outcome, one.notes)


def write_entry(
    session: Session,
    organisation_id: uuid.UUID,
    source: str,
    entry: Entry,
    *,
    actor_id: uuid.UUID | None,
    now: datetime,
) -> str:
    """Write one entry; returns what happened. A new one is a draft; a published one stays public.

    Raises what `service.change_occurrence` and `service.write` raise.
    """
    activity = session.scalars(
        select(Activity).where(
            Activity.organisation_id == organisation_id,
            Activity.source == source,
            Activity.source_key == entry.key,
        )
    ).one_or_none()
    fingerprint = entry.fingerprint()
    if activity is not None and activity.source_hash == fingerprint:
        return "unchanged"
    outcome = "changed"
    if activity is None:
        outcome = "created"
        activity = service.draft(
            session, organisation_id, entry.details, actor_id=actor_id, now=now
        )
        activity.source, activity.source_key = source, entry.key
        session.flush()  # its dates need it
    else:
        service.write(session, activity.id, _updated(activity, entry), now=now)
    for when in entry.dates:
        _write_date(session, activity, entry, when, now)
    activity.source_hash = fingerprint
    return outcome


def _updated(activity: Activity, entry: Entry) -> Details:
    """What the file says wins; what only the organiser filled in stays."""
    said = {name: getattr(entry.details, name) for name in FROM_FILE}
    given = {name: value for name, value in said.items() if value}
    return replace(service.details_of(activity), **given)


def _write_date(
    session: Session, activity: Activity, entry: Entry, when: When, now: datetime
) -> None:
    occurrence = session.scalars(
        select(Occurrence).where(
            Occurrence.activity_id == activity.id, Occurrence.source_key == when.key
        )
    ).one_or_none()
    place = {
        "place": entry.place,
        "address": entry.address,
        "district_code": entry.district_code,
        "capacity": entry.capacity,
    }
    if occurrence is None:
        date = DateDraft(
            when.starts_at,
            when.ends_at,
            timezone=entry.timezone,
            expected=None if entry.capacity else EXPECTED,
            source_key=when.key,
            **place,  # type: ignore[arg-type]  # the four fields above
        )
        service.add_date(session, activity.id, date, now=now)
    elif occurrence.status == "scheduled" and _differs(occurrence, entry, when):
        kept = ("expected", "has_waiting_list", "walk_ins", "opens_minutes", "closes_minutes")
        change = OccurrenceChange(
            when.starts_at,
            when.ends_at,
            **place,  # type: ignore[arg-type]  # the four fields above
            **{name: getattr(occurrence, name) for name in kept},
        )
        service.change_occurrence(session, occurrence.id, change, reason="", now=now)


def _differs(occurrence: Occurrence, entry: Entry, when: When) -> bool:
    return (occurrence.starts_at, occurrence.ends_at) != (when.starts_at, when.ends_at) or any(
        getattr(occurrence, name) != getattr(entry, name)
        for name in ("place", "address", "district_code", "capacity")
    )


def missing_remark(report: Report) -> Remark | None:
    """Offers that a newer file no longer names stay; the report says so."""
    return Remark(said.MISSING_NOTE, {"count": report.missing}) if report.missing else None


def failed(line: Line, why: str) -> Line:
    """A line that the services refused when it was written."""
    return Line(line.line, line.title, "refused", (Remark(said.NOT_WRITTEN, {"why": why}),))


def entries_of(found: Sequence[Entry | Refusal]) -> list[Entry]:
    """Without what was refused."""
    return [one for one in found if isinstance(one, Entry)]
