"""Pages about rewards: the citizen's, the till's and the partner's desk."""

from __future__ import annotations

from engage.rewards.routes import citizen
from engage.rewards.routes.blueprints import rewards

__all__ = ["BLUEPRINTS", "citizen"]

BLUEPRINTS = (rewards,)
