"""A scanner without a network whose browser is killed and renewed: nothing lost or doubled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.activities.models import Occurrence
from engage.attendance.models import Attendance, Scan
from engage.core import codes
from engage.ledger import service as ledger
from engage.organisations.models import Organisation
from engage.storage.base import new_id
from engage.storage.keys import keys_of
from tests.browser.cities import City
from tests.browser.conftest import CHROMIUM, GERMAN, QUIET
from tests.browser.scanners import Scanner, now, pair
from tests.browser.visitors import PHONE, Visitor

PEOPLE = 300
FLAPS = 20


class Phone:
    """A browser with a profile of its own, which outlives it."""

    def __init__(self, playwright: Playwright, city: City, profile: Path, token: str) -> None:
        self._playwright, self._city, self._profile, self._token = playwright, city, profile, token

    def start(self, *, offline: bool = False) -> Scanner:
        program = next(filter(None, map(shutil.which, CHROMIUM)))
        options = {**GERMAN, **PHONE, "args": list(QUIET), "executable_path": program}
        context = self._playwright.chromium.launch_persistent_context(self._profile, **options)
        context.set_default_timeout(20_000)
        context.set_offline(offline)
        self.scanner = Scanner(Visitor(context, self._city.url, lambda _: None), self._token)
        return self.scanner

    def kill(self) -> None:
        """Its process dies as when a battery is empty: nobody says goodbye."""
        found = subprocess.run(
            ["pgrep", "-f", f"user-data-dir={self._profile}"], capture_output=True, text=True
        )
        for number in found.stdout.split():
            os.kill(int(number), signal.SIGKILL)
        self.close()

    def close(self) -> None:
        with suppress(Error):  # what was killed is closed already
            self.scanner.visitor.context.close()


@pytest.fixture
def phone(
    playwright: Playwright,
    city: City,
    session: Session,
    organisation: Organisation,
    tmp_path: Path,
) -> Iterator[Phone]:
    phone = Phone(playwright, city, tmp_path / "profile", pair(session, organisation)[1])
    yield phone
    phone.close()


def _shows(secret: bytes, number: str) -> Callable[[datetime], str]:
    return lambda at: codes.pass_code(secret, number, codes.step_of(at)).text


def make_people(session: Session) -> list[Callable[[datetime], str]]:
    """What shows the pass of each of them at an instant."""
    shown: list[Callable[[datetime], str]] = []
    for place in range(PEOPLE):
        person = Person(id=new_id(), display_name=f"Guest {place}", is_adult=True, created_at=now())
        session.add(person)
        session.flush()
        ledger.open_account(session, person.id)
        secret, number = os.urandom(20), codes.make_number(os.urandom(5))
        kept = keys_of(session).encrypt(secret)
        made = Pass(
            person_id=person.id, kind="P", number=number, secret=kept, name="", created_at=now()
        )
        session.add(made)
        shown.append(_shows(secret, number))
    session.commit()
    return shown


def _flap(scanner: Scanner) -> None:
    """The network comes and goes; then it stays."""
    for _ in range(FLAPS):
        scanner.visitor.context.set_offline(False)
        scanner.sync()
        scanner.visitor.context.set_offline(True)
    scanner.visitor.context.set_offline(False)
    scanner.sync()


def test_case_24_three_hundred_scans_survive_two_kills_and_a_flapping_network(
    phone: Phone, session: Session, occurrence: Occurrence
) -> None:
    occurrence.capacity = None  # nobody of 300 is sent away
    people, times = make_people(session), []
    scanner = phone.start()
    scanner.open(occurrence)
    scanner.wait_for_roster()
    scanner.wait_until_kept()
    scanner.go_offline()
    for place, shown in enumerate(people):
        if place in (100, 200):
            phone.kill()
            scanner = phone.start(offline=True)
            scanner.open(occurrence)
            scanner.unsent(place)
        times.append(now())
        scanner.key_in(shown(times[-1]))
        scanner.unsent(place + 1)

    _flap(scanner)

    scanner.unsent(0, timeout=60_000)
    session.rollback()
    came = list(
        session.scalars(select(Attendance.checked_in_at).order_by(Attendance.checked_in_at))
    )
    assert len(came) == PEOPLE
    assert session.scalar(select(func.count()).select_from(Scan)) == PEOPLE
    late = [(at - meant).total_seconds() for at, meant in zip(came, sorted(times), strict=True)]
    assert all(-1 < seconds < 5 for seconds in late), (min(late), max(late))


def test_case_27_a_new_version_of_the_app_keeps_what_is_unsent(
    phone: Phone, session: Session, occurrence: Occurrence
) -> None:
    person = make_people(session)[0]
    scanner = phone.start()
    scanner.open(occurrence)
    scanner.wait_for_roster()
    scanner.wait_until_kept()
    scanner.go_offline()
    scanner.key_in(person(now()))
    scanner.expect_look("stored")
    scanner.page.evaluate(
        """async () => {
          for (const name of await caches.keys()) await caches.delete(name);
          const workers = await navigator.serviceWorker.getRegistrations();
          for (const one of workers) await one.unregister();
        }"""
    )
    scanner.page.route("**/api/v1/scans", lambda route: route.abort())
    scanner.visitor.context.set_offline(False)

    scanner.open(occurrence)

    scanner.unsent(1)
    scanner.page.unroute_all()
    scanner.sync()
    scanner.unsent(0)
