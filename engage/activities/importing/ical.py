"""iCalendar: each event a series or a date, with its moved, further and left-out instances."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from engage.activities.drafts import Details
from engage.activities.importing import entries as said
from engage.activities.importing.entries import (
    UNKNOWN_KIND,
    Entry,
    FileUnreadable,
    Found,
    Refusal,
    Remark,
    When,
)
from engage.activities.importing.mapping import FileMapping
from engage.activities.importing.rows import City
from engage.activities.importing.values import one_line, tidy
from engage.core.activities import series_until

#: At most so many dates of one event; nobody plans more.
MOST = 400


def read_ical(content: bytes, mapping: FileMapping, city: City) -> Found:
    """Every event of a calendar file as an entry or a refusal. Raises FileUnreadable."""
    try:
        content = content.removeprefix(b"\xef\xbb\xbf")
        if content.lstrip().upper().startswith(b"BEGIN:VEVENT"):
            content = b"BEGIN:VCALENDAR\r\n" + content.strip() + b"\r\nEND:VCALENDAR\r\n"
        calendars = Calendar.from_ical(content, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as reason:
        raise FileUnreadable(UNKNOWN_KIND) from reason
    found: Found = []
    line = 0
    for calendar in calendars:
        for group in _by_uid(calendar):
            line += 1
            found.append(_read_event(calendar, group, line, _Reader(mapping, city)))
    return found


def _by_uid(calendar: Any) -> Iterable[list[Any]]:
    """An event and its moved instances belong together."""
    groups: dict[str, list[Any]] = {}
    for event in calendar.walk("VEVENT"):
        title, start = str(event.get("SUMMARY", "")), str(event.get("DTSTART", ""))
        own = hashlib.sha256(f"{title}\x1f{start}".encode()).hexdigest()[:32]
        groups.setdefault(str(event.get("UID", own)), []).append(event)
    return groups.values()


class _Reader:
    """Knows the zone, and how far ahead dates are read."""

    def __init__(self, mapping: FileMapping, city: City) -> None:
        self.mapping, self.city = mapping, city
        self.zone = ZoneInfo(mapping.timezone or city.timezone)

    def until(self, group: list[Any], first: datetime) -> datetime:
        """Eight weeks of a series without an end (ACT-9), a year of any other."""
        begin = max(self.city.now, first.replace(tzinfo=UTC))
        if any(_is_endless(one) for one in group):
            return series_until(begin)
        return begin + timedelta(days=366)

    def instant(self, value: date | datetime) -> datetime | None:
        """None for a whole day: it has no hour."""
        if not isinstance(value, datetime):
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=self.zone)
        return aware.astimezone(UTC)


def _read_event(calendar: Any, group: list[Any], line: int, reader: _Reader) -> Entry | Refusal:
    main = next((one for one in group if "RECURRENCE-ID" not in one), group[0])
    title = one_line(str(main.get("SUMMARY", "")))[:120]
    try:
        if not title:
            raise _Refused(said.NO_TITLE)
        dates, over, notes = _dates(calendar, group, reader)
        if not dates:
            raise _Refused(said.IS_OVER if over else said.NO_DATE)
    except _Refused as refused:
        return Refusal(line, title, refused.reason)
    except Exception as broken:  # the library raises whatever a broken rule makes it meet
        return Refusal(line, title, Remark(said.BROKEN, {"why": str(broken)[:120]}))
    if over:
        notes.append(Remark(said.OVER_NOTE, {"count": over}))
    return Entry(
        line,
        (str(main.get("UID", "")) or hashlib.sha256(title.encode()).hexdigest())[:200],
        _details(title, main, reader.mapping),
        reader.zone.key,
        tuple(dates[:MOST]),
        place=one_line(str(main.get("LOCATION", "")))[:160],
        notes=tuple({one.text: one for one in notes}.values()),
    )


def _details(title: str, event: Any, mapping: FileMapping) -> Details:
    return Details(
        title=title,
        description=tidy(str(event.get("DESCRIPTION", "")))[:6000],
        kind=mapping.kind,
        format=mapping.format,
        category=mapping.category,
    )


class _Refused(Exception):
    def __init__(self, text: str, **facts: object) -> None:
        self.reason = Remark(text, facts)
        super().__init__(text)


def _dates(
    calendar: Any, group: list[Any], reader: _Reader
) -> tuple[list[When], int, list[Remark]]:
    """The dates that are not over, how many are, and what was assumed."""
    _ensure_readable(group, reader)
    alone = Calendar()
    for zone in calendar.walk("VTIMEZONE"):
        alone.add_component(zone)
    for event in group:
        alone.add_component(event)
    first = min(_naive(one["DTSTART"].dt) for one in group) - timedelta(days=2)
    notes: list[Remark] = []
    found: dict[str, When] = {}
    over = 0
    if any(_is_endless(one) for one in group):
        notes.append(Remark(said.ENDLESS_NOTE))
    for one in recurring_ical_events.of(alone).between(first, reader.until(group, first)):
        if str(one.get("STATUS", "")).upper() == "CANCELLED":
            continue
        when = _when(one, reader, notes)
        if when.ends_at <= reader.city.now:
            over += 1
        else:
            found[when.key] = when
    return sorted(found.values(), key=lambda one: one.starts_at), over, notes


def _is_endless(event: Any) -> bool:
    rules = event.get("RRULE", [])
    rules = rules if isinstance(rules, list) else [rules]
    return any("COUNT" not in rule and "UNTIL" not in rule for rule in rules)


def _naive(value: date | datetime) -> datetime:
    return datetime(value.year, value.month, value.day, tzinfo=None)  # noqa: DTZ001  # a day


def _ensure_readable(group: list[Any], reader: _Reader) -> None:
    """What cannot be a date is refused before the series is made."""
    for event in group:
        if "DTSTART" not in event:
            raise _Refused(said.NO_DATE)
        start = event["DTSTART"].dt
        if not isinstance(start, datetime) and not reader.mapping.default_start:
            raise _Refused(said.NO_TIME)
        end = event["DTEND"].dt if "DTEND" in event else None
        begins, ends = reader.instant(start), reader.instant(end) if end else None
        if begins and ends and ends < begins:
            first, last = (one.astimezone(reader.zone) for one in (begins, ends))
            facts = {"starts": f"{first:%d.%m.%Y %H:%M}", "ends": f"{last:%d.%m.%Y %H:%M}"}
            raise _Refused(said.ENDS_BEFORE, **facts)


def _when(one: Any, reader: _Reader, notes: list[Remark]) -> When:
    start, end = one["DTSTART"].dt, one["DTEND"].dt if "DTEND" in one else None
    begins = reader.instant(start)
    if begins is None:
        hour = datetime.strptime(reader.mapping.default_start, "%H:%M").time()  # noqa: DTZ007  # an hour on the wall
        begins = datetime.combine(start, hour, tzinfo=reader.zone).astimezone(UTC)
        notes.append(Remark(said.NO_TIME_NOTE, {"starts": reader.mapping.default_start}))
        end = None
    ends = reader.instant(end) if end else None
    if ends is None or ends <= begins:
        minutes = reader.mapping.default_minutes
        if not minutes:
            raise _Refused(said.NO_TIME)
        notes.append(Remark(said.NO_END_NOTE, {"minutes": minutes}))
        ends = begins + timedelta(minutes=minutes)
    planned = one["RECURRENCE-ID"].dt if "RECURRENCE-ID" in one else start
    key = reader.instant(planned) if isinstance(planned, datetime) else None
    return When((key or begins).strftime("%Y%m%dT%H%MZ"), begins, ends)
