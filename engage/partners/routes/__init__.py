"""The pages of a partner: application, branches, team."""

from __future__ import annotations

from engage.partners.routes import application, branches, team
from engage.partners.routes.blueprint import bp

__all__ = ["application", "bp", "branches", "team"]
