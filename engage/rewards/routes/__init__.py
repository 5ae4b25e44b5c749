"""Pages about rewards: the citizen's, the till's and the partner's desk."""

from __future__ import annotations

from engage.rewards.routes import citizen, codes, desk, pictures, shelf, till
from engage.rewards.routes import offers as offer_pages
from engage.rewards.routes.blueprints import offers as offers_bp
from engage.rewards.routes.blueprints import rewards as rewards_bp
from engage.rewards.routes.blueprints import till as till_bp

__all__ = ["BLUEPRINTS", "citizen", "codes", "desk", "offer_pages", "pictures", "shelf", "till"]

BLUEPRINTS = (rewards_bp, till_bp, offers_bp)
