"""Points that wait are decided by somebody else, with an answer; attendances are taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.attendance.models import Attendance, Review
from engage.audit.verify import verify
from engage.core.claims import review_due_at
from engage.ledger import queries as ledger
from tests.application import Browser
from tests.clock import NOON
from tests.factories import rewards
from tests.factories.people import person


@pytest.fixture
def waiting(session: Session, mina: Person, occurrence: Occurrence) -> Review:
    """30 points of Mina wait because the budget was used up."""
    attendance = Attendance(
        occurrence_id=occurrence.id,
        person_id=mina.id,
        kind="volunteering",
        way="scanned",
        checked_in_at=NOON,
        received_at=NOON,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        minutes=120,
        work_on=NOON.date(),
        points=30,
        credited=0,
    )
    session.add(attendance)
    session.flush()
    review = Review(
        reason="budget",
        person_id=mina.id,
        attendance_id=attendance.id,
        points=30,
        opened_at=NOON,
        due_at=review_due_at(NOON),
    )
    session.add(review)
    session.commit()
    return review


def test_a_review_is_granted_with_an_answer(
    client: Browser, session: Session, waiting: Review, mina: Person, ada: Person
) -> None:
    path = f"/office/reviews/{waiting.id}"
    client(ada).get("/office/reviews")
    client(ada).get(path)
    client(ada).post(path, status=422, decision="", reason="")

    client(ada).post(path, decision="grant", reason="The budget was raised")

    session.rollback()  # look again
    session.refresh(waiting)
    assert waiting.state == "granted"
    assert ledger.balance_of(session, mina.id) == 30
    client(ada).post(path, status=409, decision="refuse", reason="Once more")
    assert verify(session) == []


def test_nobody_decides_about_themselves(
    client: Browser, session: Session, waiting: Review, mina: Person
) -> None:
    mina.office_role = "clerk"
    session.commit()

    client(mina).get(f"/office/reviews/{waiting.id}")
    client(mina).post(
        f"/office/reviews/{waiting.id}", status=403, decision="grant", reason="I was there"
    )

    session.rollback()  # look again
    assert ledger.balance_of(session, mina.id) == 0


def test_an_attendance_is_taken_back_once_with_a_reason(
    client: Browser, session: Session, ada: Person
) -> None:
    hanna = rewards.engaged(session, person(session, "Hanna"), 30)
    attendance = session.scalars(select(Attendance).where(Attendance.person_id == hanna.id)).one()
    path = f"/office/attendances/{attendance.id}/cancel"
    nonce = client(ada).page(path).one("input", name="nonce")["value"]

    client(ada).post(path, status=422, reason="", nonce=nonce)
    client(ada).post(path, reason="Written down twice", nonce=nonce)
    client(ada).post(path, reason="Written down twice", nonce=nonce)

    session.rollback()  # look again
    assert ledger.balance_of(session, hanna.id) == 0
    client(ada).post(f"/office/people/{hanna.id}/open")
    client(ada).get(f"/office/people/{hanna.id}")
    assert verify(session) == []
