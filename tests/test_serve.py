"""One command serves the city and leaves nothing running."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.ports import free_port

SLEEPER = "import time; time.sleep(60)"


@contextmanager
def running(
    *commands: list[str], address: str = "http://127.0.0.1:1"
) -> Iterator[subprocess.Popen[str]]:
    """``engage.serve.run`` in a process of its own, told to stop at the latest at the end."""
    run = f"run(*{commands!r}, address={address!r})"
    code = f"import sys; from engage.serve import run; sys.exit({run})"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def writing_its_id(path: Path, then: str = SLEEPER) -> list[str]:
    return [
        sys.executable,
        "-c",
        f"import os; open({str(path)!r}, 'w').write(str(os.getpid())); {then}",
    ]


def wait_for(path: Path) -> int:
    for _ in range(200):
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.05)
    pytest.fail(f"{path.name} did not start")


def is_alive(process_id: int) -> bool:
    """Whether it still runs; one that only waits to be noticed does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False
    )
    return state.stdout.strip()[:1] not in {"", "Z"}


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_both_processes_end_when_told_to_stop(tmp_path: Path, told: signal.Signals) -> None:
    server, worker = tmp_path / "server", tmp_path / "worker"
    with running(writing_its_id(server), writing_its_id(worker)) as serving:
        children = [wait_for(server), wait_for(worker)]

        serving.send_signal(told)

        assert serving.wait(20) == 0
    assert [is_alive(child) for child in children] == [False, False]


def test_when_one_process_fails_the_other_ends_too(tmp_path: Path) -> None:
    worker = tmp_path / "worker"
    with running([sys.executable, "-c", "raise SystemExit(3)"], writing_its_id(worker)) as serving:
        assert serving.wait(20) == 3
    assert not worker.exists() or not is_alive(int(worker.read_text()))


def test_what_a_process_had_started_ends_with_it(tmp_path: Path) -> None:
    orphan = tmp_path / "orphan"
    started = f"import subprocess, sys; subprocess.Popen({writing_its_id(orphan)!r}); {SLEEPER}"
    with running([sys.executable, "-c", started], [sys.executable, "-c", SLEEPER]) as serving:
        left = wait_for(orphan)

        serving.send_signal(signal.SIGTERM)

        assert serving.wait(20) == 0
    assert not is_alive(left)


def test_the_address_is_named_once_somebody_answers(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "healthz").write_text("ok")
    server = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "-d",
        str(tmp_path),
    ]
    with running(
        server, [sys.executable, "-c", SLEEPER], address=f"http://127.0.0.1:{port}"
    ) as serving:
        assert serving.stdout is not None
        told = [serving.stdout.readline(), serving.stdout.readline()]

        serving.send_signal(signal.SIGTERM)

    assert f"http://127.0.0.1:{port}" in "".join(told)


def test_a_port_in_use_is_named(sqlite_url: str) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {**os.environ, "ENGAGE_DEMO": "1", "ENGAGE_DATABASE_URL": sqlite_url}
        command = [
            sys.executable,
            "-m",
            "flask",
            "--app",
            "wsgi",
            "serve",
            "--port",
            str(port),
            "--no-demo",
        ]

        said = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    assert said.returncode == 2
    assert f"Port {port} is in use" in said.stderr
