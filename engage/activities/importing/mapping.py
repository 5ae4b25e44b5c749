"""Which column of a file is what. Mappings are small TOML files; a city adds its own."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from engage.core.geography import CATEGORIES, FORMATS

SHIPPED = Path(__file__).parent.parent / "mappings"

#: What a column can hold.
COLUMNS = frozenset(
    {
        *("key", "title", "description", "start", "end", "day", "hours", "place", "address"),
        *("postcode", "town", "district", "capacity", "category", "contact", "organiser"),
        *("bring", "requirements", "minimum_age", "kind", "format", "end_day"),
    }
)


class MappingRefused(Exception):
    """A mapping file is wrong; the text names entry and cause."""


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How the columns of one kind of file are read.

    detect:     columns that all must be there for the file to be recognised.
    columns:    ours → theirs.
    categories: theirs → ours.
    unlimited:  numbers that mean “as many as come”.
    merges:     rows with one key are dates of one offer.
    period:     start and end are a period, not one date.
    dates_optional: offers without any date are taken, with a note.
    default_start, default_minutes: used with a note where a time or an end is missing.
    """

    name: str
    label: str = ""
    detect: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    kind: str = "volunteering"
    format: str = "other"
    category: str = "other"
    timezone: str = ""
    unlimited: tuple[int, ...] = ()
    merges: bool = False
    period: bool = False
    dates_optional: bool = False
    trusts_z: bool = True
    default_start: str = ""
    default_minutes: int = 0

    def fits(self, heading: Collection[str]) -> bool:
        return bool(self.detect) and set(self.detect) <= set(heading)


def load_mapping(path: Path) -> FileMapping:
    """Read and check a mapping. Raises MappingRefused naming what is wrong."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise MappingRefused(f"{path.name}: {reason}") from None
    given.setdefault("name", path.stem)
    names = {one.name for one in fields(FileMapping)}
    if unknown := sorted(set(given) - names):
        raise MappingRefused(f"{path.name}: unknown entry {unknown[0]}")
    if wrong := sorted(set(given.get("columns", {})) - COLUMNS):
        raise MappingRefused(f"{path.name}: columns.{wrong[0]} is nothing an offer has")
    _ensure_known(path, given)
    for name in ("detect", "unlimited"):
        given[name] = tuple(given.get(name, ()))
    return FileMapping(**given)


def _ensure_known(path: Path, given: Mapping[str, Any]) -> None:
    categories = {one.code for one in CATEGORIES}
    for code in (*given.get("categories", {}).values(), given.get("category", "other")):
        if code not in categories:
            raise MappingRefused(f"{path.name}: there is no category {code}")
    if given.get("format", "other") not in FORMATS:
        raise MappingRefused(f"{path.name}: there is no format {given['format']}")
    if given.get("kind", "volunteering") not in {"volunteering", "participation"}:
        raise MappingRefused(f"{path.name}: there is no kind {given['kind']}")


def list_shipped() -> list[FileMapping]:
    """The mappings that come with the product, those that ask for most first."""
    found = [load_mapping(path) for path in sorted(SHIPPED.glob("*.toml"))]
    return sorted(found, key=lambda one: -len(one.detect))


def find_mapping(heading: Collection[str]) -> FileMapping | None:
    """The mapping whose columns are all in the heading."""
    return next((one for one in list_shipped() if one.fits(heading)), None)
