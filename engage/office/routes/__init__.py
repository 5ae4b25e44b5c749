"""The pages of the programme office."""

from __future__ import annotations

from engage.office.routes import (
    bodies,
    correcting,
    desk,
    disputes,
    joinings,
    people,
    points,
    reviews,
    rewards,
    terms,
)
from engage.office.routes.blueprint import bp

__all__ = [
    "bodies",
    "bp",
    "correcting",
    "desk",
    "disputes",
    "joinings",
    "people",
    "points",
    "reviews",
    "rewards",
    "terms",
]
