"""The small city in which a random hour happens, on a database of its own."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from engage.accounts.models import Person
from engage.activities.models import Occurrence, Registration
from engage.audit.verify import verify
from engage.core.errors import Outcome
from engage.core.expiry import Lot, lots
from engage.ledger import expiry
from engage.ledger import queries as ledger
from engage.ledger import service as ledger_service
from engage.ledger.models import ESCROW, SYSTEM_IDS, Account, Shortfall
from engage.organisations.models import Budget
from engage.rewards.models import Reward
from engage.storage.engine import make_engine, make_sessions
from engage.storage.keys import Keyring
from tests.attendance.door import Door, make_citizen, make_door, make_organiser
from tests.audit.machine.book import Book
from tests.audit.machine.trouble import Units
from tests.clock import NOON
from tests.factories.accounts import make_person
from tests.factories.activities import occurrence as make_occurrence
from tests.factories.devices import till as make_till
from tests.factories.partners import partner as make_partner
from tests.factories.people import card as make_card
from tests.factories.rewards import reward as make_reward

T = TypeVar("T")

#: Chosen out of what there is, by its place in the list; shrinks to the first.
ANY = st.integers(0, 30)
#: Mostly none; else the statement at which a unit of work breaks (see ``Units.run``).
TROUBLE = st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 8, 11, 15, -1, -3, -5, -7])

HOUR = timedelta(hours=1)
STEPS = {
    "a code later": timedelta(seconds=31),
    "a quarter later": timedelta(minutes=16),
    "an hour later": HOUR,
    "the next day": timedelta(days=1),
    "a fortnight later": timedelta(days=15),
    "a year later": timedelta(days=366),
}


@dataclass
class Date:
    """A date that people may come to, and the door it has."""

    id: uuid.UUID
    door: Door
    starts_at: datetime
    ends_at: datetime

    def is_open(self, now: datetime) -> bool:
        return self.starts_at - HOUR <= now <= self.ends_at + HOUR


@dataclass
class Till:
    """A partner's paired till, and who else may hand over there."""

    partner_id: uuid.UUID
    token: str
    member_id: uuid.UUID


PURSES = (
    select(
        Account.person_id,
        Account.balance,
        func.coalesce(func.sum(Shortfall.open_points), 0).label("owed"),
    )
    .outerjoin(Shortfall, Shortfall.account_id == Account.id)
    .where(Account.person_id.is_not(None))
    .group_by(Account.person_id, Account.balance)
)
HELD = (
    select(func.count())
    .where(Registration.occurrence_id == Occurrence.id, Registration.state == "registered")
    .scalar_subquery()
)
WRONG_DATES = select(Occurrence.id).where(Occurrence.taken != HELD)


def _ages(given: Sequence[Lot]) -> Counter[tuple[datetime, datetime | None]]:
    """Points by age and grace."""
    ages: Counter[tuple[datetime, datetime | None]] = Counter()
    for lot in given:
        ages[lot.earned_at, lot.grace_until] += lot.points
    return ages


