"""What the office writes down about the money."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from engage.web.numbers import NumberRange

NEEDED = _("Please fill this in.")
TOO_LONG = _("This is too long.")
LONGEST_NOTE = 500


class PaidForm(FlaskForm):
    """How and when a month was paid."""

    note = StringField(
        _("Note on the payment"), [Optional(), Length(max=LONGEST_NOTE, message=TOO_LONG)]
    )


def _rate() -> list[object]:
    return [InputRequired(NEEDED), NumberRange(0, 10_000, message=_("Cents from 0 to 10,000."))]


class TermsForm(FlaskForm):
    """What is agreed with a partner: the reimbursement from a month on, and the year's budget."""

    rate = IntegerField(_("Cents for 100 points"), _rate())
    month = SelectField(_("From which month on"))
    budget = IntegerField(
        _("Points budget of a year"),
        [Optional(), NumberRange(0, 100_000_000, message=_("A whole number, 0 or more."))],
    )
    reason = StringField(
        _("Reason"), [DataRequired(NEEDED), Length(max=LONGEST_NOTE, message=TOO_LONG)]
    )


class CauseForm(FlaskForm):
    """A good cause, in words that citizens read."""

    name = StringField(_("Name"), [DataRequired(NEEDED), Length(max=100, message=TOO_LONG)])
    words = TextAreaField(
        _("What the points do there"), [Optional(), Length(max=LONGEST_NOTE, message=TOO_LONG)]
    )
    rate = IntegerField(_("Cents for 100 points"), _rate())


class ChangeCauseForm(CauseForm):
    """Also whether people can give to it."""

    is_open = BooleanField(_("People can give to it"))
