"""Half a year in the demo city: people register, come, report hours and redeem, day by day."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.passes import Phone, ensure_phone, hash_pin
from engage.activities import service as activities
from engage.activities.models import Occurrence
from engage.activities.service.budgets import list_unreleased, release_unused
from engage.attendance import claims, reviews
from engage.attendance.callers import CheckInRequest, OrganiserCaller, WalkIn
from engage.attendance.checkin import check_in
from engage.attendance.claims import Report
from engage.attendance.models import Attendance
from engage.attendance.service import Annulment, annul
from engage.core.claims import Annuller
from engage.core.codes import pass_code, step_of
from engage.core.errors import DomainError
from engage.demo.chance import nonce, number, pick, some
from engage.demo.counter import PIN, Counter, answer, hand_out_pins, serve
from engage.ledger import queries as ledger
from engage.rewards import queries as rewards_queries
from engage.rewards import service as rewards
from engage.rewards.models import Redemption, Reward
from engage.storage.unit_of_work import run_work

WEEK = timedelta(days=7)

WHAT = (
    "Zaun gestrichen",
    "Plakate verteilt",
    "Einkäufe für Nachbarn erledigt",
    "Flohmarkt vorbereitet",
    "Kuchen für das Sommerfest gebacken",
)


@dataclass
class Story:
    """Who and what takes part. ``busy`` keeps anybody from being at two places in a day."""

    now: datetime
    citizens: list[uuid.UUID]
    cards: dict[uuid.UUID, str]
    managers: dict[str, uuid.UUID]
    organisations: dict[str, uuid.UUID]
    partners: dict[str, uuid.UUID]
    occurrences: list[uuid.UUID]
    mina: uuid.UUID
    omar: uuid.UUID
    office: uuid.UUID
    phones: dict[uuid.UUID, Phone] = field(default_factory=dict)
    busy: set[tuple[uuid.UUID, date]] = field(default_factory=set)

    def manager_of(self, organisation_id: uuid.UUID) -> uuid.UUID:
        key = next(key for key, one in self.organisations.items() if one == organisation_id)
        return self.managers[key]


def tell(session: Session, story: Story) -> None:
    """In the order of time, so that points are there before they are spent."""
    occurrences = session.scalars(
        select(Occurrence)
        .where(Occurrence.id.in_(story.occurrences))
        .order_by(Occurrence.starts_at, Occurrence.id)
    ).all()
    dates = [
        _Date(index, one.id, one.organisation_id, one.starts_at, one.ends_at, one.capacity)
        for index, one in enumerate(occurrences)
    ]
    counter = Counter(story.cards, story.partners["cafe"], story.managers["cafe"], story.office)
    pin = hash_pin(session, PIN, quick=True)
    run_work(session, lambda work: hand_out_pins(work, counter, pin))
    week = dates[0].starts_at
    for date_ in dates:
        while week + WEEK < min(date_.starts_at, story.now):
            week += WEEK
            run_work(session, partial(_spend, story=story, at=week))
            run_work(session, partial(_report, story=story, at=week))
            run_work(session, partial(serve, counter=counter, at=week, now=story.now))
            run_work(session, partial(answer, counter=counter, at=week))
        run_work(session, partial(_hold, story=story, one=date_))
    run_work(session, partial(_spend, story=story, at=story.now - timedelta(hours=20)))
    run_work(session, partial(answer, counter=counter, at=story.now))
    run_work(session, partial(_end_well, story=story))


@dataclass(frozen=True, slots=True)
class _Date:
    index: int
    id: uuid.UUID
    organisation_id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    capacity: int | None

    @property
    def day(self) -> date:
        return self.starts_at.date()


def _hold(session: Session, story: Story, one: _Date) -> None:
    """People register; if it is over or running, they come and are checked in."""
    coming = _guests(story, one)
    for place, who in enumerate(coming):
        story.busy.add((who, one.day))
        if who == story.mina or place % 5 != 4:
            _register(session, story, one, who)
    if one.starts_at > story.now:
        return
    running = story.now < one.ends_at
    for place, who in enumerate(coming):
        is_late = running and place % 2 == 0  # not there yet, Mina among them
        stayed_away = not running and number("away", one.index, place, below=12) == 0
        if not is_late and not stayed_away:
            _come(session, story, one, who, place)
    if one.index % 17 == 3:
        _walk_in(session, story, one)
    if one.index % 23 == 5:
        _take_back(session, story, one)


def _guests(story: Story, one: _Date) -> list[uuid.UUID]:
    """Who comes: nobody twice a day, Mina now and then and to what is running, Omar not yet."""
    wanted = 3 + number("crowd", one.index, below=5)
    if one.capacity is not None:
        wanted = min(wanted, one.capacity)
    free = [who for who in story.citizens if (who, one.day) not in story.busy and who != story.omar]
    others = [who for who in free if who != story.mina]
    running = one.starts_at <= story.now < one.ends_at
    if story.mina in free and (running or one.index % 14 == 0):
        return [story.mina, *some(others, wanted - 1, "who", one.index)]
    return some(others, wanted, "who", one.index)


def _register(session: Session, story: Story, one: _Date, who: uuid.UUID) -> None:
    days = 1 + number("days", one.index, who.int % 97, below=6)
    at = min(one.starts_at - timedelta(days=days, hours=3), story.now - timedelta(hours=days))
    try:
        activities.register(session, one.id, who, now=at)
    except DomainError:
        return  # full or too young: they come another day


def _come(session: Session, story: Story, one: _Date, who: uuid.UUID, place: int) -> None:
    minutes = number("minute", one.index, place, below=20) - 10
    at = min(one.starts_at + timedelta(minutes=minutes), story.now)
    code = story.cards.get(who) or _shown(session, story, who, at, one.index + place)
    request = CheckInRequest(
        one.id,
        nonce("come", one.index, place),
        code=code,
        person_id=None if code else who,
    )
    caller = OrganiserCaller(story.manager_of(one.organisation_id))
    check_in(session, caller, request, now=at)


def _shown(session: Session, story: Story, who: uuid.UUID, at: datetime, turn: int) -> str | None:
    """The rotating code on somebody's phone; one in four is checked in by name instead."""
    if turn % 4 == 3:
        return None
    if who not in story.phones:
        story.phones[who] = ensure_phone(session, who, [], name="Handy", now=at)
    phone = story.phones[who]
    return pass_code(phone.secret, phone.number, step_of(at)).text


