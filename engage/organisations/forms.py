"""What people type about an organisation and its team."""

from __future__ import annotations

from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    Form,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from engage.organisations.profile import Profile

NEEDED = _("Please fill this in.")
TOO_LONG = _("This is too long.")


def tidy(text: str | None) -> str:
    """Without spaces around it."""
    return (text or "").strip()


def is_address(_form: Form, field: Field) -> None:
    """An e-mail address that mail can be sent to."""
    try:
        validate_email(field.data, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError(_("This does not look like an e-mail address.")) from None


def is_https(_form: Form, field: Field) -> None:
    """A page on the web, encrypted; nothing else is ever linked."""
    parts = urlsplit(field.data)
    if parts.scheme != "https" or "." not in parts.netloc or " " in field.data:
        raise ValidationError(_("Please write the address with https:// in front."))


class ProfileForm(FlaskForm):
    """An organisation as the city and the public read it."""

    name = StringField(
        _("Name of the organisation"),
        filters=[tidy],
        validators=[DataRequired(NEEDED), Length(max=120, message=TOO_LONG)],
    )
    legal_form = StringField(
        _("Legal form"), filters=[tidy], validators=[Length(max=80, message=TOO_LONG)]
    )
    about = TextAreaField(
        _("What you do"),
        filters=[tidy],
        validators=[DataRequired(NEEDED), Length(max=2000, message=TOO_LONG)],
    )
    email = EmailField(
        _("E-mail for questions"),
        filters=[tidy],
        validators=[DataRequired(NEEDED), Length(max=254, message=TOO_LONG), is_address],
    )
    website = URLField(
        _("Website"),
        filters=[tidy],
        validators=[Optional(), Length(max=300, message=TOO_LONG), is_https],
    )
    street = StringField(
        _("Street and number"), filters=[tidy], validators=[Length(max=120, message=TOO_LONG)]
    )
    town = StringField(
        _("Postcode and town"), filters=[tidy], validators=[Length(max=120, message=TOO_LONG)]
    )
    district_code = SelectField(_("District"), validators=[Optional()])

    def offer(self, districts: list[tuple[str, str]]) -> ProfileForm:
        """Fill in the districts of this city."""
        self.district_code.choices = [
            SelectChoice("", _("No district")),
            *(SelectChoice(code, name) for code, name in districts),
        ]
        return self

    def profile(self) -> Profile:
        said = {name: self[name].data or "" for name in Profile.__dataclass_fields__}
        return Profile(**said | {"district_code": said["district_code"] or None})


ROLES = (SelectChoice("organiser", _("Organiser")), SelectChoice("manager", _("Manager")))


class InviteForm(FlaskForm):
    """An address, a role, and whether the work there is paid."""

    email = EmailField(
        _("E-mail address"), filters=[tidy], validators=[DataRequired(NEEDED), is_address]
    )
    role = RadioField(_("Role"), choices=list(ROLES), default="organiser")
    paid = BooleanField(_("Is on our payroll"))


class MemberForm(FlaskForm):
    """What somebody of the team may do."""

    role = SelectField(_("Role"), choices=list(ROLES))
    paid = BooleanField(_("Is on our payroll"))
