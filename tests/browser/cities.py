"""A whole city to visit: a production server on a database of its own, with the demo city in it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from config import Settings
from engage import create_app
from tests import databases
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class City:
    """A running city."""

    url: str
    database_url: str

    def flask(self, *arguments: str) -> str:
        """Run an operator's command against this city; returns what it says."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        said = subprocess.run(
            command,
            env=environment(self.database_url, self.url),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode == 0, f"flask {' '.join(arguments)}: {said.stdout}{said.stderr}"
        return said.stdout

    def settings(self) -> Settings:
        """The settings that the server runs with."""
        return Settings.from_env(environment(self.database_url, self.url))

    def cookie(self, person: Any) -> str:
        """The session cookie of somebody who has just signed in, with the second factor."""
        app = create_app(self.settings())
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{person.id}:{person.session_epoch}"
            session["_fresh"] = True
            session["second_factor"] = str(person.id)
        app.extensions["engine"].dispose()
        cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return cookie.value


def environment(database_url: str, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "ENGAGE_DEMO": "1",
        "ENGAGE_DATABASE_URL": database_url,
        "ENGAGE_BASE_URL": url,
    }


def demo_database(folder: Path) -> str:
    """A copy of the demo city, which is made once per test run."""
    template = databases.run_dir() / "demo.db"
    with (databases.run_dir() / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            building = databases.run_dir() / "demo.building.db"
            address = f"sqlite:///{building}"
            databases.migrate(address)
            City("http://localhost:8000", address).flask("seed", "demo")
            _settle(building)
            building.rename(template)
    path = folder / "city.db"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def _settle(path: Path) -> None:
    """Bring the write-ahead log into the file, so that a copy of the file is whole."""
    import sqlite3

    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


class Served:
    """The production server of a city; it can be killed and come back at the same address."""

    def __init__(self, city: City, port: int, folder: Path) -> None:
        self._city, self._port, self._log = city, port, folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        where = ["--host", "127.0.0.1", "--port", str(self._port)]
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", *where]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--workers", "1", "--no-ws", "--log-level", "warning", "wsgi:app"],
                env=environment(self._city.database_url, self._city.url),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own: killed with all that it started
            )
        self._wait(self._process)

    def kill(self) -> None:
        """As when the power fails: nobody finishes anything."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(1200):  # a machine that does much else takes its time
            try:
                with urlopen(f"{self._city.url}/healthz", timeout=2):
                    return
            except (URLError, OSError):
                assert process.poll() is None, f"it did not start: {self._log.read_text()}"
                time.sleep(0.1)
        raise AssertionError(f"the server does not answer: {self._log.read_text()}")


@contextmanager
def serve_city(folder: Path, database_url: str) -> Iterator[tuple[City, Served]]:
    """Serve a migrated database on a free port until the block ends, with power over the server."""
    port = free_port()
    city = City(f"http://localhost:{port}", database_url)
    served = Served(city, port, folder)
    served.start()
    try:
        yield city, served
    finally:
        served.stop()


@contextmanager
def open_city(folder: Path, database_url: str) -> Iterator[City]:
    """Serve a migrated database on a free port until the block ends."""
    with serve_city(folder, database_url) as (city, _served):
        yield city
