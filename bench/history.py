"""Balance and history of one citizen, with a thousand and with a million transfers in the ledger."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
from sqlalchemy.orm import Session

from bench.cluster import CODE_KEYS, Cluster
from config import Settings
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
FROM generate_series(%(start)s::int, %(end)s::int) AS n
"""


def measure(cluster: Cluster) -> float:
    """The ratio of the medians; printed, and returned for whoever asks."""
    cluster.create("history")
    settings = Settings.for_tests(cluster.url("history"))
    engine = make_engine(settings.database_url)
    upgrade(engine)
    sessions = make_sessions(engine, Keyring((("bench", CODE_KEYS.encode()),)))
    with sessions() as session:
        mine, accounts = _people(session, 1000)
        _fill(cluster, accounts, 0, 1000)
        few = _time(lambda: _page(session, mine))
        _fill(cluster, accounts, 1001, 1_000_000)
        many = _time(lambda: _page(session, mine))
    ratio = many / few
    print(
        f"balance and history              {few * 1000:.2f} ms with 1,000 transfers, "
        f"{many * 1000:.2f} ms with 1,000,000: {ratio:.2f} times (at most {WANTED})",
        flush=True,
    )
    engine.dispose()
    return ratio


def _people(session: Session, count: int) -> tuple[uuid.UUID, list[uuid.UUID]]:
    now = datetime.now(UTC)  # noqa: TID251  # nothing here is a rule
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


def _fill(cluster: Cluster, accounts: list[uuid.UUID], start: int, end: int) -> None:
    with psycopg.connect(cluster.conninfo("history"), autocommit=True) as connection:
        issuance = connection.execute("SELECT id FROM accounts WHERE name = 'issuance'").fetchone()
        given = {
            "issuance": issuance[0] if issuance else None,
            "accounts": accounts,
            "count": len(accounts),
            "start": start,
            "end": end,
        }
        connection.execute(FILL, given)
        connection.execute("VACUUM ANALYZE transfers")


def _page(session: Session, person_id: uuid.UUID) -> None:
    queries.balance_of(session, person_id)
    queries.list_movements(session, person_id, limit=50)


def _time(page: Callable[[], None]) -> float:
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        page()
        times.append(time.perf_counter() - began)
    return statistics.median(times)
