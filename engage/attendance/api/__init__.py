"""The HTTP API of check-in, hours and one's own record. Names and shapes are promised."""

from __future__ import annotations

from engage.web.api import blueprint

bp = blueprint("attendance")

from engage.attendance.api import door  # noqa: E402  # they put their routes on the blueprint

__all__ = ["bp", "door"]
