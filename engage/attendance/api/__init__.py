"""The HTTP API of check-in, hours and one's own record. Names and shapes are promised."""

from __future__ import annotations

from engage.attendance.api import door, hours, me, roster
from engage.web.api import blueprint

bp = blueprint("attendance")
for part in (door, roster, me, hours):
    part.add_to(bp)
