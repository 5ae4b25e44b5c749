"""What this city is: its districts, for lists and filters."""

from __future__ import annotations

from engage.core.geography import DORTMUND, District
from engage.web.context import settings


def list_districts() -> tuple[District, ...]:
    """The districts of the settings, else the shipped ones."""
    given = tuple(District(code, name) for code, name in settings().city.districts)
    return given or DORTMUND


def district_choices() -> list[tuple[str, str]]:
    """Code and name, for a form."""
    return [(one.code, one.name) for one in list_districts()]
