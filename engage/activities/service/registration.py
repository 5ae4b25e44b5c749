"""Getting a place, giving it back, moving up from the waiting list. Rules ACT-1, 5 and 6."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.accounts import links
from engage.accounts import queries as accounts
from engage.accounts.models import Person
from engage.activities import queries
from engage.activities.models import Activity, Occurrence, Registration
from engage.activities.service.counting import move_places
from engage.activities.service.letters import TAKE_PLACE, offer_place, tell
from engage.core.activities import (
    ActivityState,
    BodyState,
    Promotion,
    RegistrationFacts,
    ensure_can_leave,
    ensure_offer_open,
    next_registration,
    offer_until,
    places_to_pass_on,
    promotion_at,
)
from engage.core.ages import AgeNeed
from engage.core.errors import (
    AlreadyRegistered,
    NotFound,
    NotOnList,
    OfferExpired,
    Outcome,
)
from engage.core.periods import day_of
from engage.core.places import Places
from engage.core.places import Registration as State
from engage.organisations.models import Organisation
from engage.policies import queries as policies
from engage.storage.base import new_id
from engage.storage.conflicts import refuse_duplicate
from engage.storage.engine import zone_of
from engage.storage.unit_of_work import TryAgain

#: One live registration for each person and date.
ONE_PLACE = "uq_registrations_occurrence_id_person_id"


def register(
    session: Session, occurrence_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> Outcome:
    """Give a citizen a place at a date, or a turn on its waiting list.

    Returns ``registered``, or ``on_waiting_list`` with the ``position``. Raises NotFound,
    NotPublished, OrganisationSuspended, OccurrenceCancelled, RegistrationClosed,
    AlreadyRegistered, AlreadyWaitlisted, UnderAge, RegistrationFull.
    Source: ACT-1, ACT-5.
    """
    person = accounts.get_person(session, person_id)
    occurrence, activity, organisation = _offered(session, occurrence_id)
    facts = _facts(session, (occurrence, activity, organisation), person)
    state = next_registration(facts, now)
    registration = Registration(
        id=new_id(),
        occurrence_id=occurrence_id,
        person_id=person_id,
        state=state.value,
        made_at=now,
        waiting_since=now if state is State.WAITLISTED else None,
    )
    with refuse_duplicate(session, ONE_PLACE, AlreadyRegistered()):
        session.add(registration)
    if state is State.WAITLISTED:
        position = queries.position_of(session, registration)
        tell(session, "on_waiting_list", person_id, occurrence, now=now, position=position)
        move_places(session, occurrence_id, 0, [registration.id])
        return Outcome("on_waiting_list", {"position": position})
    tell(session, "place_confirmed", person_id, occurrence, now=now)
    move_places(session, occurrence_id, 1, [registration.id])
    return Outcome("registered", {"starts_at": occurrence.starts_at})


def leave(
    session: Session,
    occurrence_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    now: datetime,
    because: str = "citizen",
) -> Outcome:
    """Give a place or a turn back; the next on the waiting list moves up.

    because: ``citizen``, ``organiser``, ``erased`` or ``merged``.

    Raises NotOnList, LeaveTooLate.
    """
    registration = queries.find_registration(session, occurrence_id, person_id)
    present = State(registration.state) if registration else None
    here = queries.is_present(session, occurrence_id, person_id)
    ensure_can_leave(present, checked_in=here)
    if registration is None:
        raise NotOnList()
    _cancel(session, registration, because, now)
    freed = 1 if present is State.REGISTERED else 0
    _pass_on(session, occurrence_id, [registration.id], freed=freed, now=now)
    return Outcome("left")


def leave_all(session: Session, person_id: uuid.UUID, *, now: datetime, because: str) -> int:
    """Give back every place ahead, as when an account is erased; returns how many."""
    places = queries.find_person_places(session, person_id, now, limit=1000)
    given_back = 0
    for place in sorted(places, key=lambda one: one.occurrence_id):
        if not queries.is_present(session, place.occurrence_id, person_id):
            leave(session, place.occurrence_id, person_id, now=now, because=because)
            given_back += 1
    return given_back


def move_registrations(
    session: Session, from_id: uuid.UUID, into_id: uuid.UUID, *, now: datetime
) -> None:
    """Two accounts of one person become one: a place held twice is given back once."""
    twice = select(Registration.occurrence_id).where(
        Registration.person_id == into_id, Registration.state != "cancelled"
    )
    doubled = session.scalars(
        select(Registration)
        .where(
            Registration.person_id == from_id,
            Registration.state != "cancelled",
            Registration.occurrence_id.in_(twice),
        )
        .order_by(Registration.occurrence_id)
    ).all()
    for registration in doubled:
        freed = 1 if registration.state == "registered" else 0
        _cancel(session, registration, "merged", now)
        _pass_on(session, registration.occurrence_id, [registration.id], freed=freed, now=now)
    session.execute(
        update(Registration).where(Registration.person_id == from_id).values(person_id=into_id)
    )


def promote(session: Session, occurrence_id: uuid.UUID, *, now: datetime) -> int:
    """Pass free places on to the waiting list.

    They are given until 12 hours before the start, then offered by link for two hours each.
    Returns how many people moved up or were made an offer. Source: ACT-6.
    """
    return _pass_on(session, occurrence_id, [], freed=0, now=now)


def take_offer(
    session: Session, occurrence_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> Outcome:
    """Accept the place that was offered to somebody on the waiting list.

    Raises NotOnList, AlreadyRegistered, OfferExpired.
    """
    registration = queries.find_registration(session, occurrence_id, person_id)
    if registration is None:
        raise NotOnList()
    if registration.state == "registered":
        raise AlreadyRegistered()
    ensure_offer_open(registration.offered_until, now)
    occurrence = queries.get_occurrence(session, occurrence_id)
    if occurrence.status != "scheduled" or _is_full(occurrence):
        raise OfferExpired()
    _give_place(session, registration)
    tell(session, "place_confirmed", person_id, occurrence, now=now)
    move_places(session, occurrence_id, 1, [registration.id])
    return Outcome("registered", {"starts_at": occurrence.starts_at})


def accept_offer(session: Session, token: str, *, now: datetime) -> tuple[Outcome, uuid.UUID]:
    """Take the place behind a mailed link, once; returns the date with the answer.

    Raises MailLinkUnknown, MailLinkUsed, MailLinkExpired and what `take_offer` raises.
    """
    link = links.get_link(session, token, TAKE_PLACE, now=now)
    if link.subject_id is None or link.person_id is None:
        raise NotFound()
    links.use_link(session, link, now=now)
    return take_offer(session, link.subject_id, link.person_id, now=now), link.subject_id


def _offered(
    session: Session, occurrence_id: uuid.UUID
) -> tuple[Occurrence, Activity, Organisation]:
    row = session.execute(
        select(Occurrence, Activity, Organisation)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Organisation, Organisation.id == Occurrence.organisation_id)
        .where(Occurrence.id == occurrence_id)
    ).one_or_none()
    if row is None or row[1].status == "draft":
        raise NotFound()
    return row[0], row[1], row[2]


def _facts(
    session: Session, offered: tuple[Occurrence, Activity, Organisation], person: Person
) -> RegistrationFacts:
    occurrence, activity, organisation = offered
    registration = queries.find_registration(session, occurrence.id, person.id)
    policy = policies.policy_at(session, occurrence.starts_at)
    waiting = queries.count_waiting(session, occurrence.id)
    body = BodyState.PENDING if organisation.status == "refused" else BodyState(organisation.status)
    return RegistrationFacts(
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        day=day_of(occurrence.starts_at, zone_of(session)),
        body=body,
        activity=ActivityState(activity.status),
        cancelled=occurrence.status == "cancelled",
        closes_at=occurrence.closed_at,
        present=State(registration.state) if registration else None,
        age=accounts.age_of(person),
        age_need=AgeNeed(activity.minimum_age, policy.age_alone, policy.age_with_consent),
        places=Places(occurrence.capacity, registered=occurrence.taken, waitlisted=waiting),
        waiting_list=occurrence.has_waiting_list,
    )


def _is_full(occurrence: Occurrence) -> bool:
    return occurrence.capacity is not None and occurrence.taken >= occurrence.capacity


def _cancel(session: Session, registration: Registration, because: str, now: datetime) -> None:
    """Only who still holds it gives it back: of two clicks, one frees the place."""
    won = session.execute(
        update(Registration)
        .where(Registration.id == registration.id, Registration.state == registration.state)
        .values(state="cancelled", cancelled_at=now, cancelled_because=because, offered_until=None)
        .returning(Registration.id)
    ).first()
    if won is None:
        raise TryAgain()


def _give_place(session: Session, registration: Registration) -> None:
    won = session.execute(
        update(Registration)
        .where(Registration.id == registration.id, Registration.state == "waitlisted")
        .values(state="registered", offered_until=None)
        .returning(Registration.id)
    ).first()
    if won is None:
        raise TryAgain()


def _pass_on(
    session: Session,
    occurrence_id: uuid.UUID,
    changed: list[uuid.UUID],
    *,
    freed: int,
    now: datetime,
) -> int:
    """Hand free places to the waiting list; a place just freed never seems free to others."""
    occurrence = queries.get_occurrence(session, occurrence_id)
    waiting = queries.list_waiting(session, occurrence_id)
    how = promotion_at(now, occurrence.starts_at)
    if occurrence.status != "scheduled" or not waiting:
        how = Promotion.NONE
    offers = sum(_is_offered(one, now) for one in waiting)
    places = Places(
        occurrence.capacity, registered=occurrence.taken - freed, waitlisted=len(waiting)
    )
    count = places_to_pass_on(places, offers)
    moved: list[Registration] = []
    if how is Promotion.AUTOMATIC:
        moved = [one for one in waiting if not _is_offered(one, now)][:count]
        for one in moved:
            _give_place(session, one)
            tell(session, "moved_up", one.person_id, occurrence, now=now)
    elif how is Promotion.OFFER:
        until = offer_until(now, occurrence.starts_at)
        moved = [one for one in waiting if one.offered_until is None][:count]
        for one in moved:
            one.offered_until = until
            offer_place(session, one.person_id, occurrence, until=until, now=now)
    if not (moved or changed):
        return 0
    given = len(moved) if how is Promotion.AUTOMATIC else 0
    move_places(session, occurrence_id, given - freed, [*changed, *(one.id for one in moved)])
    return len(moved)


def _is_offered(registration: Registration, now: datetime) -> bool:
    return registration.offered_until is not None and registration.offered_until >= now
