"""The pages of an organisation: application, profile, team."""

from __future__ import annotations

from engage.organisations.routes import application, team
from engage.organisations.routes.blueprint import bp

__all__ = ["application", "bp", "team"]
