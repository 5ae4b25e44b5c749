"""One file in, entries out: which kind of file it is, and which mapping it needs."""

from __future__ import annotations

from engage.activities.importing.entries import NO_HEADING, FileUnreadable, Found
from engage.activities.importing.ical import read_ical
from engage.activities.importing.mapping import FileMapping, find_mapping, list_shipped
from engage.activities.importing.rows import City, read_rows
from engage.activities.importing.tables import (
    Sheet,
    read_csv,
    read_json,
    read_xlsx,
    read_xml,
)

#: The mapping of calendar files, which have no heading.
CALENDAR = "ics"


def read_file(content: bytes, city: City, mapping: FileMapping | None = None) -> tuple[str, Found]:
    """The entries and refusals of a file, and the name of the mapping that read it.

    mapping: None to find it by the heading.

    Raises FileUnreadable.
    """
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
    if start.upper().startswith((b"BEGIN:VCALENDAR", b"BEGIN:VEVENT")):
        chosen = mapping or next(one for one in list_shipped() if one.name == CALENDAR)
        return chosen.name, read_ical(content, chosen, city)
    sheet = _sheet(content, start)
    chosen_mapping = mapping or find_mapping(sheet.heading)
    if chosen_mapping is None:
        raise FileUnreadable(NO_HEADING)
    return chosen_mapping.name, read_rows(sheet, chosen_mapping, city)


def _sheet(content: bytes, start: bytes) -> Sheet:
    if start.startswith(b"PK\x03\x04"):
        return read_xlsx(content)
    if start.startswith((b"{", b"[")):
        return read_json(content)
    if start.startswith(b"<"):
        return read_xml(content)
    return read_csv(content)
