"""A door whose device is a real browser, killed with everything that belongs to it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from bench.torture.door_crowd import Door, Visit


class BrowserDoor(Door):
    """The page of the scanner in Chromium. What is known of it is what its screen shows."""

    program: ClassVar[str] = "bench.torture.door_browser"

    def prepare(self) -> None:
        """Once, as people do who set a scanner up: it has the list, and opens without a network."""
        if self.tell({"do": "prepare"}) is None:
            raise RuntimeError(f"the browser at door {self.number} did not open its page")

    def is_ready(self) -> bool:
        """Its page is open, which takes a moment after its browser was killed."""
        return self.count_waiting() >= 0

    def hand_over(self) -> None:
        if self.tell({"do": "hand over"}) is None:
            raise RuntimeError(f"the browser at door {self.number} cannot read what it stored")

    def _slay(self) -> None:
        """As when a battery is empty: the browser's processes first, nobody says goodbye."""
        for number in _processes_of(self.folder / "profile"):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        super()._slay()

    def _annulment(self, visit: Visit) -> dict[str, Any] | None:
        """By the name in the list of this device, where it stands if it was the last but seven."""
        if visit.visitor is None:
            return None
        return {"do": "annul", "person": visit.person, "name": visit.visitor.name}


def _processes_of(profile: Path) -> list[int]:
    """Every process that was started with this profile."""
    mark = f"--user-data-dir={profile}".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (place / "cmdline").read_bytes().split(b"\0"):
                found.append(int(place.name))
    return found
