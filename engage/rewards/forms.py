"""What is typed at a till and by a partner about its rewards."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, tzinfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from engage.core.errors import HoursUnclear
from engage.core.hours import Hours, read_hours
from engage.core.periods import Limit, Period
from engage.rewards.catalogue import CATEGORIES
from engage.rewards.money import read_cents
from engage.rewards.offers import Event, Price, Terms, Words
from engage.web.errors import sentence
from engage.web.numbers import NumberRange

_needed = InputRequired(_l("Please fill this in."))
_code = Length(max=400, message=_l("This is too long."))

#: Why a till takes something back; the words are for the partner's own list.
UNDO_REASONS = (
    SelectChoice("mistake", _l("Wrong code or wrong reward")),
    SelectChoice("not_there", _l("We do not have it any more")),
    SelectChoice("not_wanted", _l("The person does not want it after all")),
    SelectChoice("other", _l("Another reason")),
)


class CodeForm(FlaskForm):
    """A voucher's code, scanned or typed; ``nonce`` makes a second sending harmless."""

    code = StringField(_l("Or type the code"), [_needed, _code])
    nonce = HiddenField()


class CardForm(FlaskForm):
    """Reward, card and PIN, for people without a phone."""

    reward = RadioField(_l("Which reward?"), [InputRequired(_l("Please choose one."))], choices=[])
    card = StringField(_l("Card"), [_needed, _code])
    pin = PasswordField(_l("PIN"), [_needed, Length(max=12)])
    nonce = HiddenField()


class UndoForm(FlaskForm):
    """Why something is taken back."""

    reason = RadioField(
        _l("Why?"), [InputRequired(_l("Please choose one."))], choices=list(UNDO_REASONS)
    )
    nonce = HiddenField()


class WordsForm(FlaskForm):
    """Step 1: what it is."""

    kind = RadioField(
        _l("What kind of reward?"),
        choices=[
            SelectChoice("points", _l("For points")),
            SelectChoice("event", _l("Ticket for an event, for points")),
            SelectChoice("welcome", _l("Welcome gift, without points")),
            SelectChoice("good_cause", _l("Good cause")),
        ],
        default="points",
    )
    title = StringField(_l("Title"), [_needed, Length(max=80, message=_l("This is too long."))])
    description = TextAreaField(
        _l("More about it"), [Length(max=2000, message=_l("This is too long."))]
    )
    hand_over = StringField(
        _l("What does the till hand over?"),
        [_needed, Length(max=120, message=_l("This is too long."))],
    )
    category = SelectField(
        _l("Where do people look for it?"),
        choices=[SelectChoice(code, _l(name)) for code, name in CATEGORIES.items()],
    )

    for_families = BooleanField(_l("Good for families with children"))
    picture = FileField(_l("Picture"))
    picture_alt = StringField(
        _l("What is to be seen?"), [Length(max=200, message=_l("This is too long."))]
    )
    without_picture = BooleanField(_l("Take the picture away"))

    def words(self) -> Words:
        return Words(
            kind=self.kind.data,
            category=self.category.data,
            title=self.title.data.strip(),
            description=(self.description.data or "").strip(),
            hand_over=self.hand_over.data.strip(),
            for_families=bool(self.for_families.data),
        )


class PriceForm(FlaskForm):
    """Step 2: what it costs and is worth."""

    cost = IntegerField(
        _l("Points"),
        [Optional(), NumberRange(1, 100_000, _l("Please give a whole number above zero."))],
    )
    face_value = StringField(_l("Worth in euros"), [_needed, Length(max=20)])
    no_value_reason = StringField(
        _l("If it is worth nothing: why?"), [Length(max=200, message=_l("This is too long."))]
    )
    stock = IntegerField(
        _l("How many are there?"),
        [Optional(), NumberRange(0, 1_000_000, _l("Please give a whole number."))],
    )
    daily_stock = IntegerField(
        _l("Most in a day"),
        [Optional(), NumberRange(1, 1_000_000, _l("Please give a whole number above zero."))],
    )
    own_codes = RadioField(
        _l("Does a code of your own go with it?"),
        choices=[
            SelectChoice("none", _l("No")),
            SelectChoice("citizen", _l("Yes, the person sees it after redeeming")),
            SelectChoice("till", _l("Yes, the till hands it over")),
        ],
        default="none",
        validate_choice=False,
    )

    def price(self, kind: str) -> Price | None:
        """The price, or None with the errors put beside their fields."""
        cents = read_cents(self.face_value.data or "")
        if cents is None and not self.face_value.errors:
            self.face_value.errors = [gettext("Please write an amount such as 2,50.")]
        if kind != "welcome" and not self.cost.data and not self.cost.errors:
            self.cost.errors = [gettext("Please fill this in.")]
        if self.face_value.errors or self.cost.errors or cents is None:
            return None
        reason = (self.no_value_reason.data or "").strip()
        codes = self.own_codes.data if self.own_codes.data in {"citizen", "till"} else "none"
        return Price(
            cost=self.cost.data or 0,
            face_value_cents=cents,
            no_value_reason=reason,
            stock=self.stock.data,
            daily_stock=self.daily_stock.data,
            own_codes=codes or "none",
        )


class NewForm(WordsForm, PriceForm):
    """A whole reward on one page: three fields are needed, everything else has a sensible start."""

    hand_over = StringField(
        _l("What does the till hand over?"), [Length(max=120, message=_l("This is too long."))]
    )

    def words(self) -> Words:
        """What the till reads is the title, if nothing else is said."""
        if not (self.hand_over.data or "").strip():
            self.hand_over.data = self.title.data
        return super().words()

    @property
    def is_plain(self) -> bool:
        """Nothing beyond title, category, points and worth was filled in or is wrong."""
        shown = {"title", "category", "cost", "face_value", "csrf_token"}
        folded = [one for one in self if one.short_name not in shown]
        return not any(one.errors or (one.data and one.data != one.default) for one in folded)


