"""A server that dies between commit and answer: the till asks again and gives the bread once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.audit.verify import verify
from engage.ledger import queries as ledger
from engage.partners.models import Partner
from engage.rewards import service as rewards
from engage.rewards.models import Redemption
from engage.rewards.service import ByToken
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.devices import till
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward

ROOT = Path(__file__).parents[2]

#: Redeems a code in a process of its own, and never comes to answer.
DIES = """
import json, os, signal, sys
from datetime import datetime
from config import Settings
from engage.rewards import service as rewards
from engage.storage.engine import make_engine, make_sessions
from engage.storage.keys import Keyring
from engage.storage.unit_of_work import after_commit, run_work

given = json.loads(sys.argv[1])
settings = Settings.for_tests(given["url"])
sessions = make_sessions(make_engine(settings.database_url), Keyring(settings.code_keys))

def work(session):
    if given["when"] == "after":
        after_commit(session, lambda: os.kill(os.getpid(), signal.SIGKILL))
    caller, at = rewards.ByToken(given["token"]), datetime.fromisoformat(given["at"])
    outcome = rewards.redeem(session, caller, given["code"], given["nonce"], now=at)
    if given["when"] == "before":
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    return outcome

with sessions() as session:
    run_work(session, work)
"""


def kill_a_server(database_url: str, when: str, **given: str) -> int:
    said = json.dumps({"url": database_url, "when": when, "at": NOON.isoformat(), **given})
    run = subprocess.run(
        [sys.executable, "-c", DIES, said],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )
    return run.returncode


@pytest.mark.parametrize(("when", "left"), [("after", "redeemed"), ("before", "reserved")])
def test_case_35_killed_around_the_commit_the_till_asks_again_and_gives_it_once(
    session: Session, database_url: str, mina: Person, partner: Partner, when: str, left: str
) -> None:
    engaged(session, mina, 50)
    redemption, code = reserved(session, mina, make_reward(session, partner, stock=3))
    _, token = till(session, partner)
    session.rollback()

    died = kill_a_server(database_url, when, token=token, code=code, nonce="till-1")
    session.expire_all()
    state = session.get_one(Redemption, redemption.id).state
    again = run_work(session, lambda s: rewards.redeem(s, ByToken(token), code, "till-1", now=NOON))

    assert died == -signal.SIGKILL
    assert state == left
    assert (again.code, again.replayed) == ("redeemed", when == "after")
    assert ledger.balance_of(session, mina.id) == 10
    account = ledger.partner_account_id(session, partner.id)
    assert ledger.sum_of(session, account) == 40
    assert verify(session) == []
