"""Whose turn it is when somebody never checked out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engage.core.checkout import Turn, is_asked_again, whose_turn
from tests.clock import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("after_the_end", "turn"),
    [
        (-HOUR, Turn.NOBODY),
        (HOUR, Turn.NOBODY),
        (HOUR + timedelta(seconds=1), Turn.ORGANISER),
        (14 * DAY - HOUR, Turn.ORGANISER),
        (14 * DAY, Turn.OFFICE),
        (100 * DAY, Turn.OFFICE),
    ],
)
def test_chk_25_first_nobodys_then_the_organisers_then_the_offices(
    after_the_end: timedelta, turn: Turn
) -> None:
    assert whose_turn(NOON, NOON + HOUR, NOON + after_the_end) is turn


def test_chk_25_an_organisation_is_asked_once_a_day_at_most() -> None:
    assert is_asked_again(None, NOON)
    assert not is_asked_again(NOON, NOON + DAY - timedelta(seconds=1))
    assert is_asked_again(NOON, NOON + DAY)
