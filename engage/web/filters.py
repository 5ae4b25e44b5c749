"""How dates, numbers and points are said: in the reader's language, in the place's time.

The functions of the first half are pure and take the locale; the filters of the second half
take it from the request. A template writes ``{{ starts_at | day(timezone) }}``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask, current_app
from flask_babel import get_locale, get_timezone, gettext, ngettext, pgettext
from wtforms import Field, widgets

from engage.core.geography import DORTMUND
from engage.core.hours import read_hours
from engage.web.context import settings

Zone = tzinfo | str | None

#: Date and time as people in this language say them. Other languages use the Unicode tables.
PATTERNS = {
    "de": {
        "day": "ccc, d. MMM",
        "day_year": "ccc, d. MMM y",
        "day_long": "EEEE, d. MMMM y",
        "hour": "H 'Uhr'",
        "time": "H.mm 'Uhr'",
        "hour_bare": "H",
        "time_bare": "H.mm",
        "month": "MMMM y",
        "month_name": "LLLL",
        "weekday": "ccc",
        "day_number": "d.",
        "month_short": "LLL",
    },
    "en": {
        "day": "EEE d MMM",
        "day_year": "EEE d MMM y",
        "day_long": "EEEE d MMMM y",
        "hour": "H:mm",
        "time": "H:mm",
        "hour_bare": "H:mm",
        "time_bare": "H:mm",
        "month": "MMMM y",
        "month_name": "LLLL",
        "weekday": "EEE",
        "day_number": "d",
        "month_short": "MMM",
    },
}

SKELETONS = {
    "day": "MMMEd",
    "day_year": "yMMMEd",
    "hour": "Hm",
    "time": "Hm",
    "hour_bare": "Hm",
    "time_bare": "Hm",
    "month": "yMMMM",
    "month_name": "LLLL",
    "weekday": "E",
    "day_number": "d",
    "month_short": "MMM",
}


def local(instant: datetime | date, zone: Zone) -> datetime:
    """An instant as the wall clock of the place shows it; a date as its midnight.

    Raises ValueError for an instant without a zone: storage gives none.
    """
    if not isinstance(instant, datetime):
        return datetime(instant.year, instant.month, instant.day, tzinfo=UTC)
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    place = ZoneInfo(zone) if isinstance(zone, str) else zone or UTC
    return instant.astimezone(place)


def say(kind: str, moment: datetime, locale: Locale) -> str:
    """One of PATTERNS, filled in. moment: already local."""
    wall = moment.replace(tzinfo=None)
    pattern = PATTERNS.get(locale.language, {}).get(kind)
    if pattern:
        return format_datetime(wall, pattern, locale=locale)
    if kind == "day_long":
        return format_date(wall, "full", locale=locale)
    return format_skeleton(SKELETONS[kind], wall, locale=locale)


def _clock(kind: str, moment: datetime) -> str:
    full_hour = moment.minute == 0
    return {"": ("time", "hour"), "bare": ("time_bare", "hour_bare")}[kind][full_hour]


def say_time(moment: datetime, locale: Locale) -> str:
    """ "10 Uhr", "9.52 Uhr"; "10:00", "9:52"."""
    return say(_clock("", moment), moment, locale)


def say_day(moment: datetime, locale: Locale, *, this_year: int) -> str:
    """ "Sa, 15. Mai"; with the year when it is another one."""
    return say("day" if moment.year == this_year else "day_year", moment, locale)


def say_time_range(start: datetime, end: datetime, locale: Locale, *, this_year: int) -> str:
    """ "10–13 Uhr", "10:00–13:00"; over midnight with the second day's name. Both already local."""
    if start.date() == end.date():
        return f"{say(_clock('bare', start), start, locale)}–{say_time(end, locale)}"
    last_day = say_day(end, locale, this_year=this_year)
    return f"{say_time(start, locale)} – {last_day}, {say_time(end, locale)}"


