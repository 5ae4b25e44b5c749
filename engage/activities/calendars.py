"""Dates as iCalendar: one date to keep, or a citizen's own dates for their calendar program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

#: Who made the file, as RFC 5545 wants to know.
MADE_BY = "-//Engage//Calendar//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One date of a calendar file.

    key:   stays the same for the same date, so that a newer file replaces it.
    url:   of its page.
    """

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    place: str
    note: str
    url: str
    is_cancelled: bool = False
    is_tentative: bool = False


def write_calendar(entries: Iterable[Entry], *, name: str, host: str, now: datetime) -> bytes:
    """A calendar file with the time zones it needs."""
    calendar = Calendar()
    calendar.add("prodid", MADE_BY)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, host, now))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry, host: str, now: datetime) -> Event:
    zone = ZoneInfo(entry.timezone)
    event = Event()
    event.add("uid", f"{entry.key}@{host.partition(':')[0]}")
    event.add("dtstamp", now)
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.title)
    if entry.place:
        event.add("location", entry.place)
    if entry.note:
        event.add("description", entry.note)
    event.add("url", entry.url)
    status = "CANCELLED" if entry.is_cancelled else "CONFIRMED"
    event.add("status", "TENTATIVE" if entry.is_tentative and not entry.is_cancelled else status)
    return event
