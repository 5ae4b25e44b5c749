"""The lists a city brings: districts, formats, categories, accessibility. Rules GEO-1 to GEO-3.

Codes are stable and stand in addresses, files and figures; names are shown. These are
Dortmund's; another city gives its own districts and adds formats in its settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engage.core.activities import Kind
from engage.core.errors import N_


@dataclass(frozen=True, slots=True)
class District:
    """A part of the city, for aggregated figures and for finding something near."""

    code: str
    name: str


#: The 12 Stadtbezirke of Dortmund; names are proper names and are not translated.
DORTMUND: tuple[District, ...] = (
    District("innenstadt-west", "Innenstadt-West"),
    District("innenstadt-nord", "Innenstadt-Nord"),
    District("innenstadt-ost", "Innenstadt-Ost"),
    District("eving", "Eving"),
    District("scharnhorst", "Scharnhorst"),
    District("brackel", "Brackel"),
    District("aplerbeck", "Aplerbeck"),
    District("hoerde", "Hörde"),
    District("hombruch", "Hombruch"),
    District("luetgendortmund", "Lütgendortmund"),
    District("huckarde", "Huckarde"),
    District("mengede", "Mengede"),
)

#: What a citizen does, by kind.
KINDS: Mapping[str, str] = {
    Kind.VOLUNTEERING.value: N_("Help out"),
    Kind.PARTICIPATION.value: N_("Have a say"),
}

#: How an activity is held. A city can add formats.
FORMATS: Mapping[str, str] = {
    "shift": N_("Shift"),
    "project": N_("Project"),
    "pop_up_park": N_("Pop-up park"),
    "workshop": N_("Innovation workshop"),
    "expert_team": N_("Expert team"),
    "dialogue": N_("Citizens' dialogue"),
    "training": N_("Training"),
    "other": N_("Other"),
}


@dataclass(frozen=True, slots=True)
class Category:
    """What an activity is about.

    sensitive: a person's link to it reveals religion, health, politics or orientation
               and never leaves their own pages (GEO-3).
    """

    code: str
    name: str
    sensitive: bool = False


CATEGORIES: tuple[Category, ...] = (
    Category("nature", N_("Nature and climate")),
    Category("neighbourhood", N_("Neighbourhood")),
    Category("children", N_("Children and young people")),
    Category("seniors", N_("Older people")),
    Category("education", N_("Education and reading")),
    Category("sport", N_("Sport")),
    Category("culture", N_("Culture")),
    Category("animals", N_("Animals")),
    Category("repair", N_("Repairing and sharing")),
    Category("digital", N_("Digital help")),
    Category("rescue", N_("Rescue and civil protection")),
    Category("food", N_("Food and meals")),
    Category("city_life", N_("Shaping the city")),
    Category("arrival", N_("Arriving and languages")),
    Category("health", N_("Health and care"), sensitive=True),
    Category("inclusion", N_("Disability and inclusion"), sensitive=True),
    Category("religion", N_("Faith and religion"), sensitive=True),
    Category("politics", N_("Politics"), sensitive=True),
    Category("queer", N_("Queer life"), sensitive=True),
    Category("other", N_("Other")),
)

#: What helps people to come, as an organiser can tick it.
ACCESSIBILITY: Mapping[str, str] = {
    "step_free": N_("Step-free"),
    "wheelchair_toilet": N_("Toilet for wheelchair users"),
    "seating": N_("Can be done sitting down"),
    "easy_language": N_("Little German needed"),
    "sign_language": N_("Sign language"),
    "hearing_loop": N_("Hearing loop"),
    "quiet_place": N_("Quiet place to withdraw"),
    "guide_dog": N_("Assistance dogs welcome"),
    "child_friendly": N_("Children can come along"),
}

#: The codes of categories that are shown on a person's own pages alone (GEO-3).
SENSITIVE = frozenset(one.code for one in CATEGORIES if one.sensitive)

_SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def code_from_name(name: str) -> str:
    """The code of a district from its name, however it is written (GEO-1)."""
    letters = name.strip().lower().translate(_SPELLINGS)
    return "-".join("".join(c if c.isalnum() else " " for c in letters).split())


def find_district(name: str, districts: tuple[District, ...] = DORTMUND) -> District | None:
    """A district by name or code, for imports and forms; None if the city has no such (GEO-1)."""
    wanted = code_from_name(name)
    return next((one for one in districts if wanted in (one.code, code_from_name(one.name))), None)
