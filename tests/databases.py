"""Throw-away databases: one PostgreSQL cluster and one SQLite template per test run.

The process that starts pytest makes a folder and a guardian process. Workers start the cluster in
it when the first test asks for PostgreSQL. When the run ends, in whatever way, the guardian sees
its standard input close, stops the cluster and removes the folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

#: Where the folder of this run is told to the workers of pytest-xdist.
RUN_DIR = "ENGAGE_TEST_RUN_DIR"
OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 "
    "-c shared_buffers=64MB -c autovacuum=off -c listen_addresses='' "
    "-c unix_socket_directories={run}"
)


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def missing(what: str) -> None:
    """A part of this machine is missing: that fails in CI, and elsewhere skips with the reason."""
    if in_ci():
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def begin_run() -> subprocess.Popen[bytes]:
    """Make the folder of this run and the guardian that clears it away."""
    run = Path(tempfile.mkdtemp(prefix="engage-", dir="/tmp" if Path("/tmp").is_dir() else None))  # noqa: S108 - a socket's path must be short
    run.chmod(0o755)
    os.environ[RUN_DIR] = str(run)
    guardian = [sys.executable, "-S", str(Path(__file__).with_name("guardian.py")), str(run)]
    return subprocess.Popen(guardian, stdin=subprocess.PIPE, start_new_session=True)


def end_run(guardian: subprocess.Popen[bytes]) -> None:
    assert guardian.stdin is not None
    guardian.stdin.close()
    guardian.wait(timeout=30)


def run_dir() -> Path:
    return Path(os.environ[RUN_DIR])


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Only one worker at a time."""
    with (run_dir() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(url: str) -> None:
    """Build a database the way every city builds it: by the migrations."""
    from engage.storage.engine import make_engine
    from engage.storage.migrate import upgrade

    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


# --- SQLite --------------------------------------------------------------------------------------


@cache
def _sqlite_template() -> Path:
    template = run_dir() / "template.db"
    with _alone("sqlite"):
        if not template.exists():
            building = template.with_suffix(".building")
            migrate(f"sqlite:///{building}")
            building.rename(template)
    return template


def sqlite_database(folder: Path) -> str:
    """A migrated SQLite database of this test's own."""
    path = folder / f"engage-{uuid4().hex[:8]}.db"
    shutil.copyfile(_sqlite_template(), path)
    return f"sqlite:///{path}"


# --- PostgreSQL ----------------------------------------------------------------------------------


def postgresql_programs() -> Path | None:
    """The folder with initdb and pg_ctl of the newest PostgreSQL here, 15 or later."""
    found = [
        p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb") if int(p.parts[-3]) >= 15
    ]
    if found:
        return max(found, key=lambda folder: int(folder.parts[-2]))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _as_owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: its programs then run as the user postgres."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _start_cluster(programs: Path, run: Path) -> None:
    data = run / "pgdata"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        shutil.chown(run, "postgres", "postgres")  # the socket lies here
    quiet: dict[str, Any] = {
        "check": True,
        "capture_output": True,
        "cwd": run,
        "stdin": subprocess.DEVNULL,
    }
    subprocess.run(
        [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
        **quiet,
        **_as_owner(),
    )
    (run / "pg_ctl").write_text(str(programs / "pg_ctl"))
    subprocess.run(
        [
            programs / "pg_ctl",
            "-D",
            data,
            "-l",
            data / "log",
            "-w",
            "-o",
            OPTIONS.format(run=run),
            "start",
        ],
        **{
            **quiet,
            "capture_output": False,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        },
        **_as_owner(),
    )


def _address(database: str) -> str:
    return f"postgresql+psycopg://postgres@/{database}?host={run_dir()}"


@cache
def _cluster() -> psycopg.Connection[Any]:
    """A connection to the cluster of this run, which is started and holds the migrated template."""
    programs = postgresql_programs()
    if programs is None:
        missing("PostgreSQL 15 or later is not installed (Debian: postgresql)")
    assert programs is not None
    ready = run_dir() / "postgresql.ready"
    with _alone("postgresql"):
        if not ready.exists():
            _start_cluster(programs, run_dir())
        connection = psycopg.connect(
            f"postgresql://postgres@/postgres?host={run_dir()}", autocommit=True
        )
        if not ready.exists():
            connection.execute("CREATE DATABASE template_engage")
            migrate(_address("template_engage"))
            ready.touch()
    return connection


def new_postgresql_database() -> str:
    """A migrated PostgreSQL database of this test's own; returns its name."""
    name = f"t{uuid4().hex[:12]}"
    _cluster().execute(f"CREATE DATABASE {name} TEMPLATE template_engage")
    return name


def drop_postgresql_database(name: str) -> None:
    _cluster().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def postgresql_database() -> Iterator[str]:
    name = new_postgresql_database()
    try:
        yield _address(name)
    finally:
        drop_postgresql_database(name)


@contextmanager
def empty_postgresql_database() -> Iterator[str]:
    """A database without tables, for tests of the migrations themselves."""
    _cluster()
    name = f"e{uuid4().hex[:12]}"
    _cluster().execute(f"CREATE DATABASE {name}")
    try:
        yield _address(name)
    finally:
        drop_postgresql_database(name)
