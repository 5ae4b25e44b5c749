"""What the city did, live for the office and frozen for everybody."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Activity
from engage.attendance.models import Attendance, HoursClaim
from engage.organisations.models import Organisation
from engage.reports import queries, service, tasks
from engage.reports.models import MonthlyFigure
from engage.storage.engine import zone_of
from tests.application import Browser
from tests.clock import NOON
from tests.factories import activities
from tests.factories.people import person

APRIL = date(2030, 4, 1)


def attend(
    session: Session, activity: Activity, people: list[Person], at: datetime, district: str
) -> None:
    occurrence = activities.occurrence(
        session, activity, starts_at=at, places=[], district_code=district
    )
    for one in people:
        session.add(
            Attendance(
                occurrence_id=occurrence.id,
                person_id=one.id,
                kind=activity.kind,
                way="scanned",
                checked_in_at=at,
                received_at=at,
                starts_at=occurrence.starts_at,
                ends_at=occurrence.ends_at,
                minutes=120,
                work_on=at.date(),
                points=15,
                credited=15,
            )
        )
    session.commit()


@pytest.fixture
def crowd(session: Session) -> list[Person]:
    return [person(session, f"Citizen{number}") for number in range(8)]


@pytest.fixture
def april(session: Session, activity: Activity, crowd: list[Person]) -> None:
    """Six people in Eving, two in Mengede; a talk with one of them in Eving; one claim."""
    at = NOON - timedelta(days=20)
    attend(session, activity, crowd[:6], at, "eving")
    attend(session, activity, crowd[6:], at + timedelta(days=1), "mengede")
    session.add(
        HoursClaim(
            person_id=crowd[0].id,
            organisation_id=activity.organisation_id,
            work_on=at.date(),
            starts_at=at,
            ends_at=at + timedelta(minutes=90),
            minutes=90,
            what="Painted the fence",
            state="confirmed",
            submitted_at=at,
            points=15,
            credited=15,
        )
    )
    session.commit()


@pytest.mark.usefixtures("april")
def test_the_office_sees_a_year_by_month_kind_and_district(session: Session) -> None:
    year = queries.get_year(session, 2030, zone_of(session))

    assert [(one.key, one.engagements, one.minutes) for one in year.months] == [(APRIL, 9, 1050)]
    kinds = {one.key: (one.engagements, one.people) for one in year.kinds}
    assert kinds == {"volunteering": (8, 8), "claim": (1, 1)}
    districts = {one.key: one.people for one in year.districts}
    assert districts["mengede"] == 2
    assert year.total.people == 8


@pytest.mark.usefixtures("april")
def test_an_annulled_attendance_counts_nowhere(session: Session) -> None:
    one = session.scalars(select(Attendance)).first()
    assert one
    one.annulled_at = NOON
    session.commit()

    assert queries.get_year(session, 2030, zone_of(session)).total.engagements == 8


@pytest.mark.usefixtures("april")
def test_a_month_is_frozen_once_when_it_is_over(session: Session) -> None:
    early = datetime(2030, 5, 2, 12, tzinfo=NOON.tzinfo)
    assert tasks.freeze_closed_months(session, early) == 0

    assert tasks.freeze_closed_months(session, NOON) == 1
    frozen = len(session.scalars(select(MonthlyFigure)).all())
    assert tasks.freeze_closed_months(session, NOON) == 0

    session.expire_all()
    assert len(session.scalars(select(MonthlyFigure)).all()) == frozen > 0


@pytest.mark.usefixtures("april")
def test_what_is_corrected_later_does_not_change_a_frozen_month(session: Session) -> None:
    tasks.freeze_closed_months(session, NOON)
    before = service.publish(session, 2030)
    for one in session.scalars(select(Attendance)):
        one.annulled_at = NOON
    session.commit()

    assert service.publish(session, 2030) == before


@pytest.mark.usefixtures("april")
def test_fai_4_a_district_with_two_people_is_not_published_alone(session: Session) -> None:
    tasks.freeze_closed_months(session, NOON)

    published = service.publish(session, 2030)

    assert "mengede" not in [line.name for line in published.districts]
    assert sum(line.minutes for line in published.districts) in {0, 1050}
    assert published.total.engagements == 9


@pytest.mark.usefixtures("april")
def test_everybody_reads_the_published_figures(
    client: Browser, session: Session, ada: Person
) -> None:
    assert "Monat" in client().page("/figures", headers={"Accept-Language": "de"}).one("main").text
    tasks.freeze_closed_months(session, NOON)

    said = client().page("/figures", headers={"Accept-Language": "en"}).one("main").text

    assert "April" in said
    assert "Mengede" not in said
    client().get("/figures?year=1999", status=404)
    client().get("/figures?year=next", status=404)


@pytest.mark.usefixtures("april")
def test_the_office_downloads_its_figures(
    client: Browser, session: Session, ada: Person, organisation: Organisation
) -> None:
    told = client(ada).get("/office/figures.csv").text

    assert told.startswith("\ufeffgroup;name;engagements;hours")
    assert "district;mengede;2;4,00;30;2" in told
