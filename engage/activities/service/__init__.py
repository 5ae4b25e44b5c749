"""What citizens and organisers do with activities. Import all of it from here."""

from __future__ import annotations

from engage.activities.drafts import DateDraft, Details, OccurrenceChange
from engage.activities.service.budgets import estimate, list_unreleased, release_unused, set_aside
from engage.activities.service.changes import (
    cancel_occurrence,
    change_occurrence,
    remove_person,
)
from engage.activities.service.files import get_file, keep_file, use_file
from engage.activities.service.letters import TAKE_PLACE, facts_of
from engage.activities.service.offering import (
    archive,
    copy,
    publish,
    remove_draft,
    take_back,
    take_up_again,
)
from engage.activities.service.registration import (
    accept_offer,
    leave,
    leave_all,
    move_registrations,
    promote,
    register,
    take_offer,
)
from engage.activities.service.writing import (
    add_date,
    add_dates,
    add_series,
    close_calendar,
    details_of,
    draft,
    extend_series,
    mark,
    new_occurrence,
    open_calendar,
    unmark,
    write,
)

__all__ = [
    "TAKE_PLACE",
    "DateDraft",
    "Details",
    "OccurrenceChange",
    "accept_offer",
    "add_date",
    "add_dates",
    "add_series",
    "archive",
    "cancel_occurrence",
    "change_occurrence",
    "close_calendar",
    "copy",
    "details_of",
    "draft",
    "estimate",
    "extend_series",
    "facts_of",
    "get_file",
    "keep_file",
    "leave",
    "leave_all",
    "list_unreleased",
    "mark",
    "move_registrations",
    "new_occurrence",
    "open_calendar",
    "promote",
    "publish",
    "register",
    "release_unused",
    "remove_draft",
    "remove_person",
    "set_aside",
    "take_back",
    "take_offer",
    "take_up_again",
    "unmark",
    "use_file",
    "write",
]