def say_ago(instant: datetime, now: datetime, locale: Locale) -> str:
    """ "vor 14 Minuten", "in 3 days"."""
    return str(format_timedelta(instant - now, add_direction=True, locale=locale, threshold=1.5))


@dataclass(frozen=True, slots=True)
class Leaf:
    """The three words on a date leaf."""

    weekday: str
    day: str
    month: str


# ---- From here on as filters: language and place of the request --------------------------------


def _locale() -> Locale:
    return get_locale() or Locale("en")


def _zone(zone: Zone) -> tzinfo:
    if isinstance(zone, str):
        return ZoneInfo(zone)
    return zone or get_timezone() or UTC


def _now() -> datetime:
    clock: Callable[[tzinfo], datetime] = current_app.extensions["clock"]
    return clock(UTC)


def _this_year(zone: tzinfo) -> int:
    return local(_now(), zone).year


def day(instant: datetime | date, timezone: Zone = None) -> str:
    """ "Sa, 15. Mai" / "Sat 15 May"."""
    zone = _zone(timezone)
    return say_day(local(instant, zone), _locale(), this_year=_this_year(zone))


def day_long(instant: datetime | date, timezone: Zone = None) -> str:
    """ "Samstag, 15. Mai 2027" / "Saturday 15 May 2027"."""
    return say("day_long", local(instant, _zone(timezone)), _locale())


def month(instant: datetime | date | str, timezone: Zone = None) -> str:
    """ "Mai 2027" / "May 2027"; also of a day as JSON holds it."""
    if isinstance(instant, str):
        instant = date.fromisoformat(instant)
    return say("month", local(instant, _zone(timezone)), _locale())


def month_name(instant: datetime | date, timezone: Zone = None) -> str:
    """ "Mai" / "May", where the year is clear."""
    return say("month_name", local(instant, _zone(timezone)), _locale())


def time(instant: datetime, timezone: Zone = None) -> str:
    """ "9.52 Uhr" / "9:52"."""
    return say_time(local(instant, _zone(timezone)), _locale())


def moment(instant: datetime, timezone: Zone = None) -> str:
    """ "Sa, 15. Mai, 9.52 Uhr" / "Sat 15 May, 9:52"."""
    return f"{day(instant, timezone)}, {time(instant, timezone)}"


def time_range(start: datetime, end: datetime, timezone: Zone = None) -> str:
    """ "10–13 Uhr" / "10:00–13:00": ``starts_at | time_range(ends_at, timezone)``."""
    zone = _zone(timezone)
    return say_time_range(
        local(start, zone), local(end, zone), _locale(), this_year=_this_year(zone)
    )


def leaf(instant: datetime | date, timezone: Zone = None) -> Leaf:
    """Weekday, day and month for a date leaf."""
    wall = local(instant, _zone(timezone))
    words = (say(kind, wall, _locale()) for kind in ("weekday", "day_number", "month_short"))
    return Leaf(*words)


def iso(instant: datetime | date) -> str:
    """For ``<time datetime>`` and behaviours: RFC 3339 in UTC, or the bare date."""
    if not isinstance(instant, datetime):
        return instant.isoformat()
    return local(instant, UTC).isoformat().replace("+00:00", "Z")


def ago(instant: datetime) -> str:
    """ "vor 14 Minuten" / "14 minutes ago"."""
    return say_ago(instant, _now(), _locale())


def time_left(until: datetime | date) -> str:
    """How long something is still open: "noch 3 Tage", "noch 20 Minuten", "vorbei"."""
    end = until if isinstance(until, datetime) else local(until, UTC) + timedelta(days=1)
    left = end - _now()
    if left <= timedelta(0):
        return str(pgettext("time", "over"))
    if left >= timedelta(hours=36):
        days = round(left / timedelta(days=1))
        return str(ngettext("%(num)d day left", "%(num)d days left", days))
    if left >= timedelta(minutes=90):
        whole_hours = round(left / timedelta(hours=1))
        return str(ngettext("%(num)d hour left", "%(num)d hours left", whole_hours))
    minutes = max(1, round(left / timedelta(minutes=1)))
    return str(ngettext("%(num)d minute left", "%(num)d minutes left", minutes))


