"""Pages about devices: pairing this browser, and an organisation's scanners."""

from __future__ import annotations

from engage.devices.routes import leaving, organiser, pairing, partner
from engage.devices.routes.blueprint import bp

__all__ = ["bp", "leaving", "organiser", "pairing", "partner"]
