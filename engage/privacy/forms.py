"""What people type about their data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Length

NEEDED = _("Please fill this in.")
LONG = _("This is too long.")


class JoinByMailForm(FlaskForm):
    """The address of the other account."""

    email = EmailField(
        _("E-mail address of the other account"),
        [DataRequired(NEEDED), Length(max=254, message=LONG)],
    )


class JoinByCardForm(FlaskForm):
    """The whole code of a card."""

    card = StringField(
        _("Whole code of the card"), [DataRequired(NEEDED), Length(max=200, message=LONG)]
    )


class ErasureForm(FlaskForm):
    """A last question, and where the points go."""

    points_to = SelectField(_("What happens to my points"))
    password = PasswordField(
        _("Your password"), [DataRequired(NEEDED), Length(max=200, message=LONG)]
    )
    sure = BooleanField(
        _("I know that this cannot be undone."), [DataRequired(_("Please read and tick this."))]
    )
