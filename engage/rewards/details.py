"""What else an offer says, beyond its words and its price: the same for pages and the API."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Details:
    """Facts of a reward that most rewards leave empty; see ``models.Reward``."""

    picture: str | None = None
    picture_alt: str = ""
    daily_stock: int | None = None
    for_families: bool = False
    shown_until: datetime | None = None
    redeemable_from: datetime | None = None
    redeemable_until: datetime | None = None
    redeem_hours: str = ""
    event_starts_at: datetime | None = None
    event_ends_at: datetime | None = None
    event_place: str = ""
    own_codes: str = "none"


def details_of(row: Any) -> Details:
    return Details(**{one.name: getattr(row, one.name) for one in fields(Details)})
