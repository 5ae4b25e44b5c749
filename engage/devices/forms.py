"""What is typed about devices."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

#: Characters of a device's name, at most.
LONGEST_NAME = 60

_needed = InputRequired(_l("Please fill this in."))
_short = Length(max=LONGEST_NAME, message=_l("This is too long."))


class PairForm(FlaskForm):
    """The code that the manager's screen shows, typed on the new device."""

    code = StringField(_l("Pairing code"), [_needed, Length(max=400)])


class DeviceForm(FlaskForm):
    """A new scanner, or the rights of one that is there."""

    name = StringField(_l("What do you call it?"), [_needed, _short])
    kind = RadioField(
        _l("What is it for?"),
        choices=[
            SelectChoice("scanner", _l("Scans passes and cards")),
            SelectChoice("kiosk", _l("Stands at the door and shows the code of the date")),
        ],
        default="scanner",
    )
    may_search = BooleanField(_l("May search people by name"))
    scope = RadioField(
        _l("Where may it check people in?"),
        choices=[
            SelectChoice("all", _l("At all our dates")),
            SelectChoice("some", _l("Only at these dates")),
        ],
        default="all",
    )
    occurrences = SelectMultipleField(
        _l("Dates"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )


class TillForm(FlaskForm):
    """A new till and the branch it stands in."""

    name = StringField(_l("What do you call it?"), [_needed, _short])
    branch = SelectField(_l("Where does it stand?"), choices=[], validate_choice=False)
