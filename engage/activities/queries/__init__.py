"""Questions about activities, their dates, and who holds a place. Import all of them from here."""

from __future__ import annotations

from engage.activities.queries.catalogue import (
    Cursor,
    Offer,
    Wish,
    count_upcoming,
    list_favourites,
    list_upcoming,
)
from engage.activities.queries.managed import (
    OwnActivity,
    get_own_activity,
    get_own_occurrence,
    list_own_activities,
    list_own_dates,
)
from engage.activities.queries.occurrences import (
    find_next_occurrences,
    get_activity,
    get_managed_occurrence,
    get_occurrence,
    get_public_activity,
    has_attendances,
    is_present,
    list_occurrences,
    sum_attended_points,
)
from engage.activities.queries.places import (
    OpenDate,
    Place,
    count_waiting,
    find_feed_person,
    find_feed_token,
    find_person_places,
    find_registration,
    find_states,
    list_dates,
    list_past_places,
    list_registered,
    list_waiting,
    position_of,
)
from engage.activities.queries.worth import Worths, worths

__all__ = [
    "Cursor",
    "Offer",
    "OpenDate",
    "OwnActivity",
    "Place",
    "Wish",
    "Worths",
    "count_upcoming",
    "count_waiting",
    "find_feed_person",
    "find_feed_token",
    "find_next_occurrences",
    "find_person_places",
    "find_registration",
    "find_states",
    "get_activity",
    "get_managed_occurrence",
    "get_occurrence",
    "get_own_activity",
    "get_own_occurrence",
    "get_public_activity",
    "has_attendances",
    "is_present",
    "list_dates",
    "list_favourites",
    "list_occurrences",
    "list_own_activities",
    "list_own_dates",
    "list_past_places",
    "list_registered",
    "list_upcoming",
    "list_waiting",
    "position_of",
    "sum_attended_points",
    "worths",
]
