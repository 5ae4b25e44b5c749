"""What a scanner waits for: 500 stored scans going up, and the roster of 2,000 people."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.cluster import Cluster
from bench.servers import running
from bench.torture.door_device import make_nonce

PEOPLE, STORED = 2000, 500
#: The most: seconds for an upload, seconds and bytes (as sent) for a roster.
UPLOAD_SECONDS, ROSTER_SECONDS, ROSTER_BYTES = 3.0, 1.0, 300_000


def measure(cluster: Cluster, folder: Path) -> list[str]:
    """Print both figures; returns what is over its limit."""
    cluster.create("door")
    load = cluster.load(folder / "door.json", PEOPLE, "door")
    with psycopg.connect(cluster.conninfo("door"), autocommit=True) as connection:
        connection.execute("UPDATE devices SET may_search = true")  # with names: the longer one
    with running("wsgi:app", {**os.environ, **cluster.settings("door")}) as port:
        return [*_roster(load, port), *_upload(load, port)]


def _roster(load: dict[str, Any], port: int) -> list[str]:
    path = f"/api/v1/occurrences/{load['occurrence_id']}/roster"
    times, body = [], b""
    for _ in range(5):
        began = time.perf_counter()
        body = _ask(load, port, "GET", path, None)
        times.append(time.perf_counter() - began)
    people = json.loads(gzip.decompress(body))["passes"]
    assert len(people) == PEOPLE, len(people)
    took = statistics.median(times)
    print(
        f"roster of {PEOPLE:,} people            {len(body) / 1000:.0f} KB (at most "
        f"{ROSTER_BYTES / 1000:.0f}), {took:.2f} s (at most {ROSTER_SECONDS:.0f})",
        flush=True,
    )
    over = took > ROSTER_SECONDS or len(body) > ROSTER_BYTES
    return ["the roster is too large or too slow"] if over else []


def _upload(load: dict[str, Any], port: int) -> list[str]:
    times = []
    for start in range(0, PEOPLE, STORED):
        body = _stored(load, load["check_in_codes"][start : start + STORED])
        began = time.perf_counter()
        results = json.loads(_ask(load, port, "POST", "/api/v1/scans", body))["results"]
        times.append(time.perf_counter() - began)
        assert {one["code"] for one in results} == {"credited"}, results[:2]
    took = statistics.median(times)
    print(
        f"upload of {STORED} stored scans         {took:.2f} s, slowest of {len(times)} "
        f"{max(times):.2f} s (at most {UPLOAD_SECONDS:.0f})\n",
        flush=True,
    )
    return ["the upload is too slow"] if took > UPLOAD_SECONDS else []


def _stored(load: dict[str, Any], codes: list[str]) -> dict[str, Any]:
    now = datetime.now(UTC)
    events = [
        {
            "type": "check_in",
            "nonce": make_nonce(),
            "occurrence_id": load["occurrence_id"],
            "code": code,
            "scanned_at": (now - timedelta(seconds=len(codes) - number)).isoformat(),
            "offline": True,
        }
        for number, code in enumerate(codes)
    ]
    return {"events": events, "sent_at": now.isoformat(), "unsent": len(events)}


def _ask(load: dict[str, Any], port: int, method: str, path: str, body: Any) -> bytes:
    headers = {"Authorization": f"Bearer {load['device_token']}", "Accept-Encoding": "gzip"}
    if body is not None:
        headers |= {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request(method, path, None if body is None else json.dumps(body), headers)
    response = link.getresponse()
    answer = response.read()
    link.close()
    assert response.status == 200, (response.status, answer[:300])
    return answer
