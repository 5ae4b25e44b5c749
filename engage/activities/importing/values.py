"""Reading what people write in cells: days, hours, numbers, texts with markup."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import nh3
from dateutil import parser as dates

_BREAKS = re.compile(r"<\s*(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^>]*>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\u00a0\u200b\ufeff]+")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_HOUR = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*(?:Uhr|h)?", re.IGNORECASE)
_EPOCH = re.compile(r"\d{9,10}")


def tidy(text: str) -> str:
    """Words of a cell without markup, entities, odd spaces; paragraphs stay."""
    if "<" in text or "&" in text:
        text = html.unescape(nh3.clean(_BREAKS.sub("\n", text), tags=set()))
    lines = [_SPACES.sub(" ", line).strip() for line in text.replace("\x00", "").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    return " ".join(tidy(text).split())


def read_day(text: str) -> date | None:
    """``17.3.2026``, ``2026-03-17``, ``March 17 2011``; None for anything else."""
    try:
        return _day(text.strip())
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> date | None:
    if found := _GERMAN_DAY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        return date(year + 2000 if year < 100 else year, month, day)
    if found := _ISO_DAY.match(text):
        year, month, day = (int(part) for part in found.groups())
        return date(year, month, day)
    if re.search(r"[A-Za-z]{3}", text) and re.search(r"\d{4}", text):
        return dates.parse(text, default=datetime(2000, 1, 1, tzinfo=UTC)).date()
    return None


def read_instant(text: str, zone: ZoneInfo, *, trusts_z: bool = True) -> datetime | None:
    """A whole date and time, or epoch seconds; None where no time of day is in it.

    trusts_z: False for files that mark local times with a Z.
    """
    text = text.strip()
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text), tz=UTC)
    if not re.search(r"\d[T ]\s?\d{1,2}[:.]\d{2}", text):
        return None
    try:
        found = dates.parse(text, dayfirst=bool(_GERMAN_DAY.match(text)))
    except (ValueError, OverflowError):
        return None
    if found.tzinfo is None or (not trusts_z and text.endswith("Z")):
        found = found.replace(tzinfo=zone)
    return found.astimezone(UTC)


def read_hours(text: str) -> tuple[time | None, time | None]:
    """``15 Uhr bis 16.30 Uhr``, ``17 Uhr``, ``11:00-13:00``: start and end, each may be None."""
    parts = re.split(r"\s*(?:bis|to|–|-)\s*", text.strip(), maxsplit=1)
    return _hour(parts[0]), _hour(parts[1]) if len(parts) > 1 else None


def _hour(text: str) -> time | None:
    found = _HOUR.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return time(int(found[1]) % 24, int(found[2] or 0))
    except ValueError:
        return None


def read_number(text: str) -> int | None:
    """Whole numbers with points or commas between thousands, and ``12,0``; None for words."""
    text = text.strip().replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", text):
        return int(re.sub(r"[.,]", "", text))
    if re.fullmatch(r"\d+(?:[.,]0+)?", text):
        return int(re.split(r"[.,]", text)[0])
    return None