def number(value: float, digits: int = 0) -> str:
    """ "18.420" / "18,420"; digits: at most so many behind the comma."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return format_decimal(value, pattern, locale=_locale())


def percent(share: float, digits: int = 0) -> str:
    """ "1,4 %" / "1.4%" of a share between 0 and 1."""
    places = "." + "0" * digits if digits else ""
    gap = "\u00a0" if _locale().language == "de" else ""
    return format_percent(share, f"#,##0{places}{gap}%", locale=_locale())


def points(amount: int) -> str:
    """ "30 Punkte" / "1 point"."""
    return str(ngettext("%(amount)s point", "%(amount)s points", amount, amount=number(amount)))


def hours(value: float | timedelta) -> str:
    """ "2,5 Std." / "2.5 h", rounded to quarter-hours. value: hours, or a timedelta."""
    amount = value / timedelta(hours=1) if isinstance(value, timedelta) else float(value)
    return str(gettext("%(amount)s h", amount=number(round(amount * 4) / 4, 2)))


def duration(minutes: int) -> str:
    """ "2 Std. 15 Min.", "3 Std.", "45 Min.": a length to the minute, where hours() rounds."""
    whole, rest = divmod(minutes, 60)
    if whole and rest:
        return str(gettext("%(hours)s h %(minutes)s min", hours=whole, minutes=rest))
    if whole:
        return str(gettext("%(hours)s h", hours=whole))
    return str(gettext("%(minutes)s min", minutes=rest))


def euro(cents: int) -> str:
    """ "12,50 €" / "€12.50"."""
    return format_currency(cents / 100, "EUR", locale=_locale())


def district(code: str) -> str:
    """The name of a part of the city by its code; the code itself if the city has no such."""
    given = settings().city.districts or tuple((one.code, one.name) for one in DORTMUND)
    return dict(given).get(code, code)


def text_direction() -> str:
    """ "ltr", or "rtl" for languages written from right to left."""
    return str(_locale().text_direction)


def language_name(code: str) -> str:
    """A language in its own words: "Deutsch", "English"."""
    name = Locale.parse(code).get_display_name(code) or code
    return name[:1].upper() + name[1:]


CONTROLS: tuple[tuple[type, str], ...] = (
    (widgets.HiddenInput, "hidden"),
    (widgets.PasswordInput, "password"),
    (widgets.CheckboxInput, "tick"),
    (widgets.FileInput, "file"),
    (widgets.TextArea, "textarea"),
    (widgets.Select, "select"),
    (widgets.ListWidget, "choices"),
    (widgets.TableWidget, "group"),
)


def weekly(text: str) -> str:
    """Hours of the week as they are stored, in the reader's words: "Mo.–Fr. 9:00–18:00"."""
    if not text:
        return ""
    names = get_locale().days["format"]["abbreviated"]
    said = []
    for first, last, times in read_hours(text).groups():
        days = names[first] if first == last else f"{names[first]}–{names[last]}"
        said.append(f"{days} {', '.join(_door_time(one) for one in times)}")
    return "; ".join(said)


def _door_time(times: str) -> str:
    """ "9:00–18:00" of "09:00-18:00"."""
    return times.replace("-", "–").removeprefix("0").replace("–0", "–")


def control(field: Field) -> str:
    """Which control of components/forms.html shows a form's field."""
    return next((kind for widget, kind in CONTROLS if isinstance(field.widget, widget)), "input")


FILTERS: tuple[Callable[..., object], ...] = (
    day,
    day_long,
    month,
    month_name,
    time,
    moment,
    time_range,
    leaf,
    iso,
    ago,
    time_left,
    number,
    percent,
    points,
    hours,
    duration,
    euro,
    language_name,
    district,
    weekly,
    control,
)


def init_app(app: Flask) -> None:
    for name in FILTERS:
        app.jinja_env.filters[name.__name__] = name
    app.jinja_env.globals["text_direction"] = text_direction
