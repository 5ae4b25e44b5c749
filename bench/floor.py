"""The floor: a bare Flask handler with the four statements that a check-in cannot do without.

SELECT by code, INSERT attendance, INSERT transfer, UPDATE balance, one durable commit; no
rules, no authentication, no nonce. Same server, workers and pool as the product.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import psycopg
from flask import Flask, request
from flask.typing import ResponseReturnValue
from psycopg_pool import ConnectionPool

from bench.cluster import Cluster
from bench.drive import Request

SCHEMA = """
CREATE TABLE people (id uuid PRIMARY KEY, code text NOT NULL UNIQUE, balance integer NOT NULL
  CHECK (balance >= 0));
CREATE TABLE attendances (id uuid PRIMARY KEY, person_id uuid NOT NULL REFERENCES people,
  occurrence_id uuid NOT NULL, at timestamptz NOT NULL, UNIQUE (occurrence_id, person_id));
CREATE TABLE transfers (id uuid PRIMARY KEY, key text NOT NULL UNIQUE, person_id uuid NOT NULL
  REFERENCES people, amount integer NOT NULL CHECK (amount > 0), at timestamptz NOT NULL);
CREATE INDEX ON transfers (person_id);
"""

app = Flask(__name__)
_pools: dict[str, ConnectionPool] = {}
_codes: dict[str, Iterator[int]] = {}


def pool() -> ConnectionPool:
    address = os.environ["BENCH_DATABASE"]
    if address not in _pools:
        _pools[address] = ConnectionPool(address, min_size=4, max_size=4, open=True)
    return _pools[address]


@app.get("/healthz")
def show_health() -> ResponseReturnValue:
    return {"status": "ok"}


@app.post("/check-in")
def check_in() -> ResponseReturnValue:
    given = request.get_json()
    now = datetime.now(UTC)  # nothing here is a rule
    with pool().connection() as connection:
        row = connection.execute(
            "SELECT id FROM people WHERE code = %s", [given["code"]]
        ).fetchone()
        if row is None:
            return {"code": "code_unknown"}, 404
        attendance = uuid.uuid4()
        connection.execute(
            "INSERT INTO attendances (id, person_id, occurrence_id, at) VALUES (%s, %s, %s, %s)",
            [attendance, row[0], given["occurrence_id"], now],
        )
        connection.execute(
            "INSERT INTO transfers (id, key, person_id, amount, at) VALUES (%s, %s, %s, %s, %s)",
            [uuid.uuid4(), f"earn:attendance:{attendance}", row[0], 15, now],
        )
        connection.execute("UPDATE people SET balance = balance + 15 WHERE id = %s", [row[0]])
    return {"code": "credited", "id": str(attendance)}, 201


def prepare(cluster: Cluster, people: int) -> str:
    """Make and fill the floor's database; returns its address."""
    cluster.create("floor")
    address = cluster.conninfo("floor")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SCHEMA)
        connection.execute(
            "INSERT INTO people SELECT gen_random_uuid(), 'P' || n, 0 "
            "FROM generate_series(0, %s) AS n",
            [people],
        )
        connection.execute("VACUUM ANALYZE")
    return address


def request_body(name: str) -> dict[str, object]:
    """The next person at an occurrence of this name; redemption has the same floor."""
    number = next(_codes.setdefault(name, count()))
    occurrence = uuid.uuid5(uuid.NAMESPACE_URL, name)
    return {"code": f"P{number}", "occurrence_id": str(occurrence)}


def next_request(name: str) -> Request:
    return Request.post("/check-in", request_body(name))
