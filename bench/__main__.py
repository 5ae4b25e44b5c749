"""``make bench``: check-in and redemption over HTTP on PostgreSQL, in turn with the floor.

One run, one machine: only the ratio is worth quoting. Each round drives the floor and then the
product with 8 clients that keep their connection; the median of the rounds counts.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import decode, floor, history, scan
from bench.cluster import Cluster
from bench.drive import Request, Result, drive
from bench.servers import running
from bench.torture import commands

COMMANDS = {
    "torture-till": commands.run_till,
    "torture-door": commands.run_door,
    "decode": decode.run,
    "scan": scan.run,
}
CLIENTS = 8
#: The least the product must reach of the floor, with all rules on.
WANTED = 0.4


@dataclass
class Series:
    """Rates of one handler through the rounds, in requests a second."""

    name: str
    rates: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)

    def add(self, result: Result) -> None:
        if result.failures:
            raise SystemExit(f"{self.name}: {result.failures[:3]}")
        self.rates.append(result.rate)
        self.slowest.append(result.p99_milliseconds)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    def __str__(self) -> str:
        low, high = min(self.rates), max(self.rates)
        p99 = statistics.median(self.slowest)
        return f"{self.name:34} {self.rate:8.0f} /s  ({low:.0f}-{high:.0f})   p99 {p99:5.1f} ms"


def main() -> None:
    if (command := COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "")) is not None:
        command(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each handler")
    parser.add_argument("--requests", type=int, default=1500, help="requests of each round")
    parser.add_argument("--skip-history", action="store_true", help="leave the long ledger out")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="engage-bench-") as folder, Cluster(Path(folder)) as cluster:
        reached = [
            *measure(cluster, Path(folder), given.rounds, given.requests),
        ]
        if not given.skip_history:
            history.measure(cluster)
    if min(reached) < WANTED:
        sys.exit(f"Below the {WANTED} of the floor that the product promises.")


def measure(cluster: Cluster, folder: Path, rounds: int, requests: int) -> Iterator[float]:
    """Check-in, redemption with many rewards, redemption with one hot reward."""
    citizens = rounds * requests + requests
    load = cluster.load(folder / "load.json", citizens)
    floor_url = floor.prepare(cluster, citizens)
    product = {**os.environ, **cluster.settings()}
    with (
        running("bench.floor:app", {**os.environ, "BENCH_DATABASE": floor_url}) as floor_port,
        running("wsgi:app", product) as port,
    ):
        check_ins = _check_ins(load, floor_port, port, rounds, requests)
        yield check_ins
        yield _redemptions(load, floor_port, port, rounds, requests)


def _check_ins(
    load: dict[str, object], floor_port: int, port: int, rounds: int, requests: int
) -> float:
    codes = iter(load["check_in_codes"])  # type: ignore[call-overload]  # a list

    def product() -> Request:
        body = {"occurrence_id": load["occurrence_id"], "nonce": nonce(), "code": next(codes)}
        return Request.post("/api/v1/check-ins", body, str(load["device_token"]))

    return _compare("check-in", floor_port, port, product, rounds, requests, 201)


def _redemptions(
    load: dict[str, object], floor_port: int, port: int, rounds: int, requests: int
) -> float:
    codes = iter(load["redemption_codes"])  # type: ignore[call-overload]  # a list

    def product() -> Request:
        body = {"code": next(codes), "nonce": nonce()}
        return Request.post("/api/v1/redemptions/redeem", body, str(load["partner_token"]))

    return _compare("redeem", floor_port, port, product, rounds, requests, 200)


def _compare(  # noqa: PLR0913  # a measurement has that many knobs
    name: str,
    floor_port: int,
    port: int,
    product: Callable[[], Request],
    rounds: int,
    requests: int,
    status: int,
) -> float:
    bare, ours = Series(f"floor ({name})"), Series(f"engage ({name})")
    for number in range(rounds + 1):
        at_floor = [floor.next_request(name) for _ in range(requests)]
        at_product = [product() for _ in range(requests)]
        first = drive(floor_port, at_floor, CLIENTS, 201)
        second = drive(port, at_product, CLIENTS, status)
        if number:  # the first round warms up
            bare.add(first)
            ours.add(second)
    ratio = ours.rate / bare.rate
    print(bare, ours, f"{name}: {ratio:.2f} of the floor\n", sep="\n", flush=True)
    return ratio


def nonce() -> str:
    """26 characters that any scanner could have made."""
    return uuid.uuid4().hex.upper()[:26]


def read_load(path: Path) -> dict[str, object]:
    given: dict[str, object] = json.loads(path.read_text())
    return given


if __name__ == "__main__":
    main()
