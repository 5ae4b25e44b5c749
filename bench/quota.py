"""Holds a program and its children to a part of one core, by the kernel's own CPU quota."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Where the quota lives: version 1 has a tree for the processor alone, version 2 one for all.
VERSION_1, VERSION_2 = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
#: The kernel's own default, in microseconds: the quota of each period may be used at one go.
PERIOD = 100_000


class NoQuota(Exception):
    """This machine does not let us set a quota; the text says why."""


@dataclass(frozen=True, slots=True)
class Quota:
    """A group of processes. ``wrapper`` starts a program in it."""

    folder: Path
    wrapper: Path

    def hold(self, share: float) -> None:
        """From now on all of them together get this share of one core."""
        self._write(str(round(PERIOD * share)))

    def free(self) -> None:
        self._write("max" if self._is_new else "-1")

    def used_seconds(self) -> float:
        """Processor time that the group has used."""
        if self._is_new:
            fields = dict(line.split() for line in (self.folder / "cpu.stat").open())
            return int(fields["usage_usec"]) / 1e6
        pids = (self.folder / "cgroup.procs").read_text().split()
        return sum(_seconds_of(pid) for pid in pids)

    @property
    def _is_new(self) -> bool:
        return (self.folder / "cpu.max").exists()

    def _write(self, quota: str) -> None:
        if self._is_new:
            (self.folder / "cpu.max").write_text(f"{quota} {PERIOD}")
            return
        (self.folder / "cpu.cfs_period_us").write_text(str(PERIOD))
        (self.folder / "cpu.cfs_quota_us").write_text(quota)


def _seconds_of(pid: str) -> float:
    try:
        fields = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0  # ended meanwhile
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def quota_for(program: str, folder: Path) -> Iterator[Quota]:
    """A new group and a script that starts the program in it; both end with the block.

    Raises NoQuota.
    """
    parent = VERSION_1 if VERSION_1.exists() else VERSION_2
    group = parent / f"engage-bench-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as refused:
        raise NoQuota(f"{group}: {refused.strerror}") from refused
    if not any((group / name).exists() for name in ("cpu.max", "cpu.cfs_quota_us")):
        group.rmdir()
        raise NoQuota(f"{parent} controls no processor time")
    wrapper = folder / "held"
    wrapper.write_text(
        f"#!/bin/sh\necho $$ > {shlex.quote(str(group))}/cgroup.procs\n"
        f'exec {shlex.quote(program)} "$@"\n'
    )
    wrapper.chmod(0o755)
    try:
        yield Quota(group, wrapper)
    finally:
        _remove(group)


def _remove(group: Path) -> None:
    """A group can go once its last process has; a browser takes a moment to end."""
    for _ in range(100):
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.1)
        else:
            return
