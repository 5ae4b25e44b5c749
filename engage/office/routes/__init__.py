"""The pages of the programme office."""

from __future__ import annotations

from engage.office.routes import (
    bodies,
    correcting,
    desk,
    joinings,
    people,
    points,
    reviews,
    rewards,
)
from engage.office.routes.blueprint import bp

__all__ = [
    "bodies",
    "bp",
    "correcting",
    "desk",
    "joinings",
    "people",
    "points",
    "reviews",
    "rewards",
]
