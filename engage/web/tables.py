"""Tables for spreadsheets: nothing in them is a formula, umlauts stay umlauts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

#: What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int


def safe(cell: Cell) -> Cell:
    """A cell that a spreadsheet shows and never computes; numbers are numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[Cell]], name: str) -> Response:
    """A table to keep, under this name, with a byte order mark for spreadsheets."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow(heads)
    table.writerows([safe(cell) for cell in row] for row in rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def euros(cents: int) -> str:
    """An amount as a column of a German spreadsheet reads it: "1250,00"."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100},{abs(cents) % 100:02d}"
