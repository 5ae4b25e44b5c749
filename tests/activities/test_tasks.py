"""What happens by itself: reminders, the waiting list, later dates of a series, unused points."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities import service, tasks
from engage.activities.models import ImportFile, Occurrence
from engage.mail.models import Letter
from engage.organisations.models import Budget
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories import activities as make

if TYPE_CHECKING:
    from engage.accounts.models import Person
    from engage.activities.models import Activity
    from engage.organisations.models import Organisation

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_people_with_a_place_are_reminded_once_the_day_before(
    session: Session, activity: Activity, mina: Person
) -> None:
    make.occurrence(session, activity, starts_at=NOON + 2 * DAY, places=[mina])

    early = tasks.remind(session, NOON)
    due = tasks.remind(session, NOON + DAY)
    again = tasks.remind(session, NOON + DAY + HOUR)

    assert (early, due, again) == (0, 1, 0)
    assert session.scalars(select(Letter.template)).all() == ["place_reminder"]


def test_a_lapsed_offer_goes_to_the_next_by_itself(
    session: Session, activity: Activity, mina: Person, omar: Person, juno: Person
) -> None:
    date = make.occurrence(session, activity, starts_at=NOON + DAY, places=[mina], capacity=1)
    for one in (omar, juno):
        _register(session, date, one, minutes=1)
    evening = NOON + 14 * HOUR
    run_work(session, lambda s: service.leave(s, date.id, mina.id, now=evening))

    assert tasks.pass_places_on(session, evening + HOUR) == 0
    assert tasks.pass_places_on(session, evening + 2 * HOUR + HOUR / 60) == 1

    offered = session.scalars(
        select(Letter.person_id).where(Letter.template == "place_offered").order_by(Letter.id)
    ).all()
    assert offered == [omar.id, juno.id]


def _register(session: Session, date: Occurrence, one: Person, *, minutes: int) -> None:
    at = NOON + timedelta(minutes=minutes)
    run_work(session, lambda s: service.register(s, date.id, one.id, now=at))


def test_a_series_grows_by_itself_and_is_made_once(
    session: Session, organisation: Organisation
) -> None:
    draft = make.activity(session, organisation, status="draft")
    first = service.DateDraft(NOON + DAY, NOON + DAY + 2 * HOUR, place="Garten", capacity=10)
    run_work(session, lambda s: service.add_series(s, draft.id, first, "FREQ=WEEKLY", now=NOON))
    run_work(session, lambda s: service.publish(s, draft.id, now=NOON))
    before = len(session.scalars(select(Occurrence)).all())

    made = tasks.extend_series(session, NOON + 15 * DAY)
    again = tasks.extend_series(session, NOON + 15 * DAY)

    assert (before, made, again) == (8, 3, 0)
    assert session.scalars(select(Budget.reserved)).one() == 11 * 10 * 30


def test_a_series_without_points_waits(session: Session, organisation: Organisation) -> None:
    draft = make.activity(session, organisation, status="draft")
    first = service.DateDraft(NOON + DAY, NOON + DAY + 2 * HOUR, place="Garten", capacity=400)
    run_work(session, lambda s: service.add_series(s, draft.id, first, "FREQ=WEEKLY", now=NOON))
    run_work(session, lambda s: service.publish(s, draft.id, now=NOON))

    made = tasks.extend_series(session, NOON + 15 * DAY)

    assert made == 0
    assert len(session.scalars(select(Occurrence)).all()) == 8


def test_unused_points_return_72_hours_after_the_end(
    session: Session, organisation: Organisation
) -> None:
    draft = make.activity(session, organisation, status="draft")
    date = make.occurrence(session, draft, starts_at=NOON + DAY, capacity=10)
    run_work(session, lambda s: service.publish(s, draft.id, now=NOON))
    assert session.scalars(select(Budget.reserved)).one() == 300
    end = date.ends_at
    session.rollback()

    assert tasks.release_budgets(session, end + timedelta(hours=71)) == 0
    assert tasks.release_budgets(session, end + timedelta(hours=72)) == 1
    assert tasks.release_budgets(session, end + timedelta(hours=73)) == 0

    session.rollback()
    session.expire_all()
    assert session.scalars(select(Budget.reserved)).one() == 0


def test_files_nobody_said_yes_to_are_emptied(
    session: Session, organisation: Organisation, juno: Person
) -> None:
    session.add(
        ImportFile(
            organisation_id=organisation.id,
            person_id=juno.id,
            name="a.csv",
            content=b"x",
            uploaded_at=NOON,
        )
    )
    session.commit()

    assert tasks.empty_files(session, NOON + HOUR) == 0
    assert tasks.empty_files(session, NOON + DAY) == 1
