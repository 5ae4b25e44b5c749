"""``make bench``: check-in and redemption over HTTP on PostgreSQL, in turn with the floor.

One run, one machine: only the ratio is worth quoting. Each round drives the floor and then the
product with 8 clients that keep their connection; the median of the rounds counts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import decode, door, floor, history, hot, scan, tasks
from bench.cluster import Cluster
from bench.drive import Request
from bench.series import Series, Side, compare
from bench.servers import running
from bench.torture import commands

COMMANDS = {
    "torture-till": commands.run_till,
    "torture-door": commands.run_door,
    "decode": decode.run,
    "scan": scan.run,
    "tasks": tasks.run,
}
#: The least the product must reach of the floor, with all rules on.
WANTED = 0.4
#: The least that one hot reward must reach of the rate with fifty.
HOT = 0.5


def main() -> None:
    if (command := COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "")) is not None:
        command(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each handler")
    parser.add_argument("--requests", type=int, default=1500, help="requests of each round")
    parser.add_argument("--skip-history", action="store_true", help="leave the long ledger out")
    given = parser.parse_args()
    print(commands.load())
    with TemporaryDirectory(prefix="engage-bench-") as folder, Cluster(Path(folder)) as cluster:
        failed = measure(cluster, Path(folder), given.rounds, given.requests)
        failed += door.measure(cluster, Path(folder))
        if not given.skip_history:
            history.measure(cluster)
    print(commands.load())
    if failed:
        sys.exit(f"Less than promised: {'; '.join(failed)}.")


def measure(cluster: Cluster, folder: Path, rounds: int, requests: int) -> list[str]:
    """Check-in and redemption beside the floor, one hot reward beside fifty; what falls short."""
    citizens = (rounds + 1) * requests
    load = cluster.load(folder / "load.json", citizens)
    floor_url = floor.prepare(cluster, citizens)
    product = {**os.environ, **cluster.settings()}
    with (
        running("bench.floor:app", {**os.environ, "BENCH_DATABASE": floor_url}) as floor_port,
        running("wsgi:app", product) as port,
    ):
        # Reserving first: a check-in gives points, and then more could be reserved.
        reached = {"hot reward": hot.measure(cluster, port, rounds, requests // 2) / HOT}
        reached["check-in"] = _check_ins(load, floor_port, port, rounds, requests) / WANTED
        reached["redeem"] = _redemptions(load, floor_port, port, rounds, requests) / WANTED
    deadlocks = hot.count_deadlocks(cluster)
    print(f"deadlocks in the database's log  {deadlocks}\n", flush=True)
    failed = [name for name, share in reached.items() if share < 1]
    return failed + (["deadlocks"] if deadlocks else [])


def _check_ins(
    load: dict[str, object], floor_port: int, port: int, rounds: int, requests: int
) -> float:
    codes = iter(load["check_in_codes"])  # type: ignore[call-overload]  # a list

    def product() -> Request:
        body = {"occurrence_id": load["occurrence_id"], "nonce": nonce(), "code": next(codes)}
        return Request.post("/api/v1/check-ins", body, str(load["device_token"]))

    ours = (Series("engage (check-in)"), port, lambda: [product() for _ in range(requests)])
    return _beside_floor("check-in", ours, floor_port, rounds, requests)


def _redemptions(
    load: dict[str, object], floor_port: int, port: int, rounds: int, requests: int
) -> float:
    codes = iter(load["redemption_codes"])  # type: ignore[call-overload]  # a list

    def product() -> Request:
        body = {"code": next(codes), "nonce": nonce()}
        return Request.post("/api/v1/redemptions/redeem", body, str(load["partner_token"]))

    ours = (Series("engage (redeem)", 200), port, lambda: [product() for _ in range(requests)])
    return _beside_floor("redeem", ours, floor_port, rounds, requests)


def _beside_floor(name: str, ours: Side, floor_port: int, rounds: int, requests: int) -> float:
    def bare() -> list[Request]:
        return [floor.next_request(name) for _ in range(requests)]

    sides = ((Series(f"floor ({name})"), floor_port, bare), ours)
    return compare(name, sides, rounds, "of the floor")


def nonce() -> str:
    """26 characters that any scanner could have made."""
    return uuid.uuid4().hex.upper()[:26]


def read_load(path: Path) -> dict[str, object]:
    given: dict[str, object] = json.loads(path.read_text())
    return given


if __name__ == "__main__":
    main()
