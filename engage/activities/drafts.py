"""What forms and files hand to the services: an activity's words, a date, a changed date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engage.core.points import PointsRule


@dataclass(frozen=True, slots=True)
class Details:
    """What is offered, without its dates. Texts are plain, paragraphs by empty lines.

    points_rule:    None for the city's rule of the kind.
    uses_check_out: only then the time present counts.
    """

    title: str
    kind: str
    format: str
    category: str = "other"
    description: str = ""
    accessibility_notes: str = ""
    step_free: bool = False
    little_german: bool = False
    bring: str = ""
    requirements: str = ""
    insurance: str = ""
    contact: str = ""
    minimum_age: int = 0
    points_rule: dict[str, Any] | None = None
    uses_check_out: bool = False

    def __post_init__(self) -> None:
        if self.points_rule is not None:
            PointsRule.from_json(self.points_rule)  # a wrong rule is a bug of the caller


@dataclass(frozen=True, slots=True)
class DateDraft:
    """When and where, and for how many.

    expected: how many come where there is no capacity; the budget needs it.
    """

    starts_at: datetime
    ends_at: datetime
    place: str = ""
    address: str = ""
    district_code: str | None = None
    timezone: str = "Europe/Berlin"
    capacity: int | None = None
    expected: int | None = None
    has_waiting_list: bool = True
    walk_ins: bool = True
    opens_minutes: int = 60
    closes_minutes: int = 60
    source_key: str | None = field(default=None)


@dataclass(frozen=True, slots=True)
class OccurrenceChange:
    """A date as it shall be from now on."""

    starts_at: datetime
    ends_at: datetime
    place: str
    address: str
    district_code: str | None
    capacity: int | None
    expected: int | None
    has_waiting_list: bool
    walk_ins: bool
    opens_minutes: int = 60
    closes_minutes: int = 60
