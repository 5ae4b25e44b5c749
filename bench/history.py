"""Balance and history of one citizen, with a thousand and a million transfers in the ledger."""

from __future__ import annotations

import statistics
import time
import uuid
from datetime import UTC, datetime

import psycopg
from sqlalchemy.orm import Session, sessionmaker

from bench.cluster import CODE_KEYS, Cluster
from engage.accounts.models import Person
from engage.ledger import queries, service
from engage.storage.base import new_id
from engage.storage.engine import make_engine, make_sessions
from engage.storage.keys import Keyring
from engage.storage.migrate import upgrade

#: The most that a page may cost with a million transfers, beside one with a thousand.
WANTED = 1.5
TIMES = 200

#: Transfers of other citizens; the seal is not read by a page.
FILL = """
INSERT INTO transfers (id, key, kind, debit_id, credit_id, amount, source_kind, source_id,
  work_on, posted_at, seal)
SELECT gen_random_uuid(), 'earn:attendance:' || n, 'earn', %(issuance)s,
  (%(accounts)s::uuid[])[1 + n %% %(count)s], 15, 'attendance', gen_random_uuid(),
  DATE '2026-01-01' + (n %% 300), now(), 'x'
FROM generate_series(1, %(transfers)s::int) AS n
"""


def measure(cluster: Cluster) -> float:
    """The ratio of the medians, the two pages asked for in turn; printed and returned."""
    short, mine = _ledger(cluster, "short", 1000)
    long, also_mine = _ledger(cluster, "long", 1_000_000)
    times: tuple[list[float], list[float]] = ([], [])
    with short() as first, long() as second:
        for _ in range(TIMES):
            times[0].append(_time(first, mine))
            times[1].append(_time(second, also_mine))
    few, many = statistics.median(times[0]), statistics.median(times[1])
    print(
        f"balance and history              {few * 1000:.2f} ms with 1,000 transfers, "
        f"{many * 1000:.2f} ms with 1,000,000: {many / few:.2f} times (at most {WANTED})",
        flush=True,
    )
    return many / few


def _ledger(cluster: Cluster, name: str, transfers: int) -> tuple[sessionmaker[Session], uuid.UUID]:
    cluster.create(name)
    engine = make_engine(cluster.url(name))
    upgrade(engine)
    sessions = make_sessions(engine, Keyring((("bench", CODE_KEYS.encode()),)))
    with sessions() as session:
        mine, accounts = _people(session, 1000)
    _fill(cluster, name, accounts, transfers)
    return sessions, mine


def _people(session: Session, count: int) -> tuple[uuid.UUID, list[uuid.UUID]]:
    now = datetime.now(UTC)  # nothing here is a rule
    accounts = []
    people = [
        Person(id=new_id(), display_name=f"P{number}", created_at=now, claimed_at=now)
        for number in range(count)
    ]
    session.add_all(people)
    session.flush()
    for person in people:
        accounts.append(service.open_account(session, person.id))
    session.flush()
    session.connection().commit()
    mine = people[0].id
    for _ in range(60):
        account = queries.get_account(session, mine)
        service.earn(session, account, 15, service.Cause("attendance", new_id(), now))
    session.connection().commit()
    return mine, accounts[1:]


def _fill(cluster: Cluster, name: str, accounts: list[uuid.UUID], transfers: int) -> None:
    with psycopg.connect(cluster.conninfo(name), autocommit=True) as connection:
        issuance = connection.execute("SELECT id FROM accounts WHERE name = 'issuance'").fetchone()
        given = {
            "issuance": issuance[0] if issuance else None,
            "accounts": accounts,
            "count": len(accounts),
            "transfers": transfers,
        }
        connection.execute(FILL, given)
        connection.execute("VACUUM ANALYZE")


def _time(session: Session, person_id: uuid.UUID) -> float:
    began = time.perf_counter()
    queries.balance_of(session, person_id)
    queries.list_movements(session, person_id, limit=50)
    return time.perf_counter() - began
