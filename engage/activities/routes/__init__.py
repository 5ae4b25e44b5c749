"""The pages of activities, by who opens them."""

from __future__ import annotations

from engage.activities.routes import calendars, catalogue, dates, importing, organiser, places
from engage.activities.routes.blueprint import bp

__all__ = ["bp", "calendars", "catalogue", "dates", "importing", "organiser", "places"]
