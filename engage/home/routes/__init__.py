"""The first pages, what the city must say about itself, and the probes of an operator."""

from __future__ import annotations

from engage.home.routes import papers, probes, start
from engage.home.routes.blueprint import bp

__all__ = ["bp", "papers", "probes", "start"]
