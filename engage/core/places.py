"""Places at a date: who has one, and who gets one at the door. Rules ACT-1 to ACT-4."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Places of people who have not come are free this long after the start (ACT-3).
HELD = timedelta(minutes=15)


class Registration(StrEnum):
    """A citizen's place at a date."""

    REGISTERED = "registered"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Places:
    """How full a date is. Counts are of people, checked in or not.

    capacity:        None for as many as come.
    registered:      people with a place, present or not.
    present:         people checked in, however they came.
    present_registered: those of them that have a place.
    waitlisted:      people on the waiting list who are not checked in.
    """

    capacity: int | None = None
    registered: int = 0
    present: int = 0
    present_registered: int = 0
    waitlisted: int = 0

    def free_to_register(self) -> int | None:
        """Places that can still be given beforehand; None without a capacity (ACT-1)."""
        if self.capacity is None:
            return None
        return max(0, self.capacity - self.registered)

    def free_at_door(self, starts_at: datetime, at: datetime) -> int | None:
        """Places for people without one; held ones count as free 15 minutes in (ACT-3)."""
        if self.capacity is None:
            return None
        coming = self.registered - self.present_registered
        held = coming if at < starts_at + HELD else 0
        return max(0, self.capacity - self.present - held)

    def has_room_at_door(
        self, starts_at: datetime, at: datetime, *, on_waiting_list: bool = False
    ) -> bool:
        """Whether a person without a place may come in now.

        The waiting list goes first: until held places are free, other walk-ins need
        one place more than there are people waiting (ACT-4).
        """
        free = self.free_at_door(starts_at, at)
        if free is None:
            return True
        first = on_waiting_list or at >= starts_at + HELD
        return free > (0 if first else self.waitlisted)

    def freed_at(self, starts_at: datetime, at: datetime) -> datetime | None:
        """When held places become free, if waiting can help."""
        coming = self.registered - self.present_registered
        freed = starts_at + HELD
        return freed if at < freed and coming > 0 else None
