"""Questions about who was there. Import all of them from here."""

from __future__ import annotations

from engage.attendance.queries.board import (
    BoardDevice,
    ReasonCount,
    count_refusals,
    list_board_devices,
)
from engage.attendance.queries.door import (
    HITS,
    LETTERS,
    DoorDevice,
    Participant,
    Refusal,
    find_device_owner,
    find_last_scan,
    find_participant,
    find_scan,
    list_devices,
    list_participants,
    list_refusals,
    note_hits,
    search_people,
)
from engage.attendance.queries.open_ends import OpenEnds, list_open_ends
from engage.attendance.queries.places import (
    HeadCount,
    Place,
    count_people,
    count_self_checked_in,
    get_managed_place,
    get_place,
    list_running,
)
from engage.attendance.queries.record import (
    Attended,
    find_live,
    get_attendance,
    get_own_attendance,
    has_verified_attendance,
    list_attendances,
    list_unrecorded,
)
from engage.attendance.queries.roster import (
    Listed,
    list_on_rosters,
    list_roster,
    list_roster_changes,
    roster_version,
)

__all__ = [
    "HITS",
    "LETTERS",
    "Attended",
    "BoardDevice",
    "DoorDevice",
    "HeadCount",
    "Listed",
    "OpenEnds",
    "Participant",
    "Place",
    "ReasonCount",
    "Refusal",
    "count_people",
    "count_refusals",
    "count_self_checked_in",
    "find_device_owner",
    "find_last_scan",
    "find_live",
    "find_participant",
    "find_scan",
    "get_attendance",
    "get_managed_place",
    "get_own_attendance",
    "get_place",
    "has_verified_attendance",
    "list_attendances",
    "list_board_devices",
    "list_devices",
    "list_on_rosters",
    "list_open_ends",
    "list_participants",
    "list_refusals",
    "list_roster",
    "list_roster_changes",
    "list_running",
    "list_unrecorded",
    "note_hits",
    "roster_version",
    "search_people",
]
