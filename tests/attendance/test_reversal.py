"""Annulling what has earned points, reviews that wait, and what people are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence
from engage.attendance import reviews, service, tasks
from engage.attendance.checkin import CheckInRequest, OrganiserCaller, check_in
from engage.attendance.models import Attendance, Review
from engage.audit.verify import verify
from engage.core.claims import Annuller
from engage.core.errors import OwnReview, ReasonNeeded, ReviewDecided
from engage.core.news import EVENTS
from engage.ledger import queries as ledger
from engage.ledger import service as booking
from engage.ledger.service import Cause
from engage.mail.message import write
from engage.mail.models import Letter
from engage.rewards.models import Redemption, Reward
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.attendance.door import nonce
from tests.clock import NOON
from tests.factories import activities, rewards

LATER = NOON + timedelta(hours=3)


def attend(session: Session, juno: Person, person: Person, occurrence: Occurrence) -> Attendance:
    request = CheckInRequest(occurrence.id, nonce(), person_id=person.id)
    caller = OrganiserCaller(juno.id)
    outcome = run_work(session, lambda s: check_in(s, caller, request, now=NOON))
    assert outcome.is_success, outcome
    return session.get_one(Attendance, outcome_id(session, person, occurrence))


def outcome_id(session: Session, person: Person, occurrence: Occurrence) -> object:
    return session.scalars(
        select(Attendance.id).where(
            Attendance.person_id == person.id,
            Attendance.occurrence_id == occurrence.id,
            Attendance.annulled_at.is_(None),
        )
    ).one()


def annul(session: Session, juno: Person, attendance: Attendance) -> str:
    act = service.Annulment(attendance.id, Annuller.ORGANISER, juno.id, nonce(), "wrong person")
    return run_work(session, lambda s: service.annul(s, act, now=LATER)).code


def sum_of(session: Session, name: str) -> int:
    return ledger.sum_of(session, ledger.named_account_id(session, name))


def test_case_30_points_in_an_open_reservation_come_back_and_are_taken(  # the cast
    session: Session, juno: Person, mina: Person, occurrence: Occurrence, reward: Reward
) -> None:
    attendance = attend(session, juno, mina, occurrence)
    session.execute(update(Attendance).values(way="scanned"))
    session.execute(update(Reward).values(cost=10))
    session.commit()
    rewards.reserved(session, mina, reward, now=LATER)
    assert ledger.balance_of(session, mina.id) == 20

    code = annul(session, juno, attendance)

    [redemption] = session.scalars(select(Redemption)).all()
    assert (code, redemption.state) == ("annulled", "cancelled")
    assert ledger.balance_of(session, mina.id) == 0
    assert (sum_of(session, "escrow"), sum_of(session, "written_off")) == (0, 0)
    assert verify(session) == []


def test_case_30_points_that_are_spent_are_written_off_and_settled_by_a_refund_only(
    session: Session, juno: Person, mina: Person, occurrence: Occurrence, activity: Activity
) -> None:
    attendance = attend(session, juno, mina, occurrence)
    account = ledger.get_account(session, mina.id).id
    spent = Cause("redemption", new_id(), LATER)
    cause_id = booking.open_good_cause(session, "trees")
    session.flush()
    booking.reserve(session, account, 12, spent)
    booking.redeem(session, cause_id, 12, spent)
    session.commit()

    annul(session, juno, attendance)

    assert ledger.balance_of(session, mina.id) == 0
    assert sum_of(session, "written_off") == -12
    assert [one.open_points for one in ledger.list_open_shortfalls(session, account)] == [12]
    next_week = activities.occurrence(session, activity, starts_at=NOON, places=[mina])
    attend(session, juno, mina, next_week)
    assert ledger.balance_of(session, mina.id) == 30  # an earning never settles it
    session.rollback()
    booking.refund(session, cause_id, account, 12, Cause("redemption", spent.id, LATER))
    session.commit()
    assert ledger.balance_of(session, mina.id) == 30
    assert sum_of(session, "written_off") == 0
    assert ledger.list_open_shortfalls(session, account) == []


def waiting(session: Session, juno: Person, person: Person, activity: Activity) -> Review:
    """Two dates at the same time: the second waits as overlap (case 52)."""
    first = activities.occurrence(session, activity, places=[person])
    second = activities.occurrence(session, activity, places=[person])
    attend(session, juno, person, first)
    attend(session, juno, person, second)
    return session.scalars(select(Review)).one()


def test_case_52_two_dates_at_once_wait_and_a_grant_books_them_once(
    session: Session, juno: Person, ada: Person, mina: Person, activity: Activity
) -> None:
    review = waiting(session, juno, mina, activity)
    assert (review.reason, review.points, review.state) == ("overlap", 30, "open")
    decide = {"by": ada.id, "grant": True, "answer": "Both are right.", "now": LATER}

    run_work(session, lambda s: reviews.decide(s, review.id, **decide))  # type: ignore[arg-type]  # by name
    with pytest.raises(ReviewDecided):
        run_work(session, lambda s: reviews.decide(s, review.id, **decide))  # type: ignore[arg-type]  # by name

    assert ledger.balance_of(session, mina.id) == 60
    assert verify(session) == []


def test_a_refusal_needs_an_answer_and_nobody_decides_their_own(
    session: Session, juno: Person, ada: Person, mina: Person, activity: Activity
) -> None:
    review = waiting(session, juno, mina, activity)

    with pytest.raises(OwnReview):
        run_work(
            session,
            lambda s: reviews.decide(s, review.id, by=mina.id, grant=True, answer="", now=LATER),
        )
    with pytest.raises(ReasonNeeded):
        run_work(
            session,
            lambda s: reviews.decide(s, review.id, by=ada.id, grant=False, answer=" ", now=LATER),
        )
    run_work(
        session,
        lambda s: reviews.decide(
            s, review.id, by=ada.id, grant=False, answer="Only one of both.", now=LATER
        ),
    )

    assert ledger.balance_of(session, mina.id) == 30
    assert verify(session) == []


def test_case_52_over_the_cap_only_the_excess_waits(
    session: Session, juno: Person, mina: Person, activity: Activity
) -> None:
    activity.points_rule = {"kind": "flat", "points": 70}
    session.commit()
    morning = activities.occurrence(session, activity, places=[mina])
    evening = activities.occurrence(
        session, activity, starts_at=NOON + timedelta(hours=2), places=[mina]
    )
    attend(session, juno, mina, morning)
    act = service.ByHand(evening.id, mina.id, "came late", juno.id)

    run_work(session, lambda s: service.add_by_hand(s, act, now=NOON + timedelta(hours=5)))

    [review] = session.scalars(select(Review)).all()
    assert ledger.balance_of(session, mina.id) == 100
    assert (review.reason, review.points) == ("cap", 40)
    assert verify(session) == []


def letters(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).order_by(Letter.id)))


@pytest.mark.parametrize("language", ["de", "en"])
def test_whoever_was_checked_in_by_others_is_told_once_in_their_language(  # the cast
    session: Session,
    app: APIFlask,
    juno: Person,
    mina: Person,
    occurrence: Occurrence,
    language: str,
) -> None:
    mina.language, mina.muted = language, [*EVENTS, "attendance_told"]  # it comes all the same
    session.commit()
    attendance = attend(session, juno, mina, occurrence)
    soon, late = NOON + timedelta(minutes=5), NOON + timedelta(minutes=25)

    early = run_work(session, lambda s: tasks.tell_due(s, soon))
    told = run_work(session, lambda s: tasks.tell_due(s, late))
    again = run_work(session, lambda s: tasks.tell_due(s, late))
    annul(session, juno, attendance)
    run_work(session, lambda s: tasks.tell_due(s, LATER + timedelta(hours=1)))

    assert (early, told, again) == (0, 1, 0)
    with app.test_request_context():
        written = [write(one, session) for one in letters(session)]
    subjects = [one.subject for one in written]
    assert [one.template for one in letters(session)] == ["attendance_told", "attendance_annulled"]
    assert ("eingecheckt" if language == "de" else "checked in") in subjects[0]
    assert "wrong person" in written[1].text


def test_a_wrong_scan_that_is_put_right_at_once_is_nobodys_news(
    session: Session, juno: Person, mina: Person, occurrence: Occurrence
) -> None:
    attendance = attend(session, juno, mina, occurrence)

    annul(session, juno, attendance)
    run_work(session, lambda s: tasks.tell_due(s, LATER + timedelta(hours=1)))

    assert letters(session) == []