def _walk_in(session: Session, story: Story, one: _Date) -> None:
    name = pick(("Wanda K.", "Piet L.", "Suse M.", "Omid R."), one.index)
    request = CheckInRequest(one.id, nonce("walk", one.index), walk_in=WalkIn(name, age_ok=True))
    caller = OrganiserCaller(story.manager_of(one.organisation_id))
    at = min(one.starts_at + timedelta(minutes=5), story.now)
    check_in(session, caller, request, now=at)


def _take_back(session: Session, story: Story, one: _Date) -> None:
    found = session.scalars(
        select(Attendance.id).where(Attendance.occurrence_id == one.id).limit(1)
    ).first()
    if found is None:
        return
    manager = story.manager_of(one.organisation_id)
    reason = "Falsche Person eingetragen"
    act = Annulment(found, Annuller.ORGANISER, manager, nonce("undo", one.index), reason)
    annul(session, act, now=min(one.ends_at, story.now))


def _spend(session: Session, story: Story, at: datetime) -> None:
    """At the weekend some go and redeem what they have."""
    shelf = session.scalars(
        select(Reward).where(Reward.status == "published").order_by(Reward.cost, Reward.title)
    ).all()
    for turn, who in enumerate(some(story.citizens, 6, "spend", at)):
        balance = ledger.balance_of(session, who)
        affordable = [one for one in shelf if one.cost <= balance]
        if not affordable:
            continue
        reward = pick(affordable, "gift", at, turn)
        wanted = uuid.UUID(
            int=number("redemption", at, turn, below=2**47) | (0x7000 << 64) | (0x8 << 60)
        )
        outcome = rewards.reserve(session, who, reward.id, wanted, now=at)
        if outcome.code == "reserved" and turn % 6 != 5:
            _collect(session, story, wanted, at + timedelta(minutes=4))
        elif outcome.code == "reserved":
            rewards.cancel(session, wanted, who, now=at + timedelta(minutes=2))


def _collect(session: Session, story: Story, wanted: uuid.UUID, at: datetime) -> None:
    session.flush()
    redemption = session.get_one(Redemption, wanted, populate_existing=True)
    key = next(key for key, one in story.partners.items() if one == redemption.partner_id)
    caller = rewards.ByMember(story.managers[key], redemption.partner_id)
    code = rewards_queries.code_of(session, redemption)
    rewards.redeem(session, caller, code, nonce("till", wanted), now=at)


def _report(session: Session, story: Story, at: datetime) -> None:
    """Somebody reports hours of the week; the organisation answers the next day."""
    who = pick(story.citizens[2:], "report", at)
    key = pick(sorted(story.organisations), "body", at)
    start = at.replace(hour=7, minute=0, second=0, microsecond=0) - timedelta(days=1)
    length = timedelta(hours=1 + number("length", at, below=4))
    report = Report(story.organisations[key], start, start + length, pick(WHAT, at))
    try:
        claim = claims.submit(session, who, report, now=at)
    except DomainError:
        return
    session.flush()
    old = at < story.now - timedelta(days=16)
    if old:
        claims.confirm(session, claim.id, by=story.managers[key], now=at + timedelta(days=1))


def _end_well(session: Session, story: Story) -> None:
    """Old reviews have their answer, budgets their rest; Omar has just joined."""
    for review in reviews.list_waiting(session):
        if review.opened_at < story.now - timedelta(days=12):
            reviews.decide(
                session,
                review.id,
                by=story.office,
                grant=True,
                answer="Die Organisation hat es bestätigt.",
                now=review.opened_at + timedelta(days=3),
            )
    _claim_twice(session, story)
    for occurrence_id in list_unreleased(session, story.now, limit=2000):
        release_unused(session, occurrence_id, now=story.now)


def _claim_twice(session: Session, story: Story) -> None:
    """Two report hours over a time they were scanned for: that waits for the office."""
    lately = session.scalars(
        select(Attendance)
        .where(
            Attendance.ends_at < story.now - timedelta(days=2),
            Attendance.ends_at > story.now - timedelta(days=12),
            Attendance.annulled_at.is_(None),
            Attendance.person_id.in_(story.citizens[2:]),
        )
        .order_by(Attendance.starts_at, Attendance.id)
        .limit(2)
    ).all()
    for one in lately:
        key = pick(sorted(story.organisations), "twice", one.starts_at)
        body = story.organisations[key]
        report = Report(body, one.starts_at, one.ends_at, "Beim Aufbau geholfen")
        claim = claims.submit(session, one.person_id, report, now=one.ends_at)
        session.flush()
        decided_at = one.ends_at + timedelta(days=1)
        claims.confirm(session, claim.id, by=story.managers[key], now=decided_at)
