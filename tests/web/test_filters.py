"""Dates, numbers and points are said as people in Dortmund, and English readers, say them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from babel import Locale
from babel.messages.mofile import write_mo
from flask import Flask, request
from flask_babel import Babel
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from engage.translations.catalogues import Catalogues
from engage.web import filters

DE, EN = Locale("de"), Locale("en")
BERLIN = "Europe/Berlin"
NOW = datetime(2027, 5, 13, 10, 0, tzinfo=UTC)
#: Ten o'clock on a Saturday morning in Dortmund.
STARTS = datetime(2027, 5, 15, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A bare application that knows the common words in both languages, and what time it is."""
    folder = tmp_path_factory.mktemp("words")
    target = folder / "de/LC_MESSAGES/messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as words:
        write_mo(words, Catalogues().read("de", "web"))
    app = Flask(__name__)
    app.extensions["clock"] = lambda _zone: NOW
    Babel(
        app,
        default_locale="en",
        default_translation_directories=str(folder),
        locale_selector=lambda: request.args["language"],
        timezone_selector=lambda: BERLIN,
    )
    filters.init_app(app)
    return app


@contextmanager
def page(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context(query_string={"language": language}):
        yield


def said(app: Flask, language: str, template: str, **values: object) -> str:
    with page(app, language):
        return app.jinja_env.from_string(template).render(**values)


def test_a_day_is_said_with_its_weekday_in_the_place_of_the_activity(app: Flask) -> None:
    late = datetime(2027, 5, 14, 22, 30, tzinfo=UTC)

    assert said(app, "de", "{{ at|day }}", at=late) == "Sa, 15. Mai"
    assert said(app, "en", "{{ at|day }}", at=late) == "Sat 15 May"
    assert said(app, "en", "{{ at|day('UTC') }}", at=late) == "Fri 14 May"


def test_a_day_of_another_year_names_the_year(app: Flask) -> None:
    next_year = date(2028, 1, 17)

    assert said(app, "de", "{{ on|day }}", on=next_year) == "Mo, 17. Jan. 2028"
    assert said(app, "en", "{{ on|day }}", on=next_year) == "Mon 17 Jan 2028"


def test_a_long_day_is_written_out(app: Flask) -> None:
    assert said(app, "de", "{{ at|day_long }}", at=STARTS) == "Samstag, 15. Mai 2027"
    assert said(app, "en", "{{ at|day_long }}", at=STARTS) == "Saturday 15 May 2027"


def test_full_hours_are_said_short_in_german(app: Flask) -> None:
    ends = STARTS + timedelta(hours=3)

    assert said(app, "de", "{{ a|time_range(b) }}", a=STARTS, b=ends) == "10–13 Uhr"
    assert said(app, "en", "{{ a|time_range(b) }}", a=STARTS, b=ends) == "10:00–13:00"


def test_half_hours_keep_their_minutes(app: Flask) -> None:
    starts, ends = STARTS + timedelta(minutes=30), STARTS + timedelta(hours=2)

    assert said(app, "de", "{{ a|time_range(b) }}", a=starts, b=ends) == "10.30–12 Uhr"
    assert said(app, "de", "{{ a|time }}", a=starts) == "10.30 Uhr"
    assert said(app, "en", "{{ a|time }}", a=starts) == "10:30"


def test_a_range_over_midnight_names_the_second_day(app: Flask) -> None:
    starts = datetime(2027, 5, 15, 20, 0, tzinfo=UTC)
    ends = datetime(2027, 5, 16, 0, 30, tzinfo=UTC)

    words = said(app, "de", "{{ a|time_range(b) }}", a=starts, b=ends)

    assert words == "22 Uhr – So, 16. Mai, 2.30 Uhr"


def test_both_clock_changes_keep_the_wall_clock() -> None:
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)

    before = filters.local(datetime(2027, 3, 28, 0, 59, tzinfo=UTC), BERLIN)
    after = filters.local(datetime(2027, 3, 28, 1, 0, tzinfo=UTC), BERLIN)
    twice = [filters.local(datetime(2027, 10, 31, h, 30, tzinfo=UTC), BERLIN) for h in (0, 1)]

    assert [filters.say_time(at, DE) for at in (before, after)] == ["1.59 Uhr", "3 Uhr"]
    assert [filters.say_time(at, EN) for at in twice] == ["2:30", "2:30"]
    assert (before.date(), twice[0].date()) == (spring, autumn)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        filters.local(datetime(2027, 5, 15, 10, 0), BERLIN)  # noqa: DTZ001  # that is the point


