"""Waits until the test run is over, then stops its PostgreSQL and removes its folder.

Started by tests.databases with a pipe as standard input. The pipe closes when the run ends, also
when it is killed, so that no cluster stays behind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def main(run: Path) -> None:
    sys.stdin.buffer.read()
    started_by = run / "pg_ctl"
    if started_by.exists():
        owner = (
            {"user": "postgres", "group": "postgres", "extra_groups": []}
            if os.geteuid() == 0
            else {}
        )
        stop = [started_by.read_text(), "-D", str(run / "pgdata"), "-m", "immediate", "-w", "stop"]
        subprocess.run(stop, cwd="/", check=False, capture_output=True, **owner)  # type: ignore[call-overload]  # the owner's keywords depend on who runs this
    shutil.rmtree(run, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
