"""Series keep their hour on the wall, over both clock changes; the worker makes 8 weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engage.activities import series

BERLIN = ZoneInfo("Europe/Berlin")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_weekly_dates_keep_their_hour() -> None:
    lines = series.series_lines(wall("2030-10-20T18:00"), "FREQ=WEEKLY;COUNT=3", BERLIN)

    found = series.starts(lines, until=wall("2031-01-01T00:00"))

    assert [f"{one:%d.%m. %H:%M}" for one in found] == [
        "20.10. 18:00",
        "27.10. 18:00",
        "03.11. 18:00",
    ]
    assert [series.at(one, BERLIN).hour for one in found] == [16, 17, 17]


@pytest.mark.parametrize(
    ("first", "hours"),
    [("2030-03-30T22:00", 7), ("2030-10-26T22:00", 9), ("2030-05-04T22:00", 8)],
)
def test_case_16_a_night_keeps_its_wall_clock_and_its_real_hours(first: str, hours: int) -> None:
    starts_at, ends_at = series.span(wall(first), timedelta(hours=8), BERLIN)

    assert starts_at.astimezone(BERLIN).strftime("%H:%M") == "22:00"
    assert ends_at.astimezone(BERLIN).strftime("%H:%M") == "06:00"
    assert ends_at - starts_at == timedelta(hours=hours)


def test_case_16_an_hour_that_a_clock_change_leaves_out_is_counted_on() -> None:
    starts_at, ends_at = series.span(wall("2030-03-31T02:30"), timedelta(hours=2), BERLIN)

    assert starts_at.astimezone(BERLIN).strftime("%H:%M") == "03:30"
    assert ends_at > starts_at


def test_every_third_tuesday_until_a_day() -> None:
    lines = series.series_lines(
        wall("2030-05-07T10:00"), "RRULE:FREQ=MONTHLY;BYDAY=1TU;UNTIL=20300704", BERLIN
    )

    found = series.starts(lines, until=wall("2031-01-01T00:00"))

    assert [one.date().isoformat() for one in found] == ["2030-05-07", "2030-06-04", "2030-07-02"]


def test_until_in_utc_counts_by_the_wall() -> None:
    lines = series.series_lines(
        wall("2030-05-06T00:30"), "FREQ=DAILY;UNTIL=20300507T223000Z", BERLIN
    )

    assert len(series.starts(lines, until=wall("2031-01-01T00:00"))) == 3


def test_left_out_and_further_dates() -> None:
    lines = series.series_lines(
        wall("2030-05-06T10:00"),
        "FREQ=DAILY;COUNT=3",
        BERLIN,
        also=[wall("2030-05-20T10:00")],
        without=[wall("2030-05-07T10:00")],
    )

    found = series.starts(lines, until=wall("2031-01-01T00:00"))

    assert [one.day for one in found] == [6, 8, 20]


def test_a_rule_that_never_matches_gives_nothing_and_ends() -> None:
    lines = series.series_lines(
        wall("2030-05-06T10:00"), "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", BERLIN
    )

    assert series.starts(lines, until=wall("2100-01-01T00:00")) == []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "every tuesday",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY\nRDATE:x",
        "FREQ=WEEKLY;COUNT=x",
        "FREQ=DAILY;BYHOUR=1,2",
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        series.series_lines(wall("2030-05-06T10:00"), rule, BERLIN)
