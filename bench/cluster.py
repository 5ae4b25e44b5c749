"""A PostgreSQL of its own for a measurement: durable as in production, gone afterwards."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import psycopg

#: Durability is on: a check-in that was answered survives a power cut.
OPTIONS = (
    "-c fsync=on -c synchronous_commit=on -c shared_buffers=256MB -c max_connections=100 "
    "-c listen_addresses='' -c unix_socket_directories={folder}"
)
CODE_KEYS = "bench:bm90LWEtc2VjcmV0LW9ubHktZm9yLW1lYXN1cmluZw"


def binaries() -> Path:
    """The folder of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    if path := shutil.which("initdb"):
        return Path(path).parent
    sys.exit("PostgreSQL's server (initdb, pg_ctl) is not installed.")


class Cluster:
    """Starts on entering, stops on leaving."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "pg"
        self._folder.mkdir()
        self._data = self._folder / "data"
        self._user: str | None = None
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            self._user = "postgres"
            postgres = pwd.getpwnam("postgres")
            os.chown(self._folder, postgres.pw_uid, postgres.pw_gid)
            folder.chmod(0o755)

    def __enter__(self) -> Cluster:
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "engage", "-E", "UTF8")
        options = OPTIONS.format(folder=self._folder)
        self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", self.log, "start")
        self.create("engage")
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop")

    @property
    def log(self) -> Path:
        return self._folder / "log"

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [str(binaries() / program), *map(str, arguments)]
        subprocess.run(
            command, user=self._user, check=True, cwd=self._folder, stdout=subprocess.DEVNULL
        )

    def conninfo(self, database: str) -> str:
        return f"host={self._folder} user=engage dbname={database}"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://engage@/{database}?host={self._folder}"

    def create(self, database: str) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')

    def settings(self, database: str = "engage") -> dict[str, str]:
        return {
            "ENGAGE_DATABASE_URL": self.url(database),
            "ENGAGE_DEMO": "1",
            "ENGAGE_CODE_KEYS": CODE_KEYS,
            "ENGAGE_BASE_URL": "http://127.0.0.1:8000",
            "ENGAGE_POOL_SIZE": "4",
            "FLASK_APP": "wsgi",
        }

    def load(self, path: Path, citizens: int, database: str = "engage") -> dict[str, object]:
        """Migrate and fill; returns the tokens and codes that the load drives with."""
        environment = {**os.environ, **self.settings(database)}
        flask = [sys.executable, "-m", "flask"]
        subprocess.run([*flask, "db", "upgrade"], env=environment, check=True)
        command = [*flask, "seed", "load", "--citizens", str(citizens), "--out", str(path)]
        subprocess.run(command, env=environment, check=True)
        with psycopg.connect(self.conninfo(database), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        given: dict[str, object] = json.loads(path.read_text())
        return given
