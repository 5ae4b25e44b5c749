"""What forms hand to the service about an organisation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """What the city and the public read about an organisation."""

    name: str
    about: str = ""
    website: str = ""
    email: str = ""
    street: str = ""
    town: str = ""
    district_code: str | None = None
    legal_form: str = ""
