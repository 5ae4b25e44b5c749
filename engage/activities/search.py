"""What a visitor of the catalogue asked for, read from the address of the page."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engage.activities.queries import Cursor, Offer, Wish
from engage.core.periods import day_of, day_start

#: Words of the filter by time.
WHEN = ("today", "week", "weekend")


@dataclass(frozen=True, slots=True)
class Search:
    """A search as the address says it. Whatever cannot be read counts as not given.

    when:         ``today``, ``week``, ``weekend`` or empty; wins over first and last.
    first, last:  days, both included.
    """

    q: str = ""
    when: str = ""
    first: date | None = None
    last: date | None = None
    district: str = ""
    kind: str = ""
    format: str = ""
    step_free: bool = False
    little_german: bool = False
    favourites: bool = False

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Search:
        when = args.get("when", "")
        return cls(
            q=args.get("q", "").strip()[:200],
            when=when if when in WHEN else "",
            first=_day(args.get("from", "")),
            last=_day(args.get("to", "")),
            district=args.get("district", "")[:60],
            kind=args.get("kind", "")[:40],
            format=args.get("format", "")[:40],
            step_free=args.get("step_free") == "1",
            little_german=args.get("little_german") == "1",
            favourites=args.get("favourites") == "1",
        )

    def args(self, **changes: object) -> dict[str, str]:
        """The address of this search with some answers changed."""
        said = asdict(replace(self, **changes))  # type: ignore[arg-type]  # names of fields
        said["from"], said["to"] = said.pop("first"), said.pop("last")
        given = {name: value for name, value in said.items() if value}
        return {name: "1" if value is True else str(value) for name, value in given.items()}

    def count_filters(self) -> int:
        """How many of the filters below the words are set."""
        return len(self.args(q=""))

    def wish(self, now: datetime, zone: ZoneInfo, person_id: uuid.UUID | None) -> Wish:
        """The same as the catalogue understands it."""
        since, until = self._span(now, zone)
        return Wish(
            words=self.q,
            kind=self.kind,
            format=self.format,
            district=self.district,
            since=since,
            until=until,
            step_free=self.step_free,
            little_german=self.little_german,
            favourites_of=person_id if self.favourites else None,
        )

    def _span(self, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        today = day_of(now, zone)
        monday = today - timedelta(days=today.weekday())
        first, last = {
            "today": (today, today),
            "week": (today, monday + timedelta(days=6)),
            "weekend": (max(today, monday + timedelta(days=5)), monday + timedelta(days=6)),
        }.get(self.when, (self.first, self.last))
        since = day_start(first, zone) if first else None
        return since, day_start(last + timedelta(days=1), zone) if last else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def write_cursor(offer: Offer) -> str:
    """Where the next page of the catalogue begins, for an address."""
    plain = f"{offer.starts_at.isoformat()}~{offer.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor | None:
    """None for an address that nobody got from us."""
    try:
        padded = text + "=" * (-len(text) % 4)
        instant, _, last = base64.urlsafe_b64decode(padded.encode()).decode().partition("~")
        at = datetime.fromisoformat(instant)
        return (at, uuid.UUID(last)) if at.tzinfo else None
    except (ValueError, binascii.Error):
        return None


@dataclass(frozen=True, slots=True)
class Group:
    """Dates that are listed under one heading.

    key:    ``today``, ``tomorrow``, ``weekend``, ``week``, ``next_week``, ``month``.
    month:  its first day, for ``month``.
    """

    key: str
    month: date | None
    offers: list[Offer]


def group_offers(offers: list[Offer], now: datetime, zone: ZoneInfo) -> list[Group]:
    """Near dates by day, the later ones by week and month; what runs already is today."""
    today = day_of(now, zone)
    groups: list[Group] = []
    for offer in offers:
        key, month = _heading(max(day_of(offer.starts_at, zone), today), today)
        if not groups or (groups[-1].key, groups[-1].month) != (key, month):
            groups.append(Group(key, month, []))
        groups[-1].offers.append(offer)
    return groups


def _heading(day: date, today: date) -> tuple[str, date | None]:
    ahead = (day - today).days
    if ahead < 2:
        return ("today", "tomorrow")[ahead], None
    weeks = ((day - timedelta(days=day.weekday())) - (today - timedelta(days=today.weekday()))).days
    if weeks == 0:
        return ("weekend" if day.weekday() >= 5 else "week"), None
    return ("next_week", None) if weeks == 7 else ("month", day.replace(day=1))
