"""What the office types: always with a reason where something changes for somebody."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from engage.core.ages import Age
from engage.web.numbers import NumberRange

NEEDED = _("Please fill this in.")
TOO_LONG = _("This is too long.")
LONGEST_REASON = 500


def _reason() -> list[object]:
    return [DataRequired(NEEDED), Length(max=LONGEST_REASON, message=TOO_LONG)]


class ReasonForm(FlaskForm):
    """Why: the people concerned read it."""

    reason = TextAreaField(_("Reason"), _reason())


class NoteForm(FlaskForm):
    """A word along with a yes; may stay empty."""

    reason = TextAreaField(
        _("Note for the record"), [Optional(), Length(max=LONGEST_REASON, message=TOO_LONG)]
    )


class BudgetForm(FlaskForm):
    """What an organisation may give in a year."""

    points = IntegerField(
        _("Points in this year"),
        [
            InputRequired(NEEDED),
            NumberRange(0, 100_000_000, message=_("A whole number, 0 or more.")),
        ],
    )
    reason = TextAreaField(_("Reason"), _reason())


class DecisionForm(FlaskForm):
    """Grant or refuse what waits; the citizen reads the answer."""

    decision = RadioField(
        _("Decision"),
        [InputRequired(_("Please choose."))],
        choices=[
            SelectChoice("grant", _("Book the points")),
            SelectChoice("refuse", _("Refuse the points")),
        ],
    )
    reason = TextAreaField(_("Answer to the citizen"), _reason())


class DisputeForm(FlaskForm):
    """Take a redemption back or let it stand; the citizen reads the answer."""

    decision = RadioField(
        _("Decision"),
        [InputRequired(_("Please choose."))],
        choices=[
            SelectChoice("take_back", _("Take it back, points return")),
            SelectChoice("stands", _("The redemption stands")),
        ],
    )
    reason = TextAreaField(_("Answer to the citizen"), _reason())


class LookUpForm(FlaskForm):
    """One person, by what only they can tell."""

    text = StringField(
        _("Serial number or e-mail address"), [DataRequired(NEEDED), Length(max=254)]
    )


class AdjustmentForm(FlaskForm):
    """Points by hand; nothing moves until a second person agrees."""

    points = IntegerField(
        _("Points"),
        [
            InputRequired(NEEDED),
            NumberRange(-5000, 5000, message=_("From −5,000 to 5,000.")),
        ],
    )
    reason = TextAreaField(_("Reason"), _reason())


class CancelForm(FlaskForm):
    """Take an attendance back."""

    nonce = HiddenField()
    reason = TextAreaField(_("Reason"), _reason())


class JoinForm(FlaskForm):
    """The other account of the same person."""

    other = StringField(
        _("Serial number or e-mail address of the other account"),
        [DataRequired(NEEDED), Length(max=254)],
    )
    reason = TextAreaField(_("How do you know it is the same person?"), _reason())


MONTHS = [
    SelectChoice("1", _("January")),
    SelectChoice("2", _("February")),
    SelectChoice("3", _("March")),
    SelectChoice("4", _("April")),
    SelectChoice("5", _("May")),
    SelectChoice("6", _("June")),
    SelectChoice("7", _("July")),
    SelectChoice("8", _("August")),
    SelectChoice("9", _("September")),
    SelectChoice("10", _("October")),
    SelectChoice("11", _("November")),
    SelectChoice("12", _("December")),
]


class AssistForm(FlaskForm):
    """An account at the desk, for somebody without a phone or an address."""

    display_name = StringField(_("Display name"), [DataRequired(NEEDED), Length(max=60)])
    age = RadioField(
        _("Age"),
        [InputRequired(_("Please choose."))],
        choices=[SelectChoice("adult", _("18 or older")), SelectChoice("younger", _("Younger"))],
    )
    born_month = SelectField(
        _("Month of birth"), [Optional()], choices=[SelectChoice("", "–"), *MONTHS], default=""
    )
    born_year = IntegerField(
        _("Year of birth"),
        [Optional(), NumberRange(1990, 2100, message=_("A year in four digits."))],
    )
    consent = BooleanField(_("A parent or guardian has agreed in writing"))

    def told(self) -> Age:
        """What the person told, as the rules take it."""
        if self.age.data == "adult":
            return Age(adult=True)
        born = None
        if self.born_year.data and self.born_month.data:
            born = (int(self.born_year.data), int(self.born_month.data))
        return Age(born=born, guardian_consent=bool(self.consent.data))
