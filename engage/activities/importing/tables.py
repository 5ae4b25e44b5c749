"""Rows out of files: CSV in any usual encoding, Excel, JSON-LD and XML as flat names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook

from engage.activities.importing.entries import EMPTY_FILE, UNKNOWN_KIND, FileUnreadable

ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
DELIMITERS = ";,\t|"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: theirs, by the names of the heading.

    line:  as an editor counts it; of JSON and XML the number of the entry.
    spare: cells beyond the heading.
    """

    line: int
    cells: dict[str, str]
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A heading and the rows below it."""

    heading: tuple[str, ...]
    rows: list[Row]


def read_csv(content: bytes) -> Sheet:
    """CSV with its encoding and delimiter found out. Raises FileUnreadable."""
    text = _decode(content)
    if not text.strip():
        raise FileUnreadable(EMPTY_FILE)
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    heading: tuple[str, ...] = ()
    rows: list[Row] = []
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not heading:
                heading = tuple(cell.strip() for cell in cells)
                continue
            rows.append(_row(heading, cells, line))
    except csv.Error as reason:
        raise FileUnreadable(UNKNOWN_KIND) from reason
    return Sheet(heading, rows)


def _row(heading: tuple[str, ...], cells: list[str], line: int) -> Row:
    named = dict(zip(heading, cells, strict=False))
    spare = sum(1 for cell in cells[len(heading) :] if cell.strip())
    return Row(line, named, spare)


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable(UNKNOWN_KIND)


def read_xlsx(content: bytes) -> Sheet:
    """The first sheet of an Excel file. Raises FileUnreadable."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        lines = [[_cell(cell) for cell in line] for line in book.worksheets[0].values]
    except Exception as reason:  # the library raises whatever it meets in a broken archive
        raise FileUnreadable(UNKNOWN_KIND) from reason
    numbered = [(number, line) for number, line in enumerate(lines, 1) if any(line)]
    if not numbered:
        raise FileUnreadable(EMPTY_FILE)
    heading = tuple(cell.strip() for cell in numbered[0][1])
    return Sheet(heading, [_row(heading, line, number) for number, line in numbered[1:]])


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def read_json(content: bytes) -> Sheet:
    """A list of objects, or one with ``@graph``; nested names are joined by dots."""
    try:
        given = json.loads(_decode(content))
    except (ValueError, RecursionError) as reason:
        raise FileUnreadable(UNKNOWN_KIND) from reason
    if isinstance(given, dict):
        given = given.get("@graph", [given])
    if not isinstance(given, list):
        raise FileUnreadable(UNKNOWN_KIND)
    rows = [
        Row(number, dict(_flat("", one)))
        for number, one in enumerate(given, 1)
        if isinstance(one, dict)
    ]
    return _sheet(rows)


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else str(name), inside)
    elif isinstance(value, list):
        plain = [str(one) for one in value if isinstance(one, (str, int, float))]
        yield prefix, ", ".join(plain)
        if value and isinstance(value[0], dict):
            yield from _flat(prefix, value[0])
    else:
        yield prefix, "" if value is None else str(value)


def read_xml(content: bytes) -> Sheet:
    """The entries of a flat XML file. Entities and foreign files are refused."""
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as reason:
        raise FileUnreadable(UNKNOWN_KIND) from reason
    rows = [
        Row(number, {child.tag: "".join(child.itertext()) for child in entry})
        for number, entry in enumerate(root, 1)
    ]
    return _sheet(rows)


def _sheet(rows: list[Row]) -> Sheet:
    if not rows:
        raise FileUnreadable(EMPTY_FILE)
    heading = tuple(dict.fromkeys(name for row in rows for name in row.cells))
    return Sheet(heading, rows)