class City(RuleBasedStateMachine):
    """Two doors, one partner, three citizens; what holds is looked at after each step."""

    #: Gives a migrated, empty database; closed with the example.
    new_database: Callable[[ExitStack], str]

    def __init__(self) -> None:
        super().__init__()
        self._closing = ExitStack()
        settings = Settings.for_tests(database_url=type(self).new_database(self._closing))
        engine = make_engine(settings.database_url)
        self._closing.callback(engine.dispose)
        self.sessions: sessionmaker[Session] = make_sessions(engine, Keyring(settings.code_keys))
        self.units = Units(engine, self.sessions)
        self.book = Book()
        self.now = NOON
        self.people: list[uuid.UUID] = []
        self.names: dict[uuid.UUID, str] = {}
        self.accounts: dict[uuid.UUID, uuid.UUID] = {}
        self.cards: dict[uuid.UUID, str] = {}
        self.doors: list[Door] = []
        self.dates: list[Date] = []
        self.rewards: list[uuid.UUID] = []
        #: Walk-ins whose account nobody has taken over.
        self.guests: list[uuid.UUID] = []
        #: Whose points have expired for which cut-off day.
        self.expired: set[tuple[uuid.UUID, datetime]] = set()
        #: What was sent before, and its answer, to be sent again.
        self.sent: list[tuple[Callable[[Session], Outcome], Outcome]] = []

    def found(self) -> None:
        with self.sessions() as session:
            self._open_doors(session)
            for name in ("Mina", "Omar", "Lena"):
                self._welcome(session, make_citizen(session, name))
            self._open_till(session)
            session.commit()
        for hours in (0, 7, 24):
            self._offer(self.doors[0], NOON + timedelta(hours=hours), lasts=6, capacity=10)

    def _open_doors(self, session: Session) -> None:
        self.doors = [make_door(session, "A"), make_door(session, "B")]
        for door in self.doors:
            for year in range(NOON.year + 1, NOON.year + 40):
                session.add(Budget(organisation_id=door.organisation.id, year=year, granted=9_999))
        juno = make_organiser(session, "Juno", self.doors[0])
        self.organiser = juno.id
        self._welcome(session, juno)
        self.clerk = make_person(session, "Ada", office_role="lead").id
        self.second_clerk = make_person(session, "Anton", office_role="lead").id
        self.doors[1].activity.uses_check_out = True

    def _welcome(self, session: Session, person: Person) -> None:
        _, self.cards[person.id] = make_card(session, person)
        self.people.append(person.id)
        self.names[person.id] = person.display_name
        self.accounts[person.id] = ledger.get_account(session, person.id).id
        self.book.open(person.id)

    def _open_till(self, session: Session) -> None:
        vera = make_citizen(session, "Vera")
        self._welcome(session, vera)
        partner = make_partner(session, tills=[vera])
        _, token = make_till(session, partner)
        self.till = Till(partner.id, token, vera.id)
        ledger_service.open_good_cause(session, "trees")
        for given in (
            {"cost": 10, "stock": 2},
            {"cost": 25, "reserve_minutes": 60},
            {"cost": 15, "kind": "good_cause", "good_cause": "trees", "face_value_cents": 0},
            {"cost": 40, "stock": 1, "limit_count": 1, "limit_period": "day"},
        ):
            reward: Reward = make_reward(session, partner, **given)
            self.rewards.append(reward.id)
            self.book.stock[reward.id] = reward.stock

    def _offer(self, door: Door, starts_at: datetime, lasts: int, capacity: int) -> None:
        with self.sessions() as session:
            made: Occurrence = make_occurrence(
                session, door.activity, starts_at=starts_at, hours=lasts, capacity=capacity
            )
            self.dates.append(Date(made.id, door, made.starts_at, made.ends_at))

    def teardown(self) -> None:
        self._closing.close()

    def pick(self, things: Sequence[T], which: int) -> T:
        return things[which % len(things)]

    def pick_date(self, which: int) -> Date:
        """Mostly one that is open now."""
        open_now = [date for date in self.dates if date.is_open(self.now)]
        return self.pick(open_now if open_now and which % 4 else self.dates, which)

    def run(self, act: Callable[[Session], T], trouble: int = 0) -> T | Outcome:
        return self.units.run(act, trouble)

    def send(self, act: Callable[[Session], Outcome], trouble: int) -> Outcome:
        """Something with a nonce: whenever it comes again, it gets the same answer."""
        outcome = self.units.run(act, trouble)
        assert isinstance(outcome, Outcome)
        self.sent.append((act, outcome))
        return outcome

    def get(self, model: type[T], key: Any) -> T:
        with self.sessions() as session:
            return session.get_one(model, key)

    @rule(step=st.sampled_from(sorted(STEPS)))
    def let_time_pass(self, step: str) -> None:
        self.now += STEPS[step]

    @rule(
        door=ANY,
        hours=st.sampled_from([0, 0, 1, 3, 24]),
        lasts=st.sampled_from([2, 6]),
        capacity=st.integers(1, 4),
    )
    def offer(self, door: int, hours: int, lasts: int, capacity: int) -> None:
        start = (self.now + timedelta(hours=hours)).replace(minute=0, second=0)
        self._offer(self.pick(self.doors, door), start, lasts, capacity)

    @invariant()
    def all_holds(self) -> None:
        """Looked at after each step that wrote something."""
        if self.units.has_written():
            self.the_books_are_proven()
            self.every_balance_is_what_a_second_count_says()
            self.every_piece_of_stock_is_there()
            self.points_of_every_age_add_up()
            self.nobody_is_credited_more_than_the_caps_allow()
            self.no_date_counts_more_places_than_are_held()

    def the_books_are_proven(self) -> None:
        with self.sessions() as session:
            assert verify(session) == []

    def every_balance_is_what_a_second_count_says(self) -> None:
        with self.sessions() as session:
            rows = session.execute(PURSES).all()
            held = ledger.sum_of(session, SYSTEM_IDS[ESCROW])
        stored = {row.person_id: (row.balance, row.owed) for row in rows}
        counted = {one: (purse.balance, purse.owed) for one, purse in self.book.purses.items()}
        assert {one: stored[one] for one in counted} == counted
        assert all(row.balance >= 0 for row in rows)
        assert held == self.book.in_escrow()

    def every_piece_of_stock_is_there(self) -> None:
        with self.sessions() as session:
            stock = {row.id: row.stock for row in session.execute(select(Reward.id, Reward.stock))}
        assert stock == self.book.stock
        assert all(left is None or left >= 0 for left in stock.values())

    def points_of_every_age_add_up(self) -> None:
        with self.sessions() as session:
            for person, purse in self.book.purses.items():
                aged = lots(expiry.list_aged(session, self.accounts[person]))
                assert sum(lot.points for lot in aged) == purse.balance
                assert _ages(aged) == _ages(lots(purse.movements))

    def nobody_is_credited_more_than_the_caps_allow(self) -> None:
        for person in self.book.purses:
            for day, points in self.book.earned_on(person).items():
                assert points <= 100, day

    def no_date_counts_more_places_than_are_held(self) -> None:
        with self.sessions() as session:
            assert session.execute(WRONG_DATES).all() == []
