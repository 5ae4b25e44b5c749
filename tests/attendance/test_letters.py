"""Every letter about attendance can be written, in both languages, with all it may have to say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.mail import service as mail
from engage.mail.message import write
from engage.mail.models import Letter
from tests.clock import NOON

HOURS: dict[str, Any] = {
    "organisation": "Green Yard",
    "work_on": date(2030, 5, 3),
    "minutes": 150,
    "answer": "Nobody knows you.",
    "points": 30,
    "waiting": 20,
}
LETTERS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("claim_asked", {**HOURS, "token": "t0ken", "display_name": "Mina", "what": "Books"}, "t0ken"),
    ("claim_decided", {**HOURS, "confirmed": True}, "30"),
    ("claim_decided", {**HOURS, "confirmed": False}, "Nobody knows you."),
    ("review_decided", {"granted": True, "reason": "cap", "points": 20, "answer": ""}, "20"),
    ("review_decided", {"granted": False, "reason": "cap", "points": 0, "answer": "No."}, "No."),
    ("missing_refused", {"title": "River bank", "answer": "Nobody saw you."}, "Nobody saw you."),
)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(("template", "facts", "says"), LETTERS)
def test_a_letter_says_what_happened(  # noqa: PLR0913  # one row of the table
    session: Session,
    app: APIFlask,
    mina: Person,
    language: str,
    template: str,
    facts: dict[str, Any],
    says: str,
) -> None:
    mina.language = language
    mail.send(session, to=mina.id, template=template, facts=facts, now=NOON)
    session.commit()

    with app.app_context():
        written = write(session.scalars(select(Letter)).one(), session)

    assert says in written.text
    assert written.subject
    assert "%(" not in written.text
