"""Builds the demo city: half a year of its life through the services that people use."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from engage.accounts.passwords import hash_password
from engage.accounts.service import issue_card, welcome
from engage.activities import service as activities
from engage.activities.drafts import DateDraft, Details
from engage.activities.models import Occurrence
from engage.acts.service import By
from engage.attendance.models import Attendance
from engage.core.ages import Age
from engage.core.policy import Policy
from engage.demo import money, second_factors
from engage.demo.chance import number, pick
from engage.demo.content import (
    FIRST_NAMES,
    INITIALS,
    OFFERS,
    ORGANISATIONS,
    PARTNERS,
    PASSWORD,
    PENDING_ORGANISATION,
    PENDING_PARTNER,
    RUNNING,
    SIGN_INS,
    Body,
    Offer,
)
from engage.demo.shelf import Bodies, choose, dress_shelf, fill_shelf
from engage.demo.story import Story, tell
from engage.mail.models import Letter
from engage.office.services import adjustments, bodies
from engage.organisations import service as organisations
from engage.organisations.models import Organisation
from engage.organisations.profile import Profile
from engage.partners import service as partners
from engage.partners.models import Partner
from engage.partners.profile import Place
from engage.partners.profile import Profile as PartnerProfile
from engage.policies import service as policies
from engage.reports import tasks as reports
from engage.settlement import tasks as settlement
from engage.storage.engine import zone_of
from engage.storage.unit_of_work import run_work

T = TypeVar("T")

#: How long the city has been alive, and how far its dates reach.
PAST, AHEAD = timedelta(days=182), timedelta(weeks=8)

#: Where Mina lives: a café and two organisations are near.
HOME = "innenstadt-nord"

#: Points of an organisation and year: enough for every date of the demo.
BUDGET = 200_000


@dataclass
class City:
    """What has been made so far, by short names."""

    now: datetime
    zone: ZoneInfo
    people: dict[str, uuid.UUID] = field(default_factory=dict)
    citizens: list[uuid.UUID] = field(default_factory=list)
    organisations: dict[str, uuid.UUID] = field(default_factory=dict)
    partners: dict[str, uuid.UUID] = field(default_factory=dict)
    managers: dict[str, uuid.UUID] = field(default_factory=dict)
    occurrences: list[tuple[uuid.UUID, Offer]] = field(default_factory=list)
    cards: dict[uuid.UUID, str] = field(default_factory=dict)

    @property
    def began(self) -> datetime:
        return self.now - PAST

    def instant(self, day: int, hour: float) -> datetime:
        """A wall-clock time of a day counted from today."""
        on: date = self.now.astimezone(self.zone).date() + timedelta(days=day)
        clock = time(int(hour), round((hour % 1) * 60))
        return datetime.combine(on, clock, tzinfo=self.zone)

    def by(self, who: str, reason: str = "") -> By:
        return By(self.people[who], self.began, reason)


def build(session: Session, now: datetime, *, quick: bool = False) -> City:
    """A whole city: rules, staff, bodies, offers, rewards, people and half a year of their story.

    quick: cheap password hashes, for tests.
    """
    city = City(now, ZoneInfo(str(zone_of(session))))

    def do(step: Callable[[Session, City], T]) -> T:
        return run_work(session, lambda work: step(work, city))

    hashed = hash_password(PASSWORD, quick=quick)
    do(_set_rules)
    run_work(session, lambda work: _let_sign_in(work, city, hashed))
    for step in (_admit_organisations, _admit_partners, _welcome_citizens, _offer):
        do(step)
    shelf = Bodies(city.partners, city.managers, city.people["ada"])
    do(lambda work, it: fill_shelf(work, shelf, it.began))
    do(lambda work, it: money.agree(work, it.partners))
    story = Story(
        now=now,
        citizens=city.citizens,
        cards=city.cards,
        managers=city.managers,
        organisations=city.organisations,
        partners=city.partners,
        occurrences=[one for one, _offer in city.occurrences],
        mina=city.people["mina"],
        omar=city.people["omar"],
        office=city.people["ada"],
    )
    tell(session, story)
    do(lambda work, it: dress_shelf(work, shelf, it.now))
    do(lambda work, it: choose(work, it.people["mina"], it.now))
    do(_leave_work)
    reports.freeze_closed_months(session, now)
    money.close_months(session, now, city.people["ada"])
    do(lambda work, it: money.limit_budget(work, it.partners["kino"], now))
    do(lambda work, it: money.describe_causes(work, it.by("ada")))
    settlement.warn_of_budgets(session, now)
    run_work(session, lambda work: _empty_mailbox(work, now))
    return city


def _set_rules(session: Session, city: City) -> None:
    first = date(city.began.year - 1, 1, 1)
    policies.add_version(
        session,
        Policy(starts_on=first, organisation_budget=BUDGET),
        reason="Die ersten Regeln der Stadt",
        actor_id=None,
        now=city.began,
    )


def _let_sign_in(session: Session, city: City, hashed: object) -> None:
    for key, name, _part in SIGN_INS:
        person = welcome(
            session,
            name,
            now=city.began,
            email=f"{key}@example.org",
            password=hashed,  # type: ignore[arg-type]  # hashed before the unit of work
            age=Age(adult=True),
        )
        person.email_confirmed_at = city.began
        if key == "mina":
            person.district_code = HOME
        if key in {"ada", "otto"}:
            person.office_role = "lead" if key == "ada" else "clerk"
        if key not in {"mina", "omar"}:
            second_factors.give(session, person, key, city.began)
        city.people[key] = person.id


def _admit_organisations(session: Session, city: City) -> None:
    for body in (*ORGANISATIONS, PENDING_ORGANISATION):
        pending = body is PENDING_ORGANISATION
        manager = city.people["juno"] if body.key == "garten" else _manager(session, city, body)
        profile = Profile(
            name=body.name,
            about=body.about,
            email=f"{body.key}@example.org",
            street=body.street,
            town="44000 Dortmund (Demo)",
            district_code=body.district,
            legal_form=body.legal_form,
        )
        applied_at = city.now - timedelta(days=3) if pending else city.began
        made: Organisation = organisations.apply(
            session, profile, person_id=manager, now=applied_at
        )
        session.flush()
        if pending:
            continue
        city.organisations[body.key], city.managers[body.key] = made.id, manager
        bodies.verify_organisation(session, made.id, city.by("ada"))
        for year in {city.began.year, (city.now + AHEAD).year}:
            why = "Budget der Demo-Stadt"
            bodies.grant_budget(session, made.id, year, BUDGET, city.by("ada", why))


def _admit_partners(session: Session, city: City) -> None:
    for body in (*PARTNERS, PENDING_PARTNER):
        pending = body is PENDING_PARTNER
        manager = city.people["vera"] if body.key == "cafe" else _manager(session, city, body)
        place = Place(
            name="Hauptgeschäft",
            street=body.street,
            town="44000 Dortmund (Demo)",
            district_code=body.district,
            hours="Mo-Sa 09:00-18:00",
            step_free=True,
            accessible_toilet=body.key in {"kino", "bad"},
        )
        profile = PartnerProfile(name=body.name, about=body.about, email=f"{body.key}@example.org")
        applied_at = city.now - timedelta(days=2) if pending else city.began
        made: Partner = partners.apply(session, profile, place, person_id=manager, now=applied_at)
        session.flush()
        if not pending:
            city.partners[body.key], city.managers[body.key] = made.id, manager
            bodies.verify_partner(session, made.id, city.by("ada"))


def _manager(session: Session, city: City, body: Body) -> uuid.UUID:
    name = f"{pick(FIRST_NAMES, body.key)} {pick(INITIALS, body.key, 'n')}."
    person = welcome(
        session, name, now=city.began, email=f"team.{body.key}@example.org", age=Age(adult=True)
    )
    person.email_confirmed_at = city.began
    return person.id


def _welcome_citizens(session: Session, city: City) -> None:
    """Mina and Omar, and 58 more: a few with a printed card, a few who collect no points."""
    city.citizens = [city.people["mina"], city.people["omar"]]
    for index, first in enumerate(FIRST_NAMES):
        joined = city.began + timedelta(days=number("joined", index, below=60))
        has_card = index % 6 == 0
        person = welcome(
            session,
            f"{first} {pick(INITIALS, index)}.",
            now=joined,
            email=None if has_card else f"{index:02d}.{city.now.year}@citizens.example.org",
            age=Age(adult=True),
            created_by=city.people["otto"] if has_card else None,
        )
        person.email_confirmed_at = None if has_card else joined
        person.district_code = pick(ORGANISATIONS, "district", index).district
        person.collects_points = index % 19 != 7
        if has_card:
            card = issue_card(session, person.id, actor_id=city.people["otto"], now=joined)
            city.cards[person.id] = card.code
        city.citizens.append(person.id)


def _offer(session: Session, city: City) -> None:
    for offer in OFFERS:
        _publish(session, city, offer, _starts(city, offer))
    running = city.now - timedelta(minutes=40)
    _publish(session, city, RUNNING, [running.replace(second=0, microsecond=0)])


def _starts(city: City, offer: Offer) -> list[datetime]:
    if not offer.every:
        return [city.instant(day, offer.at) for day in offer.on]
    shift = number(offer.title, below=offer.every)
    days = range(-PAST.days + 2 + shift, AHEAD.days, offer.every)
    return [city.instant(day, offer.at) for day in days]


def _publish(session: Session, city: City, offer: Offer, starts: list[datetime]) -> None:
    manager = city.managers[offer.body]
    activity = activities.draft(
        session,
        city.organisations[offer.body],
        Details(
            title=offer.title,
            description=offer.text,
            kind=offer.kind,
            format=offer.format,
            category=offer.category,
            accessibility_notes="Stufenloser Zugang, Toilette vorhanden."
            if offer.step_free
            else "Unebener Boden.",
            step_free=offer.step_free,
            little_german=offer.little_german,
            bring=offer.bring,
            insurance="Über die Organisation unfall- und haftpflichtversichert.",
            contact=f"{offer.body}@example.org",
            minimum_age=offer.minimum_age,
        ),
        actor_id=manager,
        now=city.began,
    )
    session.flush()
    for starts_at in starts:
        draft = DateDraft(
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=offer.hours),
            place=offer.place,
            district_code=offer.district,
            timezone=str(city.zone),
            capacity=offer.capacity,
            expected=None if offer.capacity else 30,
        )
        made: Occurrence = activities.add_date(session, activity.id, draft, now=city.began)
        city.occurrences.append((made.id, offer))
    session.flush()
    activities.publish(session, activity.id, now=city.began)


def _leave_work(session: Session, city: City) -> None:
    """What waits for the office when somebody opens it."""
    by = By(city.people["ada"], city.now - timedelta(hours=20), "Liste vom Papier nachgetragen")
    adjustments.propose(session, city.citizens[5], 30, by)


def _empty_mailbox(session: Session, now: datetime) -> None:
    """Old mails are gone, as the worker would have sent and emptied them."""
    week_ago = now - timedelta(days=7)
    session.execute(delete(Letter).where(Letter.created_at < week_ago))
    session.execute(
        update(Attendance)
        .where(Attendance.told_at.is_(None), Attendance.received_at < week_ago)
        .values(told_at=Attendance.received_at)
    )
