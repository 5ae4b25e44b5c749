"""A whole city to visit: a production server on a database of its own, with the demo city in it."""

from __future__ import annotations

import fcntl
import os
import shutil
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


@contextmanager
def open_city(folder: Path, database_url: str) -> Iterator[City]:
    """Serve a migrated database on a free port until the block ends."""
    port = free_port()
    city = City(f"http://localhost:{port}", database_url)
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    log = (folder / "server.log").open("w+")
    server = subprocess.Popen(
        [*command, "--workers", "1", "--no-ws", "--log-level", "warning", "wsgi:app"],
        env=environment(city.database_url, city.url),
        cwd=ROOT,
        stdout=log,
        stderr=log,
    )
    try:
        _wait(city, server, Path(log.name))
        yield city
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def _wait(city: City, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):  # a machine that does much else takes its time
        try:
            with urlopen(f"{city.url}/healthz", timeout=2):
                return
        except (URLError, OSError):
            assert server.poll() is None, f"the server did not start: {log.read_text()}"
            time.sleep(0.1)
    raise AssertionError(f"the server does not answer: {log.read_text()}")
