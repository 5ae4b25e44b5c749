"""Weekdays and times of a week, as people write them on a door. Rules HRS-1 to HRS-3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

from engage.core.errors import HoursUnclear

#: Days as they are stored, Monday first, and the names that are understood.
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_NAMES = {
    name: day
    for day, names in enumerate(
        (
            "mo mon monday mondays montag montags",
            "tu tue tues tuesday tuesdays di die dienstag dienstags",
            "we wed wednesday wednesdays mi mit mittwoch mittwochs",
            "th thu thur thurs thursday thursdays do don donnerstag donnerstags",
            "fr fri friday fridays fre freitag freitags",
            "sa sat saturday saturdays sam samstag samstags sonnabend sonnabends",
            "su sun sunday sundays so son sonntag sonntags",
        )
    )
    for name in names.split()
}
_EVERY = frozenset({"daily", "täglich", "taeglich", "everyday"})
_DAY_MINUTES = 24 * 60
#: A rule begins with days and goes on with times, as "Mo-Fr 9-18" or "Sa 10:00-14:00".
_RULE = re.compile(r"(?P<days>[^\d]+?)\s*:?\s*(?P<times>\d.*)")
_TIMES = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?-(\d{1,2})(?:[:.](\d{2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """From a minute of a weekday to another; ``end`` lies beyond 24:00 when it goes past midnight.

    day: 0 for Monday.
    """

    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of a week. None at all says nothing: every moment is covered (HRS-1)."""

    slots: tuple[Slot, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.slots)

    def covers(self, at: datetime, tz: tzinfo) -> bool:
        """Whether a moment lies within; the end does not (HRS-1)."""
        if not self.slots:
            return True
        local = at.astimezone(tz)
        minute = local.hour * 60 + local.minute
        return any(
            one.start <= minute < one.end
            if one.day == local.weekday()
            else one.day == (local.weekday() - 1) % 7 and minute + _DAY_MINUTES < one.end
            for one in self.slots
        )

    def next_start(self, at: datetime, tz: tzinfo) -> datetime | None:
        """The next moment at which a slot begins, in the city's time (HRS-2)."""
        today = at.astimezone(tz).date()
        starts = (
            _instant(today + timedelta(days=ahead), slot.start, tz)
            for ahead in range(8)
            for slot in self.slots
            if slot.day == (today.weekday() + ahead) % 7
        )
        return min((start for start in starts if start > at), default=None)

    def text(self) -> str:
        """As it is stored: "Mo-Fr 09:00-18:00; Sa 10:00-14:00"."""
        return "; ".join(
            f"{_span(first, last)} {', '.join(times)}" for first, last, times in self.groups()
        )

    def groups(self) -> list[tuple[int, int, tuple[str, ...]]]:
        """Days that follow each other with the same times: first day, last day, times."""
        grouped: list[tuple[int, int, tuple[str, ...]]] = []
        for day in range(7):
            times = tuple(_written(one) for one in self.slots if one.day == day)
            if not times:
                continue
            if grouped and grouped[-1][1] == day - 1 and grouped[-1][2] == times:
                grouped[-1] = (grouped[-1][0], day, times)
            else:
                grouped.append((day, day, times))
        return grouped


ANYTIME = Hours()


def _span(first: int, last: int) -> str:
    return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"


def _written(slot: Slot) -> str:
    end = slot.end if slot.end <= _DAY_MINUTES else slot.end - _DAY_MINUTES
    return f"{slot.start // 60:02d}:{slot.start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def _instant(day: date, minute: int, tz: tzinfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), tz)


@lru_cache(maxsize=512)
def read_hours(text: str) -> Hours:
    """Hours as somebody typed them, in English or German, or as they are stored (HRS-3).

    Raises HoursUnclear with the ``part`` that nobody could read.
    """
    slots: list[Slot] = []
    for part in re.split(r"[;\n]", _tidy(text)):
        if part.strip(" ,."):
            slots.extend(_read_part(part.strip(" ,.")))
    ordered = tuple(sorted(set(slots)))
    for one, following in pairwise(ordered):
        if one.day == following.day and following.start < one.end:
            raise HoursUnclear(part=f"{DAYS[one.day]} {_written(one)}, {_written(following)}")
    return Hours(ordered)


def _tidy(text: str) -> str:
    plain = text.replace("–", "-").replace("—", "-").replace("\r", "")
    plain = re.sub(r"\bbis\b|\bto\b|\buntil\b", "-", plain)
    plain = re.sub(r"(?i)\bUhr\b|\bvon\b|\bfrom\b|(?<=\d)\s*h\b", " ", plain)
    plain = re.sub(r"(?i)\bund\b|\band\b|&|\+", ",", plain)
    plain = re.sub(r"\s*-\s*", "-", plain)
    return re.sub(r"(?<=\d)[^\S\n]*,[^\S\n]*(?=[^\W\d])", ";", plain)  # "9-18, Sa 10-14"


def _read_part(part: str) -> list[Slot]:
    found = _RULE.fullmatch(part)
    days = _days(found["days"]) if found else None
    times = _times(found["times"]) if found else None
    if not days or not times:
        raise HoursUnclear(part=part[:60])
    return [Slot(day, start, end) for day in days for start, end in times]


def _days(text: str) -> list[int] | None:
    days: list[int] = []
    for one in filter(None, re.split(r"[,\s]+", text.lower().replace(".", ""))):
        if one in _EVERY:
            days.extend(range(7))
            continue
        first, _, last = one.partition("-")
        if first not in _NAMES or (last and last not in _NAMES):
            return None
        start, end = _NAMES[first], _NAMES[last or first]
        days.extend((start + ahead) % 7 for ahead in range((end - start) % 7 + 1))
    return days


def _times(text: str) -> list[tuple[int, int]] | None:
    times: list[tuple[int, int]] = []
    for one in filter(None, re.split(r"[,\s]+", text)):
        found = _TIMES.fullmatch(one)
        if found is None:
            return None
        start = int(found[1]) * 60 + int(found[2] or 0)
        end = int(found[3]) * 60 + int(found[4] or 0)
        if start >= _DAY_MINUTES or end > _DAY_MINUTES or start == end or _strange(found):
            return None
        times.append((start, end if end > start else end + _DAY_MINUTES))
    return times


def _strange(found: re.Match[str]) -> bool:
    return any(int(minutes or 0) > 59 for minutes in (found[2], found[4]))
