"""Every refusal of the door has a stable code and a sentence in the person's language (case 20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.activities.models import Activity, Occurrence
from engage.attendance.models import Attendance, Scan
from engage.organisations.models import Member, Organisation
from tests.application import Browser
from tests.attendance.door import nonce
from tests.clock import NOON
from tests.factories import people

World = dict[str, object]


def unknown(session: Session, occurrence: Occurrence, omar: Person) -> str:
    return "P" + "0" * 20


def revoked_card(session: Session, occurrence: Occurrence, omar: Person) -> str:
    card, code = people.card(session, omar)
    session.get_one(Pass, card.id).revoked_at = NOON - timedelta(days=1)
    return code


def old_phone(session: Session, occurrence: Occurrence, omar: Person) -> str:
    phone = people.phone(session, omar)
    code = people.shown_by(session, phone)
    session.get_one(Pass, phone.id).revoked_at = NOON - timedelta(minutes=1)
    return code


def suspended(session: Session, occurrence: Occurrence, omar: Person) -> str:
    session.get_one(Organisation, occurrence.organisation_id).status = "suspended"
    return pass_of(session, occurrence, omar)


def cancelled(session: Session, occurrence: Occurrence, omar: Person) -> str:
    occurrence.status, occurrence.closed_at = "cancelled", NOON - timedelta(hours=1)
    return pass_of(session, occurrence, omar)


def full(session: Session, occurrence: Occurrence, omar: Person) -> str:
    occurrence.capacity = 1
    return pass_of(session, occurrence, omar)


def no_walk_ins(session: Session, occurrence: Occurrence, omar: Person) -> str:
    occurrence.walk_ins = False
    return pass_of(session, occurrence, omar)


def too_young(session: Session, occurrence: Occurrence, omar: Person) -> str:
    session.get_one(Activity, occurrence.activity_id).minimum_age = 18
    omar.is_adult, omar.born_year, omar.born_month = False, 2015, 3
    return pass_of(session, occurrence, omar)


def on_paid_duty(session: Session, occurrence: Occurrence, omar: Person) -> str:
    session.add(
        Member(
            organisation_id=occurrence.organisation_id,
            person_id=omar.id,
            role="organiser",
            paid=True,
            joined_at=NOON,
        )
    )
    return pass_of(session, occurrence, omar)


def too_early(session: Session, occurrence: Occurrence, omar: Person) -> str:
    occurrence.starts_at, occurrence.ends_at = (
        NOON + timedelta(hours=5),
        NOON + timedelta(hours=7),
    )
    return pass_of(session, occurrence, omar)


def too_late(session: Session, occurrence: Occurrence, omar: Person) -> str:
    occurrence.starts_at, occurrence.ends_at = (
        NOON - timedelta(hours=7),
        NOON - timedelta(hours=5),
    )
    return pass_of(session, occurrence, omar)


def two_steps_old(session: Session, occurrence: Occurrence, omar: Person) -> str:
    return people.shown_by(session, people.phone(session, omar), NOON - timedelta(seconds=65))


def pass_of(session: Session, occurrence: Occurrence, omar: Person) -> str:
    return people.shown_by(session, people.phone(session, omar))


CASES: tuple[tuple[Callable[..., str], str, str, str], ...] = (
    (unknown, "code_unknown", "kennen wir nicht", "do not know this code"),
    (revoked_card, "pass_revoked", "nicht mehr", "no longer valid"),
    (old_phone, "pass_revoked", "nicht mehr", "no longer valid"),
    (suspended, "organisation_suspended", "gesperrt", "suspended"),
    (cancelled, "occurrence_cancelled", "abgesagt", "cancelled"),
    (full, "occurrence_full", "voll", "full"),
    (no_walk_ins, "not_registered", "Anmeldung", "registration"),
    (too_young, "under_age", "18", "18"),
    (on_paid_duty, "paid_duty", "bezahlte Arbeit", "Paid work"),
    (too_early, "too_early", "Einlass", "opens"),
    (too_late, "too_late", "Einlass", "closed"),
    (two_steps_old, "code_expired", "abgelaufen", "expired"),
)


@pytest.mark.parametrize(("arrange", "code", "german", "english"), CASES)
def test_case_20_a_refusal_says_why_in_both_languages(  # noqa: PLR0913  # one row of the table
    client: Browser,
    session: Session,
    juno: Person,
    omar: Person,
    occurrence: Occurrence,
    arrange: Callable[..., str],
    code: str,
    german: str,
    english: str,
) -> None:
    here = session.get_one(Occurrence, occurrence.id)
    given = arrange(session, here, session.get_one(Person, omar.id))
    session.commit()
    browser = client(juno)

    reply = browser.post(
        f"/organise/occurrences/{occurrence.id}/scan", code=given, nonce=nonce("CASE20")
    )
    browser.plain.set_cookie("language", "de")
    in_german = browser.page(reply.headers["Location"]).one("main").text
    browser.plain.set_cookie("language", "en")
    in_english = browser.page(reply.headers["Location"]).one("main").text

    assert code in in_german
    assert german in in_german
    assert english in in_english
    assert session.scalars(select(Scan.code)).all() == [code]
    assert session.scalars(select(Attendance)).all() == []


def test_case_20_nobody_checks_themselves_in_at_their_own_date(
    client: Browser, session: Session, juno: Person, occurrence: Occurrence
) -> None:
    code = people.shown_by(session, people.phone(session, juno))
    browser = client(juno)

    reply = browser.post(
        f"/organise/occurrences/{occurrence.id}/scan", code=code, nonce=nonce("OWN")
    )

    assert "own_occurrence" in browser.follow(reply).text
    assert session.scalars(select(Attendance)).all() == []


def test_case_8_the_person_with_the_slip_takes_the_account_over_and_the_points_are_there(
    client: Browser, session: Session, juno: Person, occurrence: Occurrence
) -> None:
    desk, door = client(juno), f"/organise/occurrences/{occurrence.id}"
    reply = desk.post(f"{door}/walk-in", display_name="Kim", nonce=nonce("KIM"))
    slip = desk.page(reply.headers["Location"] + "/slip")
    code = slip.with_class("e-read")[0].text.replace(" ", "")
    kim = client()

    kim.follow(kim.get(f"/Q/{code}", status=303))
    kim.follow(
        kim.post("/claim/slip", display_name="Kim", password="three unrelated words", email="")
    )

    page = kim.page("/me/points")
    assert "30" in page.with_class("e-balance")[0].text
