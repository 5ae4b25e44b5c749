"""Forms of the door, of reported hours, and of everything that needs a reason."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from engage.web.numbers import NumberRange

#: The longest text anybody may leave as a reason.
LONGEST = 1000

_needed = InputRequired(_l("This is needed."))
_not_too_long = Length(max=LONGEST, message=_l("Please write at most 1,000 characters."))


class CodeForm(FlaskForm):
    """A code, scanned or typed; ``nonce`` makes a second sending harmless."""

    code = StringField(_l("Code"), [_needed, Length(max=400)])
    nonce = HiddenField()


class ShortCodeForm(FlaskForm):
    """The six characters beside an occurrence's code."""

    short = StringField(
        _l("Short code"), [_needed, Length(max=40, message=_l("The short code has 6 characters."))]
    )


class NameForm(FlaskForm):
    """A part of a name, at the door."""

    q = StringField(_l("Part of the name"), [Length(max=100)])


class WalkInForm(FlaskForm):
    """Somebody new, in under 30 seconds."""

    display_name = StringField(
        _l("How shall we call the person?"),
        [_needed, Length(max=60, message=_l("Please write at most 60 characters."))],
    )
    age_ok = RadioField(
        _l("Is the person old enough?"),
        [Optional()],
        choices=[
            SelectChoice("yes", _l("Yes, the person says so")),
            SelectChoice("no", _l("No")),
        ],
    )
    nonce = HiddenField()


class LetInForm(FlaskForm):
    """Letting in somebody although the rules say no place is left."""

    reason = StringField(_l("Reason"), [_needed, _not_too_long])
    age_ok = HiddenField()
    nonce = HiddenField()


class ReasonForm(FlaskForm):
    """A reason, for an annulment or a refusal; it stays on record."""

    reason = TextAreaField(_l("Reason"), [_needed, _not_too_long])
    nonce = HiddenField()


class AddForm(FlaskForm):
    """A person who was there and was missed."""

    person = RadioField(_l("Person"), [Optional()], choices=[], validate_choice=True)
    serial = StringField(_l("Number of the pass or card"), [Optional(), Length(max=60)])
    reason = TextAreaField(_l("Reason"), [_needed, _not_too_long])


class CorrectForm(AddForm):
    """Who was there instead, or when."""

    came = TimeField(_l("Came at"), [Optional()])
    left = TimeField(_l("Left at"), [Optional()])
    nonce = HiddenField()


class CloseForm(FlaskForm):
    """The end of a day at the door."""

    head_count = IntegerField(
        _l("How many people were there?"),
        [
            Optional(),
            NumberRange(0, 100_000, message=_l("Please give a whole number from 0 to 100,000.")),
        ],
    )


class HoursForm(FlaskForm):
    """Hours that a citizen reports for one day."""

    organisation = RadioField(
        _l("Organisation"),
        [InputRequired(_l("Please search for the organisation and choose it."))],
        choices=[],
    )
    day = DateField(_l("Day"), [InputRequired(_l("Please give a day."))])
    starts = TimeField(_l("From"), [InputRequired(_l("Please give a time, such as 14:00."))])
    ends = TimeField(_l("Until"), [InputRequired(_l("Please give a time, such as 16:30."))])
    what = TextAreaField(_l("What did you do?"), [_needed, _not_too_long])


class DecideForm(FlaskForm):
    """Yes or no to reported hours or missing points; a no says why."""

    answer = TextAreaField(_l("Reason, if you refuse"), [Optional(), _not_too_long])


class MissingForm(FlaskForm):
    """“I was there”, in the citizen's own words."""

    what = TextAreaField(_l("What should the organiser know?"), [Optional(), _not_too_long])


class ObjectionForm(FlaskForm):
    """Why a citizen disagrees with an answer."""

    words = TextAreaField(_l("Why do you see it differently?"), [_needed, _not_too_long])
