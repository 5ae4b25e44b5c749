"""Lists of a date's people: filtered for a page, offered in a form, written for a spreadsheet."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from engage.attendance.queries import Participant, Place
from engage.attendance.service import Span

#: What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def chosen(people: Sequence[Participant], view: str) -> list[Participant]:
    """Everybody, who is missing (``absent``), who is in (``present``) or has left (``left``)."""
    if view == "absent":
        return [one for one in people if not one.is_in and one.state == "registered"]
    if view == "present":
        return [one for one in people if one.is_in and one.checked_out_at is None]
    if view == "left":
        return [one for one in people if one.checked_out_at is not None]
    return list(people)


def offer_absent(form: Any, people: Sequence[Participant]) -> None:
    """The people of the date who are not in, as choices of a form."""
    form.person.choices = [
        SelectChoice(str(one.person_id), one.display_name) for one in people if not one.is_in
    ]


def offer_corrected(form: Any, people: Sequence[tuple[uuid.UUID, str]], same: uuid.UUID) -> None:
    """Who may have been there instead, the same person first, where only the times are wrong."""
    form.person.choices = [
        SelectChoice(str(one), _("%(name)s, at other times", name=name) if one == same else name)
        for one, name in people
    ]


def span_of(form: Any, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Span | None:
    """When the person was there, as typed; None where no times were given.

    A date past midnight has its small hours on the next day. Says in the form what is wrong.
    """
    if form.came.data is None or form.left.data is None:
        if form.came.data or form.left.data:
            form.left.errors = [_("Please give both times, or neither.")]
        return None
    first, last = starts_at.astimezone(zone), ends_at.astimezone(zone)
    came = datetime.combine(first.date(), form.came.data, zone)
    if came < first - timedelta(hours=12):
        came += timedelta(days=1)
    left = datetime.combine(came.date(), form.left.data, zone)
    if left <= came and last.date() > first.date():
        left += timedelta(days=1)
    if left <= came:
        form.left.errors = [_("The end lies before the beginning.")]
    return Span(came.astimezone(UTC), left.astimezone(UTC))


def person_of(form: Any, by_serial: uuid.UUID | None) -> uuid.UUID | None:
    """Whom a form means: the chosen person, or the one whose pass has the typed number.

    Says in the form what is missing.
    """
    if form.serial.data and form.serial.data.strip():
        if by_serial is None:
            form.serial.errors = [_("No pass or card carries this number.")]
        return by_serial
    try:
        return uuid.UUID(form.person.data or "")
    except ValueError:
        form.person.errors = [_("Please choose a person, or type the number of a pass.")]
        return None


def way_words() -> dict[str, str]:
    """How somebody was checked in, in the organiser's words."""
    return {
        "scanned": _("Pass scanned"),
        "card": _("Card scanned"),
        "self": _("Scanned the screen"),
        "poster": _("Scanned the poster"),
        "by_name": _("By name"),
        "walk_in": _("New at the door"),
        "by_hand": _("Added by hand"),
        "imported": _("Imported"),
    }


def as_csv(place: Place, people: Sequence[Participant]) -> str:
    """The list with names of columns in the reader's language; nothing in it is a formula."""
    zone, ways = ZoneInfo(place.timezone), way_words()
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(
        [
            _("Name"),
            _("Place"),
            _("Came in"),
            _("Left"),
            _("How"),
            _("Device"),
            _("Minutes"),
            _("Points"),
            _("Note"),
        ]
    )
    states = {"registered": _("Registered"), "waitlisted": _("On the waiting list")}
    for one in people:
        table.writerow(
            [
                safe(one.display_name),
                states.get(one.state, _("Without a place")),
                _local(one.checked_in_at, zone),
                _local(one.checked_out_at, zone),
                ways.get(one.way, ""),
                safe(one.device),
                one.minutes if one.is_in else "",
                one.points if one.is_in else "",
                safe(one.note),
            ]
        )
    return text.getvalue()


def safe(text: str) -> str:
    """A cell that a spreadsheet shows and never computes."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _local(instant: datetime | None, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M") if instant else ""
