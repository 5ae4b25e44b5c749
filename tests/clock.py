"""The clock of the tests: it stands at noon until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

#: A Saturday in May, summer time in Dortmund: 14:00 there.
NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that the test moves by hand; the application reads it by calling it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self, zone: tzinfo | None = UTC) -> datetime:
        return self.now.astimezone(zone)

    def advance(self, step: timedelta) -> datetime:
        """Let time pass, also backwards; returns the new now."""
        self.now += step
        return self.now