def test_another_language_uses_the_unicode_tables() -> None:
    wall = filters.local(STARTS, BERLIN)

    assert filters.say("day_long", wall, Locale("fr")) == "samedi 15 mai 2027"
    assert filters.say_time(wall, Locale("fr")) == "10:00"


def test_a_date_leaf_has_three_words(app: Flask) -> None:
    with page(app, "de"):
        german = filters.leaf(STARTS)
    with page(app, "en"):
        english = filters.leaf(STARTS)

    assert german == filters.Leaf("Sa", "15.", "Mai")
    assert english == filters.Leaf("Sat", "15", "May")


@pytest.mark.parametrize(
    ("amount", "german", "english"),
    [
        (1, "1 Punkt", "1 point"),
        (30, "30 Punkte", "30 points"),
        (1500, "1.500 Punkte", "1,500 points"),
    ],
)
def test_points_are_counted_in_words(app: Flask, amount: int, german: str, english: str) -> None:
    assert said(app, "de", "{{ n|points }}", n=amount) == german
    assert said(app, "en", "{{ n|points }}", n=amount) == english


@pytest.mark.parametrize(
    ("left", "german", "english"),
    [
        (timedelta(days=3), "noch 3 Tage", "3 days left"),
        (timedelta(hours=30), "noch 30 Stunden", "30 hours left"),
        (timedelta(minutes=20), "noch 20 Minuten", "20 minutes left"),
        (timedelta(seconds=10), "noch 1 Minute", "1 minute left"),
        (timedelta(0), "vorbei", "over"),
    ],
)
def test_a_deadline_says_how_long_is_left(
    app: Flask, left: timedelta, german: str, english: str
) -> None:
    assert said(app, "de", "{{ at|time_left }}", at=NOW + left) == german
    assert said(app, "en", "{{ at|time_left }}", at=NOW + left) == english


def test_the_past_is_said_as_a_distance(app: Flask) -> None:
    assert said(app, "de", "{{ at|ago }}", at=NOW - timedelta(minutes=14)) == "vor 14 Minuten"
    assert said(app, "en", "{{ at|ago }}", at=NOW - timedelta(days=3)) == "3 days ago"


@pytest.mark.parametrize(
    ("minutes", "german", "english"),
    [(135, "2 Std. 15 Min.", "2 h 15 min"), (120, "2 Std.", "2 h"), (45, "45 Min.", "45 min")],
)
def test_a_length_is_said_to_the_minute(
    app: Flask, minutes: int, german: str, english: str
) -> None:
    assert said(app, "de", "{{ m|duration }}", m=minutes) == german
    assert said(app, "en", "{{ m|duration }}", m=minutes) == english


def test_hours_are_rounded_to_quarters(app: Flask) -> None:
    assert said(app, "de", "{{ h|hours }}", h=2.5) == "2,5 Std."
    assert said(app, "en", "{{ h|hours }}", h=timedelta(hours=1, minutes=46)) == "1.75 h"
    assert said(app, "de", "{{ h|hours }}", h=18420) == "18.420 Std."


def test_money_and_shares_follow_the_language(app: Flask) -> None:
    assert said(app, "de", "{{ c|euro }}", c=1250) == "12,50\u00a0€"
    assert said(app, "en", "{{ c|euro }}", c=1250) == "€12.50"
    assert said(app, "de", "{{ s|percent(1) }}", s=0.014) == "1,4\u00a0%"
    assert said(app, "en", "{{ s|percent(1) }}", s=0.014) == "1.4%"


def test_instants_for_scripts_are_in_utc(app: Flask) -> None:
    assert said(app, "de", "{{ at|iso }}", at=STARTS) == "2027-05-15T08:00:00Z"
    assert said(app, "de", "{{ on|iso }}", on=date(2027, 5, 15)) == "2027-05-15"


def test_languages_name_themselves(app: Flask) -> None:
    assert said(app, "de", "{{ 'en'|language_name }} {{ text_direction() }}") == "English ltr"
    assert said(app, "ar", "{{ text_direction() }}") == "rtl"


def test_every_kind_of_field_finds_its_control() -> None:
    class Everything(Form):  # type: ignore[misc]  # wtforms has no types
        word = StringField()
        day = DateField()
        text = TextAreaField()
        one = SelectField(choices=["a"])
        way = RadioField(choices=["a"])
        yes = BooleanField()
        secret = PasswordField()
        picture = FileField()
        unseen = HiddenField()

    kinds = {field.name: filters.control(field) for field in Everything()}

    assert kinds == {
        "word": "input",
        "day": "input",
        "text": "textarea",
        "one": "select",
        "way": "choices",
        "yes": "tick",
        "secret": "password",
        "picture": "file",
        "unseen": "hidden",
    }
