"""What happens to rewards and reservations. Other features call these; the files hold the how."""

from __future__ import annotations

from engage.rewards.callers import ByMember, ByToken, Caller, Till, admit
from engage.rewards.cards import CardUse, redeem_with_card
from engage.rewards.giving import give
from engage.rewards.redeeming import redeem, undo
from engage.rewards.reserving import dispute, extend, reserve
from engage.rewards.returning import (
    Returned,
    cancel,
    cancel_all_of_partner,
    cancel_all_of_person,
    expire_due,
    free_points,
)

__all__ = [
    "ByMember",
    "ByToken",
    "Caller",
    "CardUse",
    "Returned",
    "Till",
    "admit",
    "cancel",
    "cancel_all_of_partner",
    "cancel_all_of_person",
    "dispute",
    "expire_due",
    "extend",
    "free_points",
    "give",
    "redeem",
    "redeem_with_card",
    "reserve",
    "undo",
]
