"""What people type about their account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from engage.core.accounts import LONGEST_NAME, LONGEST_PASSWORD
from engage.core.ages import Age
from engage.web.numbers import NumberRange

NEEDED = _("Please fill this in.")
ADDRESS = _("E-mail address")
MONTHS = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)


def _needed() -> list[object]:
    return [DataRequired(NEEDED)]


def _short(most: int = 254) -> list[object]:
    return [Length(max=most, message=_("This is too long."))]


class SignInForm(FlaskForm):
    """Address or card number, and password."""

    name = StringField(_("E-mail address or card number"), [*_needed(), *_short()])
    password = PasswordField(_("Password"), [*_needed(), *_short(LONGEST_PASSWORD)])
    remember = BooleanField(_("Stay signed in on this device for 30 days"))
    next = HiddenField()


class SignUpForm(FlaskForm):
    """A new account: as little as possible."""

    display_name = StringField(_("What should we call you?"), [*_needed(), *_short(LONGEST_NAME)])
    email = EmailField(ADDRESS, [*_needed(), *_short()])
    password = PasswordField(_("Password"), [*_needed(), *_short(LONGEST_PASSWORD)])
    age = RadioField(
        _("How old are you?"),
        [DataRequired(_("Please choose one."))],
        choices=[
            SelectChoice("adult", _("18 or older")),
            SelectChoice("younger", _("Younger than 18")),
        ],
    )
    born_month = SelectField(
        _("Month of birth"),
        choices=[
            SelectChoice("", _("Please choose")),
            *(SelectChoice(str(number), name) for number, name in enumerate(MONTHS, 1)),
        ],
        validate_choice=False,
    )
    born_year = IntegerField(
        _("Year of birth"),
        [Optional(), NumberRange(1900, 2100, _("Please write the year with four digits."))],
    )
    guardian_email = EmailField(_("E-mail address of a parent or guardian"), _short())
    agrees = BooleanField(
        _("I have read the terms of use and the privacy page"),
        [DataRequired(_("Please read and tick this."))],
    )
    next = HiddenField()

    def is_complete(self) -> bool:
        """Like ``validate_on_submit``; the younger say month and year as well."""
        fine: bool = self.validate_on_submit()
        if self.age.data != "younger":
            return fine
        if not str(self.born_month.data or "").isdecimal():
            self.born_month.errors = [NEEDED]
            fine = False
        if self.born_year.data is None and not self.born_year.errors:
            self.born_year.errors = [NEEDED]
            fine = False
        return fine

    def told_age(self) -> Age:
        if self.age.data == "adult":
            return Age(adult=True)
        return Age(born=(int(self.born_year.data), min(12, max(1, int(self.born_month.data)))))


class AddressForm(FlaskForm):
    """One address, e.g. to send a link to."""

    email = EmailField(ADDRESS, [*_needed(), *_short()])


class NewPasswordForm(FlaskForm):
    """A password, typed once; it can be shown."""

    password = PasswordField(_("New password"), [*_needed(), *_short(LONGEST_PASSWORD)])


class ChangePasswordForm(FlaskForm):
    """The old password and a new one."""

    current = PasswordField(_("Your password until now"), [*_needed(), *_short(LONGEST_PASSWORD)])
    password = PasswordField(_("New password"), [*_needed(), *_short(LONGEST_PASSWORD)])


class CodeForm(FlaskForm):
    """A one-time code of an app, or a recovery code."""

    code = StringField(_("One-time code"), [*_needed(), *_short(40)])
    next = HiddenField()


class _OwnerForm(FlaskForm):
    password = PasswordField(_("Choose a password"), [*_needed(), *_short(LONGEST_PASSWORD)])
    email = EmailField(ADDRESS, _short())


class ClaimCardForm(_OwnerForm):
    """A printed card and its one-time claim code."""

    card = StringField(_("Number of your card"), [*_needed(), *_short(200)])
    claim_code = StringField(_("Claim code"), [*_needed(), *_short(40)])


class ClaimSlipForm(_OwnerForm):
    """The slip from the door."""

    display_name = StringField(_("What should we call you?"), [*_needed(), *_short(LONGEST_NAME)])


class SlipCodeForm(FlaskForm):
    """The code of a slip, typed."""

    slip = StringField(_("Code on the slip"), [*_needed(), *_short(200)])


class ProfileForm(FlaskForm):
    """Name, language, district."""

    display_name = StringField(_("Display name"), [*_needed(), *_short(LONGEST_NAME)])
    language = SelectField(_("Language of mails and pages"))
    district_code = SelectField(_("District"))


class PointsForm(FlaskForm):
    """Whether points are collected and shown."""

    collects_points = BooleanField(_("Collect points for my hours"))
    hides_points = BooleanField(_("Show my points only when I ask for them"))


class MailForm(FlaskForm):
    """Which mails a person wants."""

    wanted = SelectMultipleField(
        _("Mails I want"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )


class PhoneForm(FlaskForm):
    """The name of a phone."""

    name = StringField(_("Name of the phone"), [*_needed(), *_short(40)])


class PinForm(FlaskForm):
    """A card's PIN, for the counter only."""

    pin = PasswordField(_("New PIN, 4 to 6 digits"), [*_needed(), *_short(6)])
