"""What organisers type about an activity, in four short steps; about one date; about a file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from engage.activities import series
from engage.activities.drafts import DateDraft, Details, OccurrenceChange
from engage.activities.models import Activity, Occurrence
from engage.core.geography import CATEGORIES, FORMATS
from engage.web.numbers import NumberRange

NEEDED = _("Please fill this in.")
TOO_LONG = _("This is too long.")
WHOLE = _("Please give a whole number.")

_SPACES = re.compile(r"[ \t\u00a0]+")


def tidy(text: str | None) -> str:
    """Without spaces around, and paragraphs by one empty line."""
    lines = [_SPACES.sub(" ", line).strip() for line in (text or "").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _text(label: object, most: int, *, needed: bool = False, long: bool = False) -> Field:
    asked = [DataRequired(NEEDED)] if needed else [Optional()]
    kind = TextAreaField if long else StringField
    checks = [*asked, Length(max=most, message=TOO_LONG)]
    return kind(label, filters=[tidy], validators=checks)


def _number(label: object, least: int, most: int, **more: Any) -> Field:
    fits = NumberRange(least, most, _("Please give a number from %(min)s to %(max)s."))
    return IntegerField(label, validators=[Optional(), fits], **more)


class WhatForm(FlaskForm):
    """Step 1: what is offered."""

    title = _text(_("Title"), 120, needed=True)
    description = _text(_("What happens"), 6000, needed=True, long=True)
    kind = RadioField(
        _("What people do"),
        choices=[
            SelectChoice("volunteering", _("Help out")),
            SelectChoice("participation", _("Have a say")),
        ],
        default="volunteering",
    )
    format = SelectField(_("Format"))
    category = SelectField(_("Topic"))

    def offer(self) -> WhatForm:
        """Fill in formats and topics in the language of the page."""
        self.format.choices = [SelectChoice(code, gettext(name)) for code, name in FORMATS.items()]
        self.category.choices = [SelectChoice(one.code, gettext(one.name)) for one in CATEGORIES]
        return self

    def details(self, before: Details | None = None) -> Details:
        said = {name: self[name].data for name in ("title", "description", "kind")}
        said |= {"format": self.format.data, "category": self.category.data}
        return replace(before, **said) if before else Details(**said)


class PeopleForm(FlaskForm):
    """Step 3: for whom, and which points it gives."""

    rule = RadioField(
        _("Points"),
        choices=[
            SelectChoice("policy", _("As the city's rules say")),
            SelectChoice("flat", _("The same for everybody")),
            SelectChoice("bands", _("By length, in steps")),
            SelectChoice("per_hour", _("For each hour")),
        ],
        default="policy",
    )
    points = _number(_("Points"), 0, 10_000)
    first_hours = _number(_("First step: up to (hours)"), 1, 24)
    first_points = _number(_("Points of the first step"), 0, 10_000)
    second_hours = _number(_("Second step: up to (hours)"), 1, 24)
    second_points = _number(_("Points of the second step"), 0, 10_000)
    last_points = _number(_("Points for longer"), 0, 10_000)
    uses_check_out = BooleanField(_("People check out when they leave"))
    minimum_age = _number(_("Minimum age"), 0, 99)
    step_free = BooleanField(_("Step-free"))
    little_german = BooleanField(_("A little German is enough."))
    accessibility_notes = _text(_("Barriers"), 1000, long=True)
    bring = _text(_("Please bring"), 1000, long=True)
    requirements = _text(_("What people need"), 1000, long=True)
    insurance = _text(_("Insurance"), 400)
    contact = _text(_("Contact"), 300)

    #: Most points of the city's rules for one day; no rule may give more at once.
    most_points = 100

    def validate(self, extra_validators: Any = None) -> bool:
        return super().validate(extra_validators) and self._has_a_rule()

    def _has_a_rule(self) -> bool:
        needed = {
            "flat": ("points",),
            "per_hour": ("points",),
            "bands": ("first_hours", "first_points", "last_points"),
        }.get(self.rule.data, ())
        for name in needed:
            if self[name].data is None:
                self[name].errors = [NEEDED]
        for name in ("points", "first_points", "second_points", "last_points"):
            if self.rule.data != "policy" and (self[name].data or 0) > self.most_points:
                said = _("At most %(most)s points a day are possible.", most=self.most_points)
                self[name].errors = [said]
        second = self.second_hours.data
        if self.rule.data == "bands" and second and second <= (self.first_hours.data or 0):
            self.second_hours.errors = [_("The second step is longer than the first.")]
        return not self.errors

    def details(self, before: Details) -> Details:
        ticks = ("step_free", "little_german", "uses_check_out")
        texts = ("accessibility_notes", "bring", "requirements", "insurance", "contact")
        said: dict[str, Any] = {name: bool(self[name].data) for name in ticks}
        said |= {name: self[name].data or "" for name in texts}
        said |= {"minimum_age": self.minimum_age.data or 0, "points_rule": self._rule()}
        return replace(before, **said)

    def _rule(self) -> dict[str, Any] | None:
        if self.rule.data == "policy":
            return None
        if self.rule.data != "bands":
            return {"kind": self.rule.data, "points": self.points.data}
        steps = [(self.first_hours.data, self.first_points.data)]
        if self.second_hours.data:
            steps.append((self.second_hours.data, self.second_points.data or 0))
        bands = [{"under_minutes": hours * 60, "points": points} for hours, points in steps]
        return {
            "kind": "bands",
            "bands": [*bands, {"under_minutes": None, "points": self.last_points.data}],
        }

    @classmethod
    def of(cls, activity: Activity) -> PeopleForm:
        """The form as the activity is now."""
        names = [name for name in Details.__dataclass_fields__ if hasattr(cls, name)]
        said: dict[str, Any] = {name: getattr(activity, name) for name in names}
        rule = activity.points_rule or {"kind": "policy"}
        said |= {"rule": rule["kind"], "points": rule.get("points")}
        steps = rule.get("bands", [])
        for prefix, band in zip(("first", "second"), steps[:-1], strict=False):
            said[f"{prefix}_hours"] = round(band["under_minutes"] / 60)
            said[f"{prefix}_points"] = band["points"]
        if steps:
            said["last_points"] = steps[-1]["points"]
        return cls(formdata=None, data=said)


class _PlaceForm(FlaskForm):
    """When, where, and for how many: what a new and a changed date have in common."""

    day = DateField(_("Day"), validators=[InputRequired(NEEDED)])
    starts = TimeField(_("Begins at"), validators=[InputRequired(NEEDED)])
    ends = TimeField(_("Ends at"), validators=[InputRequired(NEEDED)])
    overnight = BooleanField(_("It ends on the next day"))
    place = _text(_("Place"), 160, needed=True)
    address = _text(_("Street and number"), 200)
    district_code = SelectField(_("District"), validators=[Optional()])
    capacity = _number(_("Places"), 1, 100_000)
    expected = _number(_("Expected number of people"), 1, 100_000)
    has_waiting_list = BooleanField(_("Waiting list when it is full"), default=True)
    walk_ins = BooleanField(_("People may come without registering"), default=True)
    opens_minutes = _number(_("Check-in opens (minutes before the start)"), 0, 24 * 60, default=60)
    closes_minutes = _number(_("Check-in closes (minutes after the end)"), 0, 24 * 60, default=60)

    def offer(self, districts: list[tuple[str, str]]) -> Any:
        self.district_code.choices = [
            SelectChoice("", _("No district")),
            *(SelectChoice(code, name) for code, name in districts),
        ]
        return self

    def validate_ends(self, field: Field) -> None:
        if not (self.starts.data and field.data) or self.overnight.data:
            return
        if field.data <= self.starts.data:
            facts = {"end": f"{field.data:%H:%M}", "start": f"{self.starts.data:%H:%M}"}
            said = gettext("The end (%(end)s) is before the start (%(start)s).", **facts)
            raise ValidationError(said)

    def validate(self, extra_validators: Any = None) -> bool:
        return super().validate(extra_validators) and self._says_how_many()

    def _says_how_many(self) -> bool:
        """An empty field passes its own checks, so what only two fields together say is here."""
        if self.capacity.data is None and self.expected.data is None:
            said = _("Without a number of places, please say how many people you expect.")
            self.expected.errors = [said]
        return not self.errors

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Start and end as instants, by the wall clock of the place."""
        day: date = self.day.data
        last = day + timedelta(days=1 if self.overnight.data else 0)
        begin, end = datetime.combine(day, self.starts.data), datetime.combine(last, self.ends.data)
        return series.span(begin, end - begin, zone)

    def _rest(self) -> dict[str, Any]:
        minutes = {name: self[name].data for name in ("opens_minutes", "closes_minutes")}
        return {
            "place": self.place.data,
            "address": self.address.data or "",
            "district_code": self.district_code.data or None,
            "capacity": self.capacity.data,
            "expected": self.expected.data,
            "has_waiting_list": self.has_waiting_list.data,
            "walk_ins": self.walk_ins.data,
            **{name: 60 if given is None else given for name, given in minutes.items()},
        }

    @classmethod
    def like(cls, occurrence: Occurrence) -> Any:
        """The form as a date is now."""
        zone = ZoneInfo(occurrence.timezone)
        start, end = occurrence.starts_at.astimezone(zone), occurrence.ends_at.astimezone(zone)
        data = {
            "day": start.date(),
            "starts": start.time(),
            "ends": end.time(),
            "overnight": end.date() > start.date(),
        }
        return cls(formdata=None, obj=occurrence, data=data)


