"""Two scanners at the same moment, and a server that dies between commit and answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from engage.activities.models import Registration
from engage.attendance.checkin import CheckInRequest, DeviceCaller, OrganiserCaller, check_in
from engage.attendance.models import Attendance
from engage.audit.verify import verify
from engage.devices.models import Device
from engage.ledger import queries as ledger
from engage.ledger.models import Transfer
from engage.organisations.models import Member
from engage.storage.base import new_id
from engage.storage.keys import token_hash
from engage.storage.unit_of_work import run_work
from tests.attendance.door import Door, code_of, make_citizen, make_door, make_organiser, nonce
from tests.clock import NOON
from tests.hands import Hands, Order, at_once, codes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

ROUNDS = 200
ROOT = Path(__file__).parents[2]


def second_device(session: Session, door: Door) -> str:
    session.add(
        Device(
            id=new_id(),
            kind="scanner",
            name="Zweiter Scanner",
            organisation_id=door.organisation.id,
            token_hash=token_hash("dev_second"),
            is_limited=False,
            created_at=NOON,
            paired_at=NOON - timedelta(days=1),
        )
    )
    return "dev_second"


def scanning(token: str, request: CheckInRequest) -> Order:
    return partial(check_in, caller=DeviceCaller(token), request=request, now=NOON)


@pytest.mark.slow
def test_case_12_two_devices_at_the_same_moment_credit_once_in_200_rounds(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    door = make_door(session, capacity=ROUNDS)
    tokens = (door.token, second_device(session, door))
    people = [make_citizen(session, f"C{number:03}", door) for number in range(ROUNDS)]
    session.commit()
    here, shown = door.occurrence.id, [code_of(person) for person in people]

    with Hands(sessions, 2) as doors:
        rounds = [
            codes(
                doors.at_once(
                    [scanning(token, CheckInRequest(here, nonce(), code=code)) for token in tokens]
                )
            )
            for code in shown
        ]

    session.rollback()
    assert rounds == [{"already_checked_in": 1, "credited": 1}] * ROUNDS
    live = session.scalars(select(Attendance.person_id).where(Attendance.annulled_at.is_(None)))
    assert sorted(live) == sorted(person.id for person in people)
    assert session.scalar(select(func.count()).select_from(Transfer)) == ROUNDS
    assert verify(session) == []


def test_case_12_the_same_nonce_four_times_at_once_is_one_check_in_and_three_replays(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    door = make_door(session)
    mina = make_citizen(session, "Mina", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce("n"), code=code_of(mina))

    told = at_once(sessions, [scanning(door.token, request)] * 4)

    session.rollback()
    answers = sorted((one.code, one.replayed) for one in told)
    assert answers == [("credited", False)] + [("credited", True)] * 3
    assert ledger.balance_of(session, mina.id) == 30


#: Checks a person in, says so once the data is safe, and never comes to answer.
DIES = """
import json, os, signal, sys, uuid
from datetime import datetime
from config import Settings
from engage.activities.models import Registration
from engage.attendance.checkin import CheckInRequest, DeviceCaller, OrganiserCaller, check_in
from engage.storage.engine import make_engine, make_sessions
from engage.storage.keys import Keyring
from engage.storage.unit_of_work import after_commit, run_work

given = json.loads(sys.argv[1])
settings = Settings.for_tests(given["url"])
sessions = make_sessions(make_engine(settings.database_url), Keyring(settings.code_keys))
request = CheckInRequest(uuid.UUID(given["occurrence"]), given["nonce"], code=given["code"])
at = datetime.fromisoformat(given["at"])

def work(session):
    if given["when"] == "after":
        after_commit(session, lambda: os.kill(os.getpid(), signal.SIGKILL))
    outcome = check_in(session, DeviceCaller(given["token"]), request, now=at)
    if given["when"] == "before":
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    return outcome

with sessions() as session:
    run_work(session, work)
"""


def kill_a_server(database_url: str, door: Door, request: CheckInRequest, when: str) -> int:
    given = {
        "url": database_url,
        "occurrence": str(door.occurrence.id),
        "nonce": request.nonce,
        "code": request.code,
        "token": door.token,
        "at": NOON.isoformat(),
        "when": when,
    }
    run = subprocess.run(
        [sys.executable, "-c", DIES, json.dumps(given)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )
    return run.returncode


def test_case_13_killed_between_commit_and_answer_the_retry_is_replayed(
    session: Session, database_url: str
) -> None:
    door = make_door(session)
    mina = make_citizen(session, "Mina", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce("n"), code=code_of(mina))

    died = kill_a_server(database_url, door, request, "after")
    retry = run_work(session, lambda s: check_in(s, DeviceCaller(door.token), request, now=NOON))

    assert died == -signal.SIGKILL
    assert (retry.code, retry.status, retry.replayed) == ("credited", 200, True)
    assert session.scalar(select(func.count()).select_from(Attendance)) == 1
    assert ledger.balance_of(session, mina.id) == 30
    assert verify(session) == []


def test_case_13_killed_before_the_commit_nothing_is_left_and_the_retry_counts(
    session: Session, database_url: str
) -> None:
    door = make_door(session)
    mina = make_citizen(session, "Mina", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce("n"), code=code_of(mina))

    died = kill_a_server(database_url, door, request, "before")
    left = session.scalar(select(func.count()).select_from(Attendance))
    retry = run_work(session, lambda s: check_in(s, DeviceCaller(door.token), request, now=NOON))

    assert died == -signal.SIGKILL
    assert left == 0
    assert (retry.code, retry.replayed) == ("credited", False)
    assert verify(session) == []


def test_case_52_pts_10_two_doors_at_the_same_moment_never_credit_more_than_the_day_allows(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    rule = {"kind": "flat", "points": 70}
    half_past = NOON + timedelta(minutes=90)
    first = make_door(session, "A", capacity=ROUNDS)
    second = make_door(
        session,
        "B",
        capacity=ROUNDS,
        starts_at=NOON + timedelta(hours=2),
        ends_at=NOON + timedelta(hours=4),
    )
    doors = (first, second)
    for door in doors:
        door.activity.points_rule = rule
    juno = make_organiser(session, "Juno", first)
    session.add(
        Member(
            organisation_id=second.organisation.id,
            person_id=juno.id,
            role="organiser",
            joined_at=NOON,
        )
    )
    people = [make_citizen(session, f"C{number:03}", first) for number in range(60)]
    for person in people:
        session.add(
            Registration(
                occurrence_id=second.occurrence.id,
                person_id=person.id,
                state="registered",
                made_at=NOON,
            )
        )
    session.commit()
    ids = [person.id for person in people]

    def asking(door: Door, person_id: uuid.UUID) -> Order:
        request = CheckInRequest(door.occurrence.id, nonce(), person_id=person_id)
        return partial(check_in, caller=OrganiserCaller(juno.id), request=request, now=half_past)

    with Hands(sessions, 2) as hands:
        for person_id in ids:
            hands.at_once([asking(door, person_id) for door in doors])

    session.rollback()
    assert {ledger.balance_of(session, person_id) for person_id in ids} == {100}
    assert verify(session) == []
