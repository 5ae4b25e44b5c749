"""An attendance put right in one step: the wrong person, or the wrong times (CLM-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence
from engage.attendance import tasks
from engage.attendance.models import Attendance
from engage.audit.verify import verify
from engage.ledger import queries as ledger
from engage.mail.models import Letter
from engage.storage.unit_of_work import run_work
from tests.application import Browser
from tests.attendance.door import nonce
from tests.clock import Clock
from tests.factories import activities, organisations, people


@dataclass(frozen=True)
class Day:
    """A date in its own time, with who organises it."""

    client: Browser
    session: Session
    clock: Clock
    juno: Person

    def post(self, address: str, **sent: Any) -> Any:
        return self.client(self.juno).post(address, **sent)

    def check_in(self, whom: Person, at: Occurrence) -> str:
        """By name; returns the address that corrects it."""
        self.post(door(at, f"/people/{whom.id}/check-in"))
        [made] = [one for one in all_of(self.session, at) if one.annulled_at is None]
        return door(at, f"/attendances/{made.id}/correct")

    def letters(self) -> list[tuple[str, object]]:
        """What is told to whom, once the wait is over; in the order of the alphabet."""
        self.clock.advance(timedelta(hours=1))
        run_work(self.session, lambda s: tasks.tell_due(s, self.clock.now))
        sent = self.session.scalars(select(Letter))
        return sorted(((one.template, one.person_id) for one in sent), key=str)


@pytest.fixture
def day(client: Browser, session: Session, clock: Clock, juno: Person) -> Day:
    return Day(client, session, clock, juno)


def door(occurrence: Occurrence, rest: str = "") -> str:
    return f"/organise/occurrences/{occurrence.id}{rest}"


def all_of(session: Session, occurrence: Occurrence) -> list[Attendance]:
    session.rollback()
    session.expire_all()
    of_it = select(Attendance).where(Attendance.occurrence_id == occurrence.id)
    return list(session.scalars(of_it.order_by(Attendance.id)))


def test_clm_10_the_wrong_person_is_replaced_by_the_right_one_in_one_step(
    day: Day, session: Session, mina: Person, omar: Person, occurrence: Occurrence
) -> None:
    address = day.check_in(mina, occurrence)
    card, _code = people.card(session, omar)
    sent: dict[str, Any] = {"serial": card.number, "reason": "Twins", "nonce": nonce("TWICE")}

    day.client(day.juno).page(address)
    day.post(address, **sent | {"reason": ""}, status=422)
    day.post(address, **sent)

    wrong, right = all_of(session, occurrence)
    assert (wrong.person_id, wrong.annulled_because) == (mina.id, "Twins")
    assert (right.person_id, right.way, right.note) == (omar.id, "by_hand", "Twins")
    assert (ledger.balance_of(session, mina.id), ledger.balance_of(session, omar.id)) == (0, 30)
    assert day.letters() == [("attendance_told", omar.id)]
    assert verify(session) == []


def test_clm_10_who_was_told_of_the_wrong_entry_hears_that_it_is_gone(
    day: Day, session: Session, mina: Person, omar: Person, occurrence: Occurrence
) -> None:
    address = day.check_in(mina, occurrence)
    assert day.letters() == [("attendance_told", mina.id)]
    card, _code = people.card(session, omar)

    day.post(address, serial=card.number, reason="Twins")

    assert day.letters() == sorted(
        [
            ("attendance_annulled", mina.id),
            ("attendance_told", mina.id),
            ("attendance_told", omar.id),
        ],
        key=str,
    )


def test_clm_10_other_times_pay_for_the_time_present_and_tell_the_person_once(
    day: Day, session: Session, mina: Person, activity: Activity
) -> None:
    activity.uses_check_out = True
    occurrence = activities.occurrence(session, activity, places=[mina])
    session.commit()
    address = day.check_in(mina, occurrence)
    told = day.letters()
    day.clock.advance(timedelta(hours=4))
    starts = occurrence.starts_at.astimezone(ZoneInfo("Europe/Berlin"))
    sent: dict[str, Any] = {
        "person": str(mina.id),
        "came": f"{starts:%H:%M}",
        "left": f"{starts + timedelta(minutes=45):%H:%M}",
        "reason": "She forgot to check out",
    }

    day.post(address, **sent | {"left": ""}, status=422)
    day.post(address, **sent | {"left": sent["came"]}, status=422)
    day.post(address, **sent)

    wrong, right = all_of(session, occurrence)
    assert wrong.annulled_at is not None
    assert right.checked_out_at == occurrence.starts_at + timedelta(minutes=45)
    assert (right.minutes, right.credited) == (45, ledger.balance_of(session, mina.id))
    assert day.letters() == [*told, ("attendance_told", mina.id)]
    assert verify(session) == []


def test_clm_10_a_refused_half_leaves_everything_as_it_was(
    day: Day, session: Session, mina: Person, occurrence: Occurrence
) -> None:
    address = day.check_in(mina, occurrence)
    card, _code = people.card(session, day.juno)

    reply = day.post(address, serial=card.number, reason="It was me", status=403)
    day.clock.advance(timedelta(days=20))
    late = day.post(address, serial=card.number, reason="Too late", status=409)

    assert "It was me" in reply.text
    assert "Too late" in late.text
    [kept] = all_of(session, occurrence)
    assert kept.annulled_at is None
    assert ledger.balance_of(session, mina.id) == 30


def test_clm_10_the_office_corrects_later_and_writes_it_down_once(
    day: Day, session: Session, ada: Person, mina: Person, omar: Person, occurrence: Occurrence
) -> None:
    day.check_in(mina, occurrence)
    [wrong] = all_of(session, occurrence)
    card, _code = people.card(session, omar)
    day.clock.advance(timedelta(days=40))
    office = day.client(ada)
    address = f"/office/attendances/{wrong.id}/correct"
    form_nonce = office.page(address).one("input", name="nonce")["value"]

    for _time in range(2):
        office.post(address, serial=card.number, reason="Twins", nonce=form_nonce)

    assert [one.person_id for one in all_of(session, occurrence)] == [mina.id, omar.id]
    assert (ledger.balance_of(session, mina.id), ledger.balance_of(session, omar.id)) == (0, 30)
    acts = office.page("/office/acts").text
    assert acts.count("Teilnahme berichtigt") == 1
    assert verify(session) == []


def test_case_44_a_manager_proves_before_acting_as_one_and_comes_back(
    client: Browser, session: Session, mina: Person
) -> None:
    body = organisations.organisation(session, managers=[mina])
    session.commit()
    browser = client()
    browser.sign_in(mina, second_factor=False)

    led = browser.get(f"/organise/{body.slug}/activities", status=303)

    assert led.headers["Location"] == f"/second-factor?next=/organise/{body.slug}/activities"
    browser.get("/me")
    browser.get("/activities")
