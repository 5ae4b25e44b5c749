"""The blueprints of the pages about rewards: one for each audience."""

from __future__ import annotations

from flask import Blueprint

#: For citizens: what is on offer, and their own redemptions.
rewards = Blueprint("rewards", __name__)

#: For whoever stands at a till: a member of the partner, or a paired device.
till = Blueprint("till", __name__)

#: For a partner's managers: their rewards and what was redeemed.
offers = Blueprint("offers", __name__)
