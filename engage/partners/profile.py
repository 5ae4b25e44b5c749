"""What is told about a partner and its branches: for forms, imports and the service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """What the city and the public read about a partner."""

    name: str
    about: str = ""
    website: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A branch, as people find it."""

    name: str
    street: str = ""
    town: str = ""
    district_code: str | None = None
    opening_hours: str = ""
    accessibility_notes: str = ""
    step_free: bool = False
    accessible_toilet: bool = False
    disabled_parking: bool = False
    hearing_loop: bool = False
    hours: str = ""
