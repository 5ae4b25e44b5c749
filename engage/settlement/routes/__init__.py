"""Pages about money: the office's, and each partner's own."""

from __future__ import annotations

from engage.settlement.routes import causes as _causes
from engage.settlement.routes import office as _office
from engage.settlement.routes import partner as _partner
from engage.settlement.routes import watching as _watching
from engage.settlement.routes.blueprint import bp

__all__ = ["_causes", "_office", "_partner", "_watching", "bp"]
