"""Serves the city from one command: migrate, fill an empty demo city, run server and worker.

For trying out and for small cities; ``docs/deploy.md`` runs the same two processes as services.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from urllib.error import URLError
from urllib.request import urlopen

import click
from flask import current_app

from config import ROOT
from engage.storage import migrate
from engage.storage.engine import make_engine

#: Seconds that a process has to finish what it is doing.
PATIENCE = 15
#: Requests that one server process works on at the same time; each may hold a connection.
THREADS = 8
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--demo/--no-demo", default=True, help="Fill an empty database with the demo city.")
@click.option(
    "--workers", default=min(2, os.cpu_count() or 1), show_default=True, help="Server processes."
)
def serve(host: str, port: int, *, demo: bool, workers: int) -> None:
    """Migrate, fill an empty demo city, and serve it with a worker until Ctrl-C."""
    settings = current_app.extensions["settings"]
    if _is_taken(host, port):
        click.echo(f"Port {port} is in use. Choose another one: make run PORT={port + 1}", err=True)
        raise SystemExit(2)
    prepare(settings.database_url, demo=demo)
    raise SystemExit(
        run(server(host, port, workers), (*FLASK, "worker"), address=f"http://{host}:{port}")
    )


def prepare(database_url: str, *, demo: bool) -> None:
    """Bring the database up to date; the demo city is made once and named on every start."""
    engine = make_engine(database_url)
    migrate.upgrade(engine)
    engine.dispose()
    if demo:
        subprocess.run([*FLASK, "seed", "demo"], cwd=ROOT, check=False)


def server(host: str, port: int, workers: int) -> tuple[str, ...]:
    """The production server's command."""
    options = (
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--log-level",
        "warning",
    )
    threads = ("--blocking-threads", str(THREADS), "--no-ws")
    return (sys.executable, "-m", "granian", "--interface", "wsgi", *options, *threads, "wsgi:app")


def run(*commands: Sequence[str], address: str) -> int:
    """Run the commands until one ends or this process is told to stop; then none is left.

    Returns 0 after a stop, else the exit code of the process that ended by itself.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # Apart from the terminal's Ctrl-C, so that each is told once, by us.
    children = [subprocess.Popen(command, cwd=ROOT, start_new_session=True) for command in commands]
    told = False
    try:
        while not stop.is_set() and all(child.poll() is None for child in children):
            told = told or _tell(address)
            stop.wait(0.3)
        ended = [child.poll() for child in children if child.poll() is not None]
    finally:
        _end(children)
    return 0 if stop.is_set() else next((code or 1 for code in ended), 0)


def _tell(address: str) -> bool:
    """Name the address as soon as somebody answers there."""
    try:
        with urlopen(f"{address}/healthz", timeout=1):  # noqa: S310 - our own address
            pass
    except (URLError, OSError):
        return False
    click.echo(f"\nEngage is open at {address} - Ctrl-C stops it.")
    return True


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask each to stop, then see that nothing it had started stays behind."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        with suppress(ProcessLookupError):
            os.killpg(
                child.pid, signal.SIGKILL
            )  # a server that is told while it starts forgets its own


def _is_taken(host: str, port: int) -> bool:
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return True
    return False
