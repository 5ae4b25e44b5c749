"""Places: given, waited for, given back, passed on."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import MailLink, Person
from engage.activities import queries, service
from engage.activities.models import Occurrence, Registration
from engage.core.errors import (
    AlreadyRegistered,
    AlreadyWaitlisted,
    DomainError,
    NotFound,
    NotOnList,
    NotPublished,
    OccurrenceCancelled,
    OfferExpired,
    OrganisationSuspended,
    Outcome,
    RegistrationClosed,
    RegistrationFull,
    UnderAge,
)
from engage.mail.models import Letter
from engage.organisations.models import Organisation
from engage.storage.unit_of_work import run_work
from tests.application import Sessions
from tests.clock import NOON
from tests.factories import activities as make
from tests.factories.organisations import organisation
from tests.factories.people import person

TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def green_yard(session: Session) -> Organisation:
    return organisation(session)


@pytest.fixture
def mina(session: Session) -> Person:
    return person(session, "Mina")


@pytest.fixture
def omar(session: Session) -> Person:
    return person(session, "Omar")


def date(session: Session, green_yard: Organisation, **given: object) -> Occurrence:
    activity = make.activity(session, green_yard)
    return make.occurrence(session, activity, **{"starts_at": TOMORROW, **given})  # type: ignore[arg-type]  # plain facts


def letters(session: Session, to: Person) -> list[str]:
    return list(
        session.scalars(
            select(Letter.template).where(Letter.person_id == to.id).order_by(Letter.id)
        )
    )


def _register(session: Session, occurrence: Occurrence, one: Person) -> Outcome:
    return run_work(session, lambda s: service.register(s, occurrence.id, one.id, now=NOON))


def test_a_citizen_gets_a_place_and_a_letter(
    session: Session, green_yard: Organisation, mina: Person
) -> None:
    occurrence = date(session, green_yard)

    outcome = run_work(session, lambda s: service.register(s, occurrence.id, mina.id, now=NOON))

    session.refresh(occurrence)
    assert (outcome.code, occurrence.taken, occurrence.roster_version) == ("registered", 1, 1)
    assert letters(session, mina) == ["place_confirmed"]
    [place] = queries.find_person_places(session, mina.id, NOON)
    assert (place.occurrence_id, place.state, place.position) == (
        occurrence.id,
        "registered",
        None,
    )


def test_a_second_click_is_told_and_takes_nothing(
    session: Session, green_yard: Organisation, mina: Person
) -> None:
    occurrence = date(session, green_yard)
    run_work(session, lambda s: service.register(s, occurrence.id, mina.id, now=NOON))

    with pytest.raises(AlreadyRegistered):
        run_work(session, lambda s: service.register(s, occurrence.id, mina.id, now=NOON))

    session.refresh(occurrence)
    assert occurrence.taken == 1


def test_two_clicks_at_once_take_one_place(
    sessions: Sessions, session: Session, green_yard: Organisation, mina: Person
) -> None:
    occurrence = date(session, green_yard)

    said = _together(sessions, [mina] * 6, occurrence)

    session.refresh(occurrence)
    assert sorted(said) == ["already_registered"] * 5 + ["registered"]
    assert occurrence.taken == 1


def test_one_place_and_twenty_people_at_once_give_one_place(
    sessions: Sessions, session: Session, green_yard: Organisation
) -> None:
    occurrence = date(session, green_yard, capacity=1, has_waiting_list=False)
    people = [person(session, f"Citizen{number}") for number in range(20)]

    said = _together(sessions, people, occurrence)

    session.refresh(occurrence)
    assert sorted(said) == ["registered"] + ["registration_full"] * 19
    assert occurrence.taken == 1


def _together(sessions: Sessions, people: list[Person], occurrence: Occurrence) -> list[str]:
    """All of them press the button at the same moment; what each is told."""
    barrier, said = Barrier(len(people)), []

    def press(one: Person) -> None:
        with sessions() as mine:
            barrier.wait()
            try:
                outcome = run_work(
                    mine, lambda s: service.register(s, occurrence.id, one.id, now=NOON)
                )
                said.append(outcome.code)
            except DomainError as refusal:
                said.append(refusal.code)

    threads = [Thread(target=press, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_a_full_date_has_a_waiting_list_with_positions(
    session: Session, green_yard: Organisation, mina: Person, omar: Person
) -> None:
    occurrence = date(session, green_yard, capacity=1, places=[person(session, "Ines")])

    first = run_work(session, lambda s: service.register(s, occurrence.id, mina.id, now=NOON))
    second = run_work(session, lambda s: service.register(s, occurrence.id, omar.id, now=NOON))

    assert [first.code, first.facts["position"]] == ["on_waiting_list", 1]
    assert second.facts["position"] == 2
    assert letters(session, omar) == ["on_waiting_list"]
    with pytest.raises(AlreadyWaitlisted):
        run_work(session, lambda s: service.register(s, occurrence.id, omar.id, now=NOON))


def test_who_leaves_lets_the_next_move_up_until_12_hours_before(
    session: Session, green_yard: Organisation, mina: Person, omar: Person
) -> None:
    occurrence = date(session, green_yard, capacity=1, places=[mina])
    run_work(session, lambda s: service.register(s, occurrence.id, omar.id, now=NOON))

    outcome = run_work(session, lambda s: service.leave(s, occurrence.id, mina.id, now=NOON))

    session.refresh(occurrence)
    assert (outcome.code, occurrence.taken) == ("left", 1)
    assert queries.find_person_places(session, mina.id, NOON) == []
    assert queries.find_person_places(session, omar.id, NOON)[0].state == "registered"
    assert letters(session, omar) == ["on_waiting_list", "moved_up"]
    with pytest.raises(NotOnList):
        run_work(session, lambda s: service.leave(s, occurrence.id, mina.id, now=NOON))


def test_in_the_last_12_hours_a_place_is_offered_for_2_hours(
    session: Session, green_yard: Organisation, mina: Person, omar: Person
) -> None:
    occurrence = date(session, green_yard, capacity=1, places=[mina])
    run_work(session, lambda s: service.register(s, occurrence.id, omar.id, now=NOON))
    evening = TOMORROW - timedelta(hours=11)

    run_work(session, lambda s: service.leave(s, occurrence.id, mina.id, now=evening))

    [offered] = queries.find_person_places(session, omar.id, evening)
    session.refresh(occurrence)
    assert (offered.state, occurrence.taken) == ("waitlisted", 0)
    assert offered.offered_until == evening + timedelta(hours=2)
    assert letters(session, omar)[-1] == "place_offered"
    link = session.scalars(select(MailLink)).one()
    assert (link.subject_id, link.expires_at) == (occurrence.id, evening + timedelta(hours=2))

    taken = run_work(session, lambda s: service.take_offer(s, occurrence.id, omar.id, now=evening))

    session.refresh(occurrence)
    assert (taken.code, occurrence.taken) == ("registered", 1)


def test_an_offer_that_nobody_takes_goes_to_the_next(
    session: Session, green_yard: Organisation, mina: Person, omar: Person
) -> None:
    occurrence = date(session, green_yard, capacity=1, places=[mina])
    ines = person(session, "Ines")
    for one in (omar, ines):
        _register(session, occurrence, one)
    evening = TOMORROW - timedelta(hours=11)
    run_work(session, lambda s: service.leave(s, occurrence.id, mina.id, now=evening))
    later = evening + timedelta(hours=2, minutes=1)

    run_work(session, lambda s: service.promote(s, occurrence.id, now=later))

    assert letters(session, ines)[-1] == "place_offered"
    with pytest.raises(OfferExpired):
        run_work(session, lambda s: service.take_offer(s, occurrence.id, omar.id, now=later))


def test_people_who_wait_come_before_newcomers(
    session: Session, green_yard: Organisation, mina: Person, omar: Person
) -> None:
    occurrence = date(session, green_yard, capacity=1)
    session.add(
        Registration(
            occurrence_id=occurrence.id,
            person_id=mina.id,
            state="waitlisted",
            made_at=NOON,
            waiting_since=NOON,
        )
    )
    session.commit()

    outcome = run_work(session, lambda s: service.register(s, occurrence.id, omar.id, now=NOON))

    assert outcome.code == "on_waiting_list"


def test_case_20_registration_refuses_with_a_reason(
    session: Session, green_yard: Organisation, mina: Person
) -> None:
    activity = make.activity(session, green_yard)
    over = make.occurrence(session, activity, starts_at=NOON - timedelta(hours=3))
    cancelled = make.occurrence(session, activity, starts_at=TOMORROW, status="cancelled")
    archived = make.occurrence(
        session, make.activity(session, green_yard, status="archived"), starts_at=TOMORROW
    )
    draft = make.occurrence(
        session, make.activity(session, green_yard, status="draft"), starts_at=TOMORROW
    )
    suspended = organisation(session, "Closed Club", status="suspended")
    hidden = make.occurrence(session, make.activity(session, suspended), starts_at=TOMORROW)
    full = make.occurrence(
        session,
        activity,
        starts_at=TOMORROW,
        capacity=1,
        has_waiting_list=False,
        places=[person(session, "Ines")],
    )
    refusals = {
        over: RegistrationClosed,
        cancelled: OccurrenceCancelled,
        archived: NotPublished,
        draft: NotFound,
        hidden: OrganisationSuspended,
        full: RegistrationFull,
    }

    for occurrence, refusal in refusals.items():
        with pytest.raises(refusal):
            _register(session, occurrence, mina)


def test_case_20_who_is_too_young_or_has_no_consent_is_told(
    session: Session, green_yard: Organisation
) -> None:
    grown_up = make.activity(session, green_yard, minimum_age=18)
    young = person(session, "Kim", is_adult=False, born_year=2015, born_month=1)
    for_all = date(session, green_yard)
    strict = make.occurrence(session, grown_up, starts_at=TOMORROW)

    for occurrence in (for_all, strict):
        with pytest.raises(UnderAge):
            _register(session, occurrence, young)

    young.guardian_consent_at = NOON
    session.commit()
    outcome = run_work(session, lambda s: service.register(s, for_all.id, young.id, now=NOON))
    assert outcome.code == "registered"
