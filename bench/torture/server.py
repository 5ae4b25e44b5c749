"""The production server, as ``engage.serve`` starts it, that can be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from bench.servers import free_port, is_answering
from engage import serve

ROOT = Path(__file__).parents[2]
#: How long a start may take on a busy machine.
STARTS_WITHIN = 120.0


class Server:
    """Granian with its workers, and beside it the background worker."""

    def __init__(self, environment: Mapping[str, str], log: Path, workers: int = 2) -> None:
        self.port = free_port()
        self.kills = 0
        #: Seconds in which nobody answered, in all.
        self.away = 0.0
        self._environment = {**environment, "FLASK_APP": "wsgi"}
        self._log = log
        self._commands = (
            serve.server("127.0.0.1", self.port, workers),
            (*serve.FLASK, "worker"),
        )
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Server:
        self._start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
        self._kill()

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the same installation."""
        return subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def kill(self) -> None:
        """Every process at once, as when the power fails; then start again."""
        began = time.monotonic()
        self._kill()
        self.kills += 1
        self._start()
        self.away += time.monotonic() - began

    def _start(self) -> None:
        self._processes = [self._run(command) for command in self._commands]
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            if any(process.poll() is not None for process in self._processes):
                break
            if is_answering(self.port, patience=30):  # behind all who come back at once
                return
            time.sleep(0.1)
        self._kill()
        raise RuntimeError(f"The server did not start: {self._log.read_text()[-2000:]}")

    def _run(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own: killed with all that it started
            )

    def _kill(self) -> None:
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for process in self._processes:
            process.wait()
        self._processes = []
