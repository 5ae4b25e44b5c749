"""Points that grow old: what goes, what is told, and that it happens once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engage.audit.verify import verify
from engage.core.errors import PointsShort
from engage.core.news import EVENTS
from engage.ledger import expiry, queries, service
from engage.ledger.models import EXPIRED, SYSTEM_IDS
from engage.ledger.service import Cause
from engage.mail.facts import unpack
from engage.mail.message import write
from engage.mail.models import Letter
from engage.policies.tasks import expire_points
from engage.storage.base import new_id
from engage.storage.keys import keys_of
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.accounts import make_person
from tests.factories.rewards import engaged

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session, sessionmaker

    from engage.accounts.models import Person

BERLIN = ZoneInfo("Europe/Berlin")
MONTHS = 24
#: The first day on which what was booked at NOON is too old.
OLD_DAY = date(2032, 5, 5)
OLD = datetime(2032, 5, 5, 6, tzinfo=BERLIN)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def gift(session: Session, person: Person, points: int, at: datetime) -> None:
    """Points that somebody of the office books, with their age."""
    account = queries.get_account(session, person.id)
    service.adjust(session, account.id, points, Cause("adjustment", new_id(), at))
    session.commit()


def reserve(session: Session, person: Person, points: int, at: datetime) -> Cause:
    """Points set aside; give the cause back to ``come_back``."""
    cause = Cause("redemption", new_id(), at)
    service.reserve(session, queries.get_account(session, person.id).id, points, cause)
    session.commit()
    return cause


def come_back(session: Session, person: Person, points: int, cause: Cause, at: datetime) -> None:
    account = queries.get_account(session, person.id).id
    service.release(session, account, points, Cause(cause.kind, cause.id, at))
    session.commit()


def balance(session: Session, person: Person) -> int:
    session.rollback()
    return queries.balance_of(session, person.id)


def letters(session: Session) -> list[list[tuple[date, int]]]:
    rows = session.scalars(
        select(Letter).where(Letter.template == "points_expiring").order_by(Letter.id)
    )
    return [
        [(one["on"], one["points"]) for one in unpack(row.facts, keys_of(session))["dates"]]
        for row in rows
    ]


def test_case_43_expiry_takes_the_oldest_unspent_points_and_books_them_once(
    session: Session, mina: Person
) -> None:
    engaged(session, mina, 30)
    gift(session, mina, 30, NOON + days(10))
    reserve(session, mina, 20, NOON + days(20))

    first = [expire_points(session, OLD) for _ in range(3)]
    later = expire_points(session, OLD + days(1))

    assert (first, later) == ([1, 0, 0], 0)
    assert balance(session, mina) == 30
    assert queries.sum_of(session, SYSTEM_IDS[EXPIRED]) == 10
    assert [(m.kind, m.points) for m in queries.list_movements(session, mina.id, limit=1)] == [
        ("expire", -10)
    ]


def test_case_43_two_jobs_at_once_book_once(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    people = [make_person(session, f"C{number:02}") for number in range(20)]
    session.commit()
    for person in people:
        engaged(session, person, 30)
    start = Barrier(2)

    def job(_number: int) -> int:
        start.wait()
        with sessions() as mine:
            return expire_points(mine, OLD)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(job, range(2)))

    assert sum(done) == 20
    assert [balance(session, person) for person in people] == [0] * 20
    assert queries.sum_of(session, SYSTEM_IDS[EXPIRED]) == 600
    assert verify(session) == []


def test_case_43_a_purchase_at_the_same_moment_and_the_job_never_take_the_same_points(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    people = [make_person(session, f"C{number:02}") for number in range(20)]
    session.commit()
    for person in people:
        engaged(session, person, 30)
    accounts = [queries.get_account(session, person.id).id for person in people]
    session.rollback()
    start = Barrier(2)

    def buy(account: uuid.UUID) -> bool:
        cause = Cause("adjustment", new_id(), OLD)
        with sessions() as mine:
            try:
                run_work(mine, lambda s: service.adjust(s, account, -30, cause))
            except PointsShort:
                return False
        return True

    def shop(_: None) -> int:
        start.wait()
        return sum(map(buy, accounts))

    def job(_: None) -> int:
        start.wait()
        with sessions() as mine:
            return expire_points(mine, OLD)

    with ThreadPoolExecutor(2) as pool:
        bought, expired = pool.submit(shop, None), pool.submit(job, None)

    assert bought.result() + expired.result() == 20
    assert [balance(session, person) for person in people] == [0] * 20
    assert verify(session) == []


def test_pts_13_the_last_day_counts_whole_and_the_next_begins_at_midnight_of_the_city(
    session: Session, mina: Person
) -> None:
    engaged(session, mina, 30)
    midnight = datetime(2032, 5, 5, tzinfo=BERLIN)

    before = expire_points(session, midnight - timedelta(seconds=1))
    after = expire_points(session, midnight)

    assert (before, after) == (1, 1)  # warned, then gone
    assert balance(session, mina) == 0


def test_pts_14_points_that_come_back_too_old_stay_14_days(session: Session, mina: Person) -> None:
    engaged(session, mina, 30)
    voucher = reserve(session, mina, 30, OLD - days(3))
    come_back(session, mina, 30, voucher, OLD + days(2))

    expire_points(session, OLD + days(15))
    kept = balance(session, mina)
    expire_points(session, OLD + days(16))

    assert (kept, balance(session, mina)) == (30, 0)


def test_pts_15_a_citizen_is_told_60_and_14_days_before_each_time_once(
    session: Session, mina: Person
) -> None:
    engaged(session, mina, 30)
    early = OLD - days(61)

    for day in range(62):
        expire_points(session, early + days(day))
        expire_points(session, early + days(day) + timedelta(hours=6))

    assert letters(session) == [[(OLD_DAY, 30)], [(OLD_DAY, 30)]]
    told = session.scalars(select(Letter.created_at).order_by(Letter.id)).all()
    assert [(OLD_DAY - at.astimezone(BERLIN).date()).days for at in told] == [60, 14]
    assert balance(session, mina) == 0


def test_pts_15_one_letter_names_all_dates_and_a_late_worker_still_warns(
    session: Session, mina: Person
) -> None:
    engaged(session, mina, 30)
    gift(session, mina, 5, NOON + days(2))

    expire_points(session, OLD - days(10))

    assert letters(session) == [[(OLD_DAY, 30), (OLD_DAY + days(2), 5)]]


def test_pts_15_that_letter_also_comes_to_whoever_switched_mails_off(session: Session) -> None:
    quiet = make_person(session, "Quiet", muted=[*EVENTS, "points_expiring"])
    session.commit()
    engaged(session, quiet, 30)

    expire_points(session, OLD - days(60))
    expire_points(session, OLD)

    assert letters(session) == [[(OLD_DAY, 30)]]
    assert balance(session, quiet) == 0


def test_pts_15_the_page_says_what_goes_next_within_60_days(session: Session, mina: Person) -> None:
    engaged(session, mina, 30)
    gift(session, mina, 5, NOON + days(2))

    far = expiry.next_expiry(session, mina.id, OLD - days(61), BERLIN, MONTHS)
    near = expiry.next_expiry(session, mina.id, OLD - days(60), BERLIN, MONTHS)

    assert far is None
    assert near is not None
    assert (near.on, near.points) == (OLD_DAY, 30)


def test_case_51_joined_points_keep_their_age(session: Session, mina: Person, omar: Person) -> None:
    engaged(session, omar, 30)
    gift(session, mina, 5, OLD - days(1))
    old, new = (queries.get_account(session, person.id).id for person in (omar, mina))
    service.merge(session, old, new, Cause("merge", new_id(), OLD - days(1)))
    session.commit()

    expire_points(session, OLD)

    assert balance(session, mina) == 5
    assert queries.sum_of(session, SYSTEM_IDS[EXPIRED]) == 30


def test_case_43_a_city_of_many_accounts_is_read_in_portions(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_person(session, f"C{number:02}") for number in range(7)]
    session.commit()
    for person in people[:6]:
        engaged(session, person, 30)
    monkeypatch.setattr(expiry, "PORTION", 2)

    done = expire_points(session, OLD)

    assert done == 6


def test_pts_15_the_letter_says_day_and_points_in_the_language_of_the_person(
    session: Session, mina: Person, app: Flask
) -> None:
    engaged(session, mina, 30)
    expire_points(session, OLD - days(60))
    letter = session.scalars(select(Letter)).one()

    with app.app_context():
        written = write(letter, session)

    assert written.subject == "Einige Ihrer Punkte verfallen bald"
    assert "Mittwoch, 5. Mai 2032: 30 Punkte" in written.text
