"""From a row to an entry, by a mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engage.activities.drafts import Details
from engage.activities.importing import entries as said
from engage.activities.importing.entries import Entry, Found, Refusal, Remark, When
from engage.activities.importing.mapping import FileMapping
from engage.activities.importing.tables import Row, Sheet
from engage.activities.importing.values import (
    one_line,
    read_day,
    read_hours,
    read_instant,
    read_number,
    tidy,
)
from engage.activities.series import span
from engage.core.geography import FORMATS, District, find_district


class _Refused(Exception):
    """This row cannot be taken."""

    def __init__(self, text: str, **facts: object) -> None:
        self.reason = Remark(text, facts)
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class City:
    """Where the file is read: its time zone, its districts, and the moment."""

    timezone: str
    districts: tuple[District, ...]
    now: datetime


def read_rows(sheet: Sheet, mapping: FileMapping, city: City) -> Found:
    """Every row as an entry or a refusal, in the order of the file."""
    entries: dict[str, Entry] = {}
    refusals: list[Refusal] = []
    for row in sheet.rows:
        reader = _RowReader(row, mapping, city)
        try:
            entry = reader.entry()
            first = entries.get(entry.key)
            entries[entry.key] = _joined(first, entry, mapping) if first else entry
        except _Refused as refused:
            refusals.append(Refusal(row.line, reader.text("title")[:120], refused.reason))
    found: Found = [*entries.values(), *refusals]
    return sorted(found, key=lambda one: one.line)


def _joined(first: Entry, again: Entry, mapping: FileMapping) -> Entry:
    """A further date of the same offer, where the file says so; else it is there twice."""
    known = {one.starts_at for one in first.dates}
    if not mapping.merges or not again.dates or again.dates[0].starts_at in known:
        raise _Refused(said.TWICE, first=first.line)
    return replace(first, dates=(*first.dates, *again.dates))


class _RowReader:
    """Reads one row; collects the notes on the way."""

    def __init__(self, row: Row, mapping: FileMapping, city: City) -> None:
        self._row, self._mapping, self._city = row, mapping, city
        self._notes: list[Remark] = []
        self._zone = ZoneInfo(mapping.timezone or city.timezone)

    def raw(self, name: str) -> str:
        column = self._mapping.columns.get(name)
        return self._row.cells.get(column, "").strip() if column else ""

    def text(self, name: str) -> str:
        return one_line(self.raw(name))

    def entry(self) -> Entry:
        if self._row.spare:
            raise _Refused(said.TOO_MANY_CELLS)
        title = self.text("title")
        if not title:
            raise _Refused(said.NO_TITLE)
        dates = tuple(self._dates())
        street = [self.text("address"), f"{self.text('postcode')} {self.text('town')}".strip()]
        return Entry(
            line=self._row.line,
            key=self.text("key") or self._own_key(title),
            details=self._details(title),
            timezone=self._zone.key,
            dates=dates,
            place=self.text("place")[:160],
            address=", ".join(part for part in street if part)[:200],
            district_code=self._district(),
            capacity=self._capacity(),
            notes=tuple(self._notes),
        )

    def _details(self, title: str) -> Details:
        theirs = self.text("category")
        kind, form = self.text("kind"), self.text("format")
        known = kind in {"volunteering", "participation"}
        age = read_number(self.raw("minimum_age")) or 0
        return Details(
            title=title[:120],
            description=tidy(self.raw("description"))[:6000],
            kind=kind if known else self._mapping.kind,
            format=form if form in FORMATS else self._mapping.format,
            category=self._mapping.categories.get(theirs, self._mapping.category),
            contact=self.text("contact")[:300],
            bring=tidy(self.raw("bring"))[:1000],
            requirements=tidy(self.raw("requirements"))[:1000],
            minimum_age=min(age, 99),
        )

    def _own_key(self, title: str) -> str:
        """Files without numbers are told apart by title, day and place."""
        parts = (title, self.raw("start") or self.raw("day"), self.raw("hours"), self.raw("place"))
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    def _district(self) -> str | None:
        given = self.text("district")
        if not given:
            return None
        found = find_district(given, self._city.districts)
        if found is None:
            self._notes.append(Remark(said.UNKNOWN_DISTRICT, {"given": given[:60]}))
        return found.code if found else None

    def _capacity(self) -> int | None:
        given = self.raw("capacity")
        if not given:
            return None
        number = read_number(given)
        if number is None:
            raise _Refused(said.NOT_A_NUMBER, given=given[:60])
        return None if number == 0 or number in self._mapping.unlimited else min(number, 100_000)

    def _dates(self) -> Iterator[When]:
        start, end = self.raw("start") or self.raw("day"), self.raw("end") or self.raw("end_day")
        if not start:
            if not self._mapping.dates_optional:
                raise _Refused(said.NO_DATE)
            self._notes.append(Remark(said.NO_DATES_NOTE))
            return
        if self._mapping.period:
            self._check_period(start, end)
            self._notes.append(Remark(said.PERIOD_NOTE))
            return
        begins = read_instant(start, self._zone, trusts_z=self._mapping.trusts_z)
        first, last = self._by_day(start, end) if begins is None else self._whole(begins, end)
        if last <= first:
            raise _Refused(said.ENDS_BEFORE, starts=self._say(first), ends=self._say(last))
        if last <= self._city.now:
            raise _Refused(said.IS_OVER)
        key = f"{first:%Y%m%dT%H%MZ}" if self._mapping.merges else "1"
        yield When(key, first, last)

    def _check_period(self, start: str, end: str) -> None:
        first, last = self._day(start), self._day(end) if end else None
        if last is not None and last < first:
            raise _Refused(said.ENDS_BEFORE, starts=f"{first:%d.%m.%Y}", ends=f"{last:%d.%m.%Y}")

    def _whole(self, begins: datetime, end: str) -> tuple[datetime, datetime]:
        finish = read_instant(end, self._zone, trusts_z=self._mapping.trusts_z) if end else None
        if end and finish is None:
            raise _Refused(said.NOT_A_DATE, given=end[:60])
        return begins, finish or begins + self._assumed_length()

    def _by_day(self, start: str, end: str) -> tuple[datetime, datetime]:
        day = self._day(start)
        hours = self.raw("hours")
        opens, closes = read_hours(hours) if hours else (None, None)
        if hours and opens is None:
            raise _Refused(said.NOT_A_TIME, given=hours[:60])
        if opens is None:
            opens = self._assumed_start()
        last_day = self._day(end) if end else day
        first = datetime.combine(day, opens)
        if closes is None:
            return span(first, self._assumed_length(), self._zone)
        last = datetime.combine(max(day, last_day) if last_day == day else day, closes)
        begins, ends = span(first, last - first, self._zone)
        if last <= first:
            raise _Refused(said.ENDS_BEFORE, starts=f"{opens:%H:%M}", ends=f"{closes:%H:%M}")
        return begins, ends

    def _day(self, text: str) -> date:
        found = read_day(text)
        if found is None:
            raise _Refused(said.NOT_A_DATE, given=text[:60])
        return found

    def _assumed_start(self) -> time:
        if not self._mapping.default_start:
            raise _Refused(said.NO_TIME)
        self._notes.append(Remark(said.NO_TIME_NOTE, {"starts": self._mapping.default_start}))
        return time.fromisoformat(self._mapping.default_start)

    def _assumed_length(self) -> timedelta:
        minutes = self._mapping.default_minutes
        if not minutes:
            raise _Refused(said.NO_TIME)
        self._notes.append(Remark(said.NO_END_NOTE, {"minutes": minutes}))
        return timedelta(minutes=minutes)

    def _say(self, instant: datetime) -> str:
        return f"{instant.astimezone(self._zone):%d.%m.%Y %H:%M}"