class DateForm(_PlaceForm):
    """Step 2: one date or a series."""

    repeat = RadioField(
        _("How often"),
        choices=[
            SelectChoice("once", _("Once")),
            SelectChoice("weekly", _("Every week")),
            SelectChoice("weeks", _("Every few weeks")),
            SelectChoice("monthly", _("Every month, on the same weekday")),
            SelectChoice("expert", _("By a rule of my own (RFC 5545)")),
        ],
        default="once",
    )
    every = _number(_("Every … weeks"), 2, 26)
    until = DateField(_("Last day"), validators=[Optional()])
    count = _number(_("Number of dates"), 1, 200)
    rrule = _text(_("Rule"), 200)

    def _says_how_many(self) -> bool:
        if self.repeat.data == "weeks" and self.every.data is None:
            self.every.errors = [NEEDED]
        if self.repeat.data == "expert" and not self.rrule.data:
            self.rrule.errors = [NEEDED]
        return super()._says_how_many()

    def validate_until(self, field: Field) -> None:
        if field.data and self.day.data and field.data < self.day.data:
            raise ValidationError(gettext("The last day is before the first."))

    def validate_rrule(self, field: Field) -> None:
        if self.repeat.data != "expert":
            return
        try:
            first = datetime.combine(self.day.data or date(2030, 1, 1), time(12))
            series.series_lines(first, field.data, ZoneInfo("UTC"))
        except ValueError as reason:
            said = gettext("This rule cannot be used: %(reason)s", reason=reason)
            raise ValidationError(said) from None

    def rule(self) -> str:
        """The rule of the series, empty for one date."""
        if self.repeat.data == "once":
            return ""
        if self.repeat.data == "expert":
            return str(self.rrule.data)
        parts = {
            "weekly": ["FREQ=WEEKLY"],
            "weeks": ["FREQ=WEEKLY", f"INTERVAL={self.every.data}"],
            "monthly": ["FREQ=MONTHLY", f"BYDAY={_nth_weekday(self.day.data)}"],
        }[self.repeat.data]
        if self.until.data:
            parts.append(f"UNTIL={self.until.data:%Y%m%d}")
        elif self.count.data:
            parts.append(f"COUNT={self.count.data}")
        return ";".join(parts)

    def date(self, timezone: str) -> DateDraft:
        starts_at, ends_at = self.span(ZoneInfo(timezone))
        return DateDraft(starts_at, ends_at, timezone=timezone, **self._rest())


