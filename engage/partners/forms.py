"""What people type about a partner, its branches and its team."""

from __future__ import annotations

from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
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

from engage.core.errors import HoursUnclear
from engage.core.hours import read_hours
from engage.partners.profile import Place, Profile
from engage.web.errors import sentence

NEEDED = _l("Please fill this in.")
TOO_LONG = _l("This is too long.")


def tidy(text: str | None) -> str:
    """Without spaces around it."""
    return (text or "").strip()


def is_address(_form: Form, field: Field) -> None:
    """An e-mail address that mail can be sent to."""
    try:
        validate_email(field.data, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValidationError(_l("This does not look like an e-mail address.")) from None


def is_https(_form: Form, field: Field) -> None:
    """A page on the web, encrypted; nothing else is ever linked."""
    parts = urlsplit(field.data)
    if parts.scheme != "https" or "." not in parts.netloc or " " in field.data:
        raise ValidationError(_l("Please write the address with https:// in front."))


def is_hours(_form: Form, field: Field) -> None:
    """Days and times as people write them on a door."""
    try:
        read_hours(field.data or "")
    except HoursUnclear as unclear:
        raise ValidationError(sentence(unclear)) from None


def _short(most: int) -> Length:
    return Length(max=most, message=TOO_LONG)


class ProfileForm(FlaskForm):
    """A partner as the city and the public read it."""

    name = StringField(_l("Name"), filters=[tidy], validators=[DataRequired(NEEDED), _short(120)])
    about = TextAreaField(
        _l("What you are"), filters=[tidy], validators=[DataRequired(NEEDED), _short(2000)]
    )
    email = EmailField(
        _l("E-mail for questions"),
        filters=[tidy],
        validators=[DataRequired(NEEDED), _short(254), is_address],
    )
    website = URLField(
        _l("Website"), filters=[tidy], validators=[Optional(), _short(300), is_https]
    )

    def profile(self) -> Profile:
        return Profile(
            self.name.data, self.about.data, self.website.data or "", self.email.data or ""
        )


class PlaceFields:
    """The fields of a branch, for the form of its own and for the application."""

    street = StringField(
        _l("Street and number"), filters=[tidy], validators=[DataRequired(NEEDED), _short(120)]
    )
    town = StringField(
        _l("Postcode and town"), filters=[tidy], validators=[DataRequired(NEEDED), _short(80)]
    )
    district = SelectField(_l("District"), choices=[], validate_choice=False)
    hours = StringField(
        _l("Opening hours"), filters=[tidy], validators=[Optional(), _short(300), is_hours]
    )
    opening_hours = StringField(
        _l("More about the hours"), filters=[tidy], validators=[Optional(), _short(200)]
    )
    step_free = BooleanField(_l("Step-free entrance"))
    accessible_toilet = BooleanField(_l("Accessible toilet"))
    disabled_parking = BooleanField(_l("Parking for people with disabilities"))
    hearing_loop = BooleanField(_l("Hearing loop"))
    accessibility_notes = StringField(
        _l("More about access"), filters=[tidy], validators=[Optional(), _short(300)]
    )


class BranchForm(PlaceFields, FlaskForm):
    """A branch of its own."""

    branch_name = StringField(
        _l("Name of the branch"), filters=[tidy], validators=[DataRequired(NEEDED), _short(80)]
    )


class ApplyForm(PlaceFields, ProfileForm):
    """A partner and its first branch."""


class InviteForm(FlaskForm):
    """Somebody for the team."""

    email = EmailField(
        _l("E-mail address"),
        filters=[tidy],
        validators=[DataRequired(NEEDED), _short(254), is_address],
    )
    role = RadioField(
        _l("What may the person do?"),
        choices=[
            SelectChoice("till", _l("Redeem at the till")),
            SelectChoice("manager", _l("Manage everything")),
        ],
        default="till",
    )


class RoleForm(FlaskForm):
    """Another role for a member."""

    role = RadioField(choices=[SelectChoice("till", "till"), SelectChoice("manager", "manager")])


def offer(form: FlaskForm, districts: list[tuple[str, str]]) -> FlaskForm:
    """Fill the choice of districts."""
    choices = [SelectChoice(code, name) for code, name in districts]
    form.district.choices = [SelectChoice("", _l("Please choose")), *choices]
    return form


def place(form: FlaskForm, name: str) -> Place:
    """The branch that was typed."""
    return Place(
        name=name,
        street=form.street.data,
        town=form.town.data,
        district_code=form.district.data or None,
        opening_hours=form.opening_hours.data or "",
        accessibility_notes=form.accessibility_notes.data or "",
        step_free=form.step_free.data,
        accessible_toilet=form.accessible_toilet.data,
        disabled_parking=form.disabled_parking.data,
        hearing_loop=form.hearing_loop.data,
        hours=read_hours(form.hours.data or "").text(),
    )
