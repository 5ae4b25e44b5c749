"""Series by RFC 5545: which days and hours a rule gives, by the wall clock of the place.

A series is kept as its iCalendar lines with a floating start (``DTSTART:20300504T100000``): it
happens at that hour on the wall, whatever the clock change does. Read by the services, which
make the dates, and by the pages, which say the rule in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

#: A series ends by itself after so many years, whatever its rule says.
LONGEST = timedelta(days=3 * 366)

#: How a floating time is written in the lines.
STAMP = "%Y%m%dT%H%M%S"

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_UNTIL = re.compile(r"UNTIL=(\d{8}(?:T\d{6}Z?)?)", re.IGNORECASE)


def series_lines(
    start: datetime,
    rule: str,
    zone: ZoneInfo,
    *,
    also: Iterable[datetime] = (),
    without: Iterable[datetime] = (),
) -> str:
    """The lines that are stored for a series.

    start:          its first date by the wall clock, without a zone.
    rule:           ``FREQ=WEEKLY;COUNT=10``, with or without ``RRULE:`` before it; may be empty.
    also, without:  further and left-out dates, by the wall clock.

    Raises ValueError for a rule that cannot be used, in English for the expert who typed it.
    """
    lines = [f"DTSTART:{start:{STAMP}}"]
    if text := rule.strip().upper().removeprefix("RRULE:").strip(" ;"):
        lines.append(f"RRULE:{_checked(text, zone)}")
    lines += [f"RDATE:{one:{STAMP}}" for one in sorted(also)]
    lines += [f"EXDATE:{one:{STAMP}}" for one in sorted(without)]
    joined = "\n".join(lines)
    starts(joined, until=start + timedelta(days=1))  # a rule that cannot be read shows here
    return joined


def _checked(text: str, zone: ZoneInfo) -> str:
    parts = dict(part.partition("=")[::2] for part in text.split(";") if part)
    if parts.get("FREQ") not in _FREQUENCIES:
        raise ValueError("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY")
    unknown = set(parts) - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYSETPOS"}
    if any(not name.startswith("BY") for name in unknown) or "\n" in text:
        raise ValueError("one line of RFC 5545 parts, such as FREQ=WEEKLY;BYDAY=TU;COUNT=10")
    if {"BYHOUR", "BYMINUTE", "BYSECOND"} & set(parts):
        raise ValueError("a series has one time of day")
    return _UNTIL.sub(lambda found: f"UNTIL={_floating(found[1], zone)}", text)


def _floating(until: str, zone: ZoneInfo) -> str:
    """``UNTIL`` by the wall clock: a bare day counts to its end, UTC becomes local."""
    if "T" not in until:
        return f"{until}T235959"
    if until.endswith("Z"):
        instant = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return f"{instant.astimezone(zone):{STAMP}}"
    return until


def starts(
    lines: str, *, until: datetime, after: datetime | None = None, most: int = 400
) -> list[datetime]:
    """The starts of a series up to ``until``, by the wall clock, without a zone.

    after: only later ones. Raises ValueError for lines that cannot be read.
    """
    said: dict[str, list[str]] = {"DTSTART": [], "RRULE": [], "RDATE": [], "EXDATE": []}
    for line in lines.splitlines():
        name, _, value = line.partition(":")
        said[name].append(value)
    first = _wall(said["DTSTART"][0])
    end = min(until, first + LONGEST)
    found = set() if said["RRULE"] else {first}
    for rule in said["RRULE"]:
        found |= set(_occurring(rule, first, end))
    found |= {_wall(one) for one in said["RDATE"]}
    found -= {_wall(one) for one in said["EXDATE"]}
    return sorted(one for one in found if one <= end and (after is None or one > after))[:most]


def _wall(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP)  # noqa: DTZ007  # what the clock on the wall shows


def _occurring(text: str, first: datetime, end: datetime) -> list[datetime]:
    """Bounded by day, so that a rule which never matches does not run for ever."""
    parts = dict(part.partition("=")[::2] for part in text.split(";") if part)
    count, last = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    bare = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        rule = rrulestr(bare, dtstart=first)
        stop = min(end, _wall(last)) if last else end
        most = int(count) if count else None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as reason:
        raise ValueError(f"this rule cannot be read ({reason})") from reason
    if not isinstance(rule, rrule):
        raise TypeError("one rule was asked for")
    return list(islice(rule.replace(until=stop), most))


def at(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clock of the place shows this, in UTC.

    A time that a clock change leaves out is counted on from before it; of one that it
    shows twice, the first is meant (RFC 5545).
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def span(wall: datetime, length: timedelta, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start and end of one date: both keep their hour on the wall (case 16).

    length: between the two as the wall shows them; the real hours may differ by one.
    """
    start, end = at(wall, zone), at(wall + length, zone)
    return start, max(end, start + timedelta(minutes=1))


def wall_length(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> timedelta:
    """How long a date is as the wall shows it."""
    begin = starts_at.astimezone(zone).replace(tzinfo=None)
    return ends_at.astimezone(zone).replace(tzinfo=None) - begin