def _nth_weekday(day: date) -> str:
    """``2TU`` for a second Tuesday; the fifth of a month counts as its last."""
    nth = (day.day - 1) // 7 + 1
    return f"{-1 if nth == 5 else nth}{('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[day.weekday()]}"


class ChangeForm(_PlaceForm):
    """A date that people may rely on already."""

    reason = _text(_("Reason"), 400, long=True)

    def change(self, timezone: str) -> OccurrenceChange:
        starts_at, ends_at = self.span(ZoneInfo(timezone))
        return OccurrenceChange(starts_at, ends_at, **self._rest())


class ReasonForm(FlaskForm):
    """Why a date is called off, a person is taken off a list, an offer ends."""

    reason = _text(_("Reason"), 400, needed=True, long=True)


class ImportForm(FlaskForm):
    """A file with offers."""

    file = FileField(_("File"))
    mapping = SelectField(_("Kind of file"), validators=[Optional()])

    def offer(self, mappings: list[tuple[str, str]]) -> ImportForm:
        """Fill in the kinds of files that are known."""
        self.mapping.choices = [
            SelectChoice("", _("Find it out")),
            *(SelectChoice(name, label) for name, label in mappings),
        ]
        return self

    def validate_file(self, field: Field) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(gettext("Please choose a file."))