#: How long a code can be good, in minutes.
LIVES = (15, 60, 24 * 60, 7 * 24 * 60, 30 * 24 * 60)


class TermsForm(FlaskForm):
    """Step 3: when, where, how often and for whom. Times are the city's."""

    branches = SelectMultipleField(
        _l("Where is it given?"),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    limit_count = IntegerField(
        _l("How often for each person"),
        [Optional(), NumberRange(1, 1000, _l("Please give a whole number above zero."))],
    )
    limit_period = SelectField(
        _l("in each"),
        choices=[
            SelectChoice("", _l("No limit")),
            SelectChoice("day", _l("day")),
            SelectChoice("week", _l("week")),
            SelectChoice("month", _l("month")),
            SelectChoice("quarter", _l("quarter")),
            SelectChoice("year", _l("year")),
            SelectChoice("ever", _l("in all")),
        ],
    )
    life = SelectField(_l("How long is a code good?"), choices=[], validate_choice=False)
    minimum_age = IntegerField(
        _l("Minimum age"), [Optional(), NumberRange(0, 21, _l("Please give an age up to 21."))]
    )
    shown_from = DateTimeLocalField(_l("Shown from"), [Optional()])
    shown_until = DateTimeLocalField(_l("Shown until"), [Optional()])
    reservable_from = DateTimeLocalField(_l("Can be reserved from"), [Optional()])
    reservable_until = DateTimeLocalField(_l("Can be reserved until"), [Optional()])
    redeemable_from = DateTimeLocalField(_l("Can be redeemed from"), [Optional()])
    redeemable_until = DateTimeLocalField(_l("Can be redeemed until"), [Optional()])
    redeem_hours = StringField(
        _l("Only on certain days and at certain hours?"),
        [Length(max=300, message=_l("This is too long."))],
    )
    event_starts_at = DateTimeLocalField(_l("It begins"), [Optional()])
    event_ends_at = DateTimeLocalField(_l("It ends"), [Optional()])
    event_place = StringField(
        _l("Where is it?"), [Length(max=200, message=_l("This is too long."))]
    )

    def terms(self, tz: tzinfo, kind: str) -> Terms | None:
        """The terms, or None with the errors put beside their fields."""
        if bool(self.limit_count.data) != bool(self.limit_period.data):
            self.limit_period.errors = [gettext("Please give both, or leave both empty.")]
            return None
        if not self._in_order():
            return None
        hours, event = self._hours(), self._event(tz) if kind == "event" else None
        if hours is None or (kind == "event" and event is None):
            return None
        limit = None
        if self.limit_count.data:
            limit = Limit(self.limit_count.data, Period(self.limit_period.data))
        return Terms(
            limit=limit,
            minimum_age=self.minimum_age.data or 0,
            shown_from=_instant(self.shown_from, tz),
            shown_until=_instant(self.shown_until, tz),
            reservable_from=_instant(self.reservable_from, tz),
            reservable_until=_instant(self.reservable_until, tz),
            redeemable_from=_instant(self.redeemable_from, tz),
            redeemable_until=_instant(self.redeemable_until, tz),
            hours=hours,
            event=event,
            life=timedelta(minutes=int(self.life.data or LIVES[0])),
            branch_ids=tuple(uuid.UUID(one) for one in self.branches.data or []),
        )

    def _in_order(self) -> bool:
        """No period ends before it begins."""
        for start, end in (
            (self.shown_from, self.shown_until),
            (self.reservable_from, self.reservable_until),
            (self.redeemable_from, self.redeemable_until),
            (self.event_starts_at, self.event_ends_at),
        ):
            if start.data and end.data and end.data <= start.data:
                end.errors = [gettext("The end lies before the start.")]
                return False
        return True

    def _hours(self) -> Hours | None:
        try:
            return read_hours(self.redeem_hours.data or "")
        except HoursUnclear as unclear:
            self.redeem_hours.errors = [sentence(unclear)]
            return None

    def _event(self, tz: tzinfo) -> Event | None:
        starts_at, place = _instant(self.event_starts_at, tz), (self.event_place.data or "").strip()
        if starts_at is None:
            self.event_starts_at.errors = [gettext("Please fill this in.")]
        if not place:
            self.event_place.errors = [gettext("Please fill this in.")]
        if starts_at is None or not place:
            return None
        return Event(starts_at, _instant(self.event_ends_at, tz), place)


def _instant(field: DateTimeLocalField, tz: tzinfo) -> datetime | None:
    """What was typed is the city's time."""
    typed: datetime | None = field.data
    return typed.replace(tzinfo=tz) if typed else None


class StockForm(FlaskForm):
    """Pieces more or fewer, with the reason."""

    by = IntegerField(
        _l("How many more or fewer?"),
        [
            InputRequired(_l("Please give a whole number, with a minus for fewer.")),
            NumberRange(
                -100_000, 100_000, _l("Please give a whole number, with a minus for fewer.")
            ),
        ],
    )
    reason = StringField(_l("Why?"), [_needed, Length(max=500, message=_l("This is too long."))])


class CodesForm(FlaskForm):
    """A partner's own voucher codes, pasted or as a file."""

    pasted = TextAreaField(_l("Codes, one in each line"), [Length(max=500_000)])
    file = FileField(_l("Or a file: CSV, Excel or text"))
    leave_out = BooleanField(_l("Leave out the lines that are not in order"))
