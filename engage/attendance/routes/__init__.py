"""Pages of check-in: pass and record, what a scanned code opens, the organiser's door."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("attendance", __name__)

from engage.attendance.routes import (  # noqa: E402  # they add their views to the blueprint
    codes,
    correcting,
    day,
    door,
    hours,
    leaving,
    passes,
    record,
    scanner,
    screens,
    sheets,
)

__all__ = [
    "bp",
    "codes",
    "correcting",
    "day",
    "door",
    "hours",
    "leaving",
    "passes",
    "record",
    "scanner",
    "screens",
    "sheets",
]
