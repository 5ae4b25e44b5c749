"""The pages of the programme office."""

from __future__ import annotations

from engage.office.routes import bodies, desk, joinings, people, points, reviews
from engage.office.routes.blueprint import bp

__all__ = ["bodies", "bp", "desk", "joinings", "people", "points", "reviews"]
