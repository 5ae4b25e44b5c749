"""``python -m bench torture-till`` and ``torture-door``: what the command line asks for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.torture import door, till
from bench.torture.databases import KINDS, database, environment_for

#: Eight browsers beside the server on two cores; more people only wait longer.
BROWSER_PEOPLE = 600


def run_till(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench torture-till", description=till.__doc__)
    parser.add_argument("--clients", type=int, default=200, help="tills and citizens together")
    parser.add_argument("--seconds", type=float, default=60, help="how long it goes on")
    parser.add_argument("--kills", type=int, default=5, help="how often the server is killed")
    parser.add_argument("--seed", type=int, default=1, help="of all dice")
    _add_common(parser)
    given = parser.parse_args(arguments)
    plan = till.Plan(given.clients, given.seconds, given.kills, seed=given.seed)
    _report(given, lambda kind, url, folder: till.torture(kind, environment_for(url), folder, plan))


def run_door(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench torture-door", description=door.__doc__)
    usual = door.Plan()
    parser.add_argument(
        "--browsers", action="store_true", help="devices are Chromiums with the scanner's page"
    )
    parser.add_argument(
        "--people", type=int, help=f"with a place ({usual.people}; {BROWSER_PEOPLE} with browsers)"
    )
    parser.add_argument("--devices", type=int, default=usual.devices)
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="until all have come")
    parser.add_argument("--kills", type=int, default=usual.kills, help="of the server")
    parser.add_argument("--device-kills", type=int, default=usual.device_kills, help="of each")
    parser.add_argument("--seed", type=int, default=usual.seed, help="of all dice")
    _add_common(parser)
    given = parser.parse_args(arguments)
    sample = os.environ.get("ENGAGE_SAMPLE_DATA")
    if not sample:
        print("ENGAGE_SAMPLE_DATA is not set: people come in two rushes, not as at a real door.")
    plan = door.Plan(
        given.people or (BROWSER_PEOPLE if given.browsers else usual.people),
        given.devices,
        given.seconds,
        given.kills,
        given.device_kills,
        seed=given.seed,
        sample=Path(sample) if sample else None,
        browsers=given.browsers,
    )
    _report(given, lambda kind, url, folder: door.torture(kind, environment_for(url), folder, plan))


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    parser.add_argument(
        "--keep", type=Path, help="folder for the answers and the server's log; else they go"
    )


def _report(
    given: argparse.Namespace, torture: Callable[[str, str, Path], till.Report | door.Report]
) -> None:
    print(f"{datetime.now():%Y-%m-%d %H:%M}, {load()}", flush=True)
    broken = False
    for kind in KINDS if given.database == "both" else (given.database,):
        with TemporaryDirectory(prefix="engage-torture-") as place:
            folder = given.keep or Path(place)
            folder.mkdir(parents=True, exist_ok=True)
            with database(kind, Path(place)) as url:
                report = torture(kind, url, folder)
        print(report, flush=True)
        broken = broken or bool(report.broken)
    print(load())
    if broken:
        sys.exit("Something was lost, doubled or invented.")


def load() -> str:
    """How busy the machine is: figures are worth little without it."""
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} (1 min), {five:.1f} (5 min) on {os.cpu_count()} cores"
