"""The poster on paper: what a person with a screen reader gets of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engage.web.language import COOKIE
from tests.papers import read_paper

if TYPE_CHECKING:
    from engage.accounts.models import Person
    from engage.activities.models import Occurrence
    from tests.application import Browser


@pytest.mark.parametrize(
    ("language", "heading", "step"),
    [
        ("de", "Schön, dass Sie da sind.", "Zeigen Sie Ihre Karte"),
        ("en", "Nice that you are here.", "Show your card"),
    ],
)
def test_the_poster_is_a_tagged_pdf_of_one_page_in_both_languages(
    client: Browser, juno: Person, occurrence: Occurrence, language: str, heading: str, step: str
) -> None:
    browser, poster = client(juno), f"/organise/occurrences/{occurrence.id}/poster"
    browser.plain.set_cookie(COOKIE, language)
    browser.post(f"{poster}/on")

    paper = read_paper(browser.get(f"{poster}.pdf").data)

    assert paper.says_ua
    assert (paper.language, paper.pages) == (language, 1)
    assert paper.title == f"{heading} Clean the river bank"
    assert {"H1", "L", "LI", "Figure"} <= set(paper.tags)
    for words in (heading, step, "Clean the river bank", occurrence.number[:4]):
        assert words in paper.text
