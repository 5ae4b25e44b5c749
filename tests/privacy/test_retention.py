"""One test for each row of the table that the privacy page shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import queries, service
from engage.accounts.attempts import Guess, note_try
from engage.accounts.links import make_link
from engage.accounts.models import Attempt, DataRead, Erasure, MailLink, Person
from engage.activities.models import Occurrence, Registration
from engage.attendance.models import Attendance, HoursClaim, MissingPoints, Review, Scan
from engage.core.privacy import BY_CLASS, TABLE
from engage.mail.models import Letter
from engage.mail.service import send
from engage.privacy.retention import DUTIES, OUTSIDE, forget_all
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON
from tests.factories.accounts import make_person
from tests.factories.rewards import engaged

DORTMUND = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)


def _end(code: str, event_at: datetime = NOON) -> datetime:
    until = BY_CLASS[code].keep.until(event_at, DORTMUND)
    assert until is not None
    return until


def _forget(session: Session, now: datetime) -> None:
    forget_all(session, now)
    session.rollback()  # look again
    session.expire_all()


def _count(session: Session, model: Any) -> int:
    return len(session.scalars(select(model)).all())


def _is_there(session: Session, person: Person) -> bool:
    return queries.find_person(session, person.id) is not None


def test_pri_2_every_class_is_forgotten_by_a_duty_or_kept_with_the_account() -> None:
    with_an_end = {row.code for row in TABLE if not row.keep.for_good}

    assert with_an_end == set(DUTIES) | OUTSIDE


def test_pri_2_unconfirmed_sign_up(session: Session) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", email_confirmed_at=None)
        omar = make_person(session, "Omar")
        juno = make_person(session, "Juno", email_confirmed_at=None)
    engaged(session, juno, 30)

    _forget(session, _end("unconfirmed_sign_up") - SECOND)
    assert _is_there(session, mina)
    _forget(session, _end("unconfirmed_sign_up") + SECOND)

    assert not _is_there(session, mina)
    assert _is_there(session, omar)
    assert queries.get_person(session, juno.id).email is None


def test_pri_2_unclaimed_walk_in(session: Session) -> None:
    with unit_of_work(session):
        juno = make_person(session, "Juno", last_seen_at=NOON)
        came = make_person(session, "Came", email=None, created_by=juno.id)
        holder = make_person(session, "Holder", email=None, created_by=juno.id)
        service.issue_card(session, holder.id, actor_id=juno.id, now=NOON)
    engaged(session, came, 30)  # a week before noon
    end = _end("unclaimed_walk_in", NOON - timedelta(days=7))

    _forget(session, end - timedelta(days=1))
    assert _is_there(session, came)
    _forget(session, end + timedelta(days=1))

    assert not _is_there(session, came)
    assert _is_there(session, holder)


def test_pri_3_an_unused_account_ends_after_two_warnings(session: Session) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", last_seen_at=NOON)
        ada = make_person(session, "Ada", last_seen_at=NOON, office_role="lead")
    end = _end("account")

    def warnings() -> list[int]:
        letters = session.scalars(select(Letter).order_by(Letter.id)).all()
        return [letter.facts["days"] for letter in letters]

    _forget(session, end - timedelta(days=61))
    assert warnings() == []
    for _again in range(2):
        _forget(session, end - timedelta(days=58))
        assert warnings() == [60]
    for _again in range(2):
        _forget(session, end - timedelta(days=12))
        assert warnings() == [60, 14]
    _forget(session, end + timedelta(days=1))
    assert _is_there(session, mina)
    _forget(session, end + timedelta(days=3))

    assert not _is_there(session, mina)
    assert _is_there(session, ada)


def test_pri_3_who_comes_back_in_time_is_warned_anew_later(session: Session) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", last_seen_at=NOON)
    end = _end("account")
    _forget(session, end - timedelta(days=58))
    with unit_of_work(session):
        queries.get_person(session, mina.id).last_seen_at = end - timedelta(days=30)

    _forget(session, end + timedelta(days=30))

    person = queries.get_person(session, mina.id)
    assert person.warnings == 0


def test_pri_2_names_for_organisations(session: Session, mina: Person) -> None:
    engaged(session, mina, 30)
    attendance = session.scalars(select(Attendance)).one()
    attendance.note = "came with her sister"
    session.add(_scan(mina, "credited", {"display_name": "Mina", "points": 30}))
    session.commit()

    _forget(session, _end("names_for_organisations") - SECOND)
    assert session.scalars(select(Attendance.note)).one() != ""
    with unit_of_work(session):
        queries.get_person(session, mina.id).last_seen_at = NOON + timedelta(days=600)
    _forget(session, _end("names_for_organisations") + timedelta(days=1))

    assert session.scalars(select(Attendance.note)).one() == ""
    assert session.scalars(select(Scan.facts)).one() == {"points": 30}


def _scan(person: Person, code: str, facts: dict[str, Any]) -> Scan:
    return Scan(
        caller_id=person.id,
        nonce=code.ljust(26, "0"),
        verb="check_in",
        subject="x",
        subject_kind="code",
        person_id=person.id,
        code=code,
        facts=facts,
        scanned_at=NOON,
        received_at=NOON,
    )


def test_pri_2_registrations(session: Session, occurrence: Occurrence) -> None:
    _forget(session, _end("registrations") - SECOND)
    assert _count(session, Registration) == 1
    _forget(session, _end("registrations") + SECOND)

    assert _count(session, Registration) == 0


def test_pri_2_hours_claims(session: Session, mina: Person, occurrence: Occurrence) -> None:
    session.add(
        HoursClaim(
            person_id=mina.id,
            organisation_id=occurrence.organisation_id,
            work_on=NOON.date(),
            starts_at=NOON,
            ends_at=NOON,
            minutes=60,
            what="Watered the trees",
            submitted_at=NOON,
        )
    )
    session.add(
        MissingPoints(
            occurrence_id=occurrence.id, person_id=mina.id, what="I was there", asked_at=NOON
        )
    )
    session.commit()

    _forget(session, _end("hours_claims") - SECOND)
    assert session.scalars(select(HoursClaim.what)).one() == "Watered the trees"
    _forget(session, _end("hours_claims") + SECOND)

    assert session.scalars(select(HoursClaim.what)).one() == ""
    assert session.scalars(select(MissingPoints.what)).one() == ""


def test_pri_2_reviews(session: Session, mina: Person) -> None:
    session.add(
        Review(
            reason="cap",
            person_id=mina.id,
            points=10,
            state="refused",
            opened_at=NOON,
            due_at=NOON,
            decided_at=NOON,
            answer="No",
            objection="But",
        )
    )
    session.commit()

    _forget(session, _end("reviews") - SECOND)
    assert session.scalars(select(Review.answer)).one() == "No"
    _forget(session, _end("reviews") + SECOND)

    assert session.execute(select(Review.answer, Review.objection)).one() == ("", "")


def test_pri_2_failed_scans(session: Session, mina: Person) -> None:
    session.add_all([_scan(mina, "too_early", {}), _scan(mina, "credited", {})])
    session.commit()

    _forget(session, _end("failed_scans") - SECOND)
    assert _count(session, Scan) == 2
    _forget(session, _end("failed_scans") + SECOND)

    assert session.scalars(select(Scan.code)).all() == ["credited"]


@pytest.mark.parametrize(
    ("code", "model"),
    [
        ("sign_in_attempts", Attempt),
        ("mails", Letter),
        ("mail_links", MailLink),
        ("staff_reads", DataRead),
    ],
)
def test_pri_2_rows_that_go_with_time(session: Session, ada: Person, code: str, model: Any) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina")
        note_try(session, Guess.PASSWORD, "mina@example.org", now=NOON, succeeded=False)
        send(session, to=mina.id, template="x", facts={}, now=NOON)
        make_link(session, "join_team", now=NOON, person_id=mina.id)
        service.note_read(session, ada.id, mina.id, "account", now=NOON)
    with unit_of_work(session):
        session.scalars(select(Letter)).one().sent_at = NOON

    _forget(session, _end(code) - SECOND)
    assert _count(session, model) == 1
    _forget(session, _end(code) + SECOND)

    assert _count(session, model) == 0


def test_pri_2_erased_mail_hash(session: Session) -> None:
    with unit_of_work(session):
        session.add(Erasure(person_id=make_person(session).id, email_hash="x", at=NOON))

    _forget(session, _end("erased_mail_hash") - timedelta(days=1))
    assert session.scalars(select(Erasure.email_hash)).one() == "x"
    _forget(session, _end("erased_mail_hash") + timedelta(days=1))

    assert session.scalars(select(Erasure.email_hash)).one() is None
