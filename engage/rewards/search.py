"""What a visitor of the list of rewards asked for, read from the address of the page."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from engage.rewards.catalogue import After, Filter

ORDERS = ("points", "newest", "ending")
KINDS = ("points", "welcome", "good_cause", "event")
#: Costs that people can choose as the most they want to spend.
COSTS = (25, 50, 100)
#: The largest number that every database keeps in a column of points.
_LARGEST = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Search:
    """A search as the address says it. Whatever cannot be read counts as not given.

    affordable: only what the points at hand are enough for.
    near:       in the visitor's own district.
    """

    q: str = ""
    category: str = ""
    district: str = ""
    kind: str = ""
    partner: str = ""
    cost: str = ""
    order: str = ""
    affordable: bool = False
    near: bool = False
    step_free: bool = False
    families: bool = False
    last_chance: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Search:
        kind, cost, order = given.get("kind", ""), given.get("cost", ""), given.get("order", "")
        return cls(
            q=given.get("q", "").strip()[:100],
            category=given.get("category", "")[:40],
            district=given.get("district", "")[:60],
            kind=kind if kind in KINDS else "",
            partner=given.get("partner", "")[:80],
            cost=cost if cost in {str(one) for one in COSTS} else "",
            order=order if order in ORDERS[1:] else "",
            affordable=given.get("affordable") == "1",
            near=given.get("near") == "1",
            step_free=given.get("step_free") == "1",
            families=given.get("families") == "1",
            last_chance=given.get("last_chance") == "1",
        )

    def args(self, **changes: object) -> dict[str, str]:
        """The address of this search with some answers changed."""
        said = asdict(replace(self, **changes))  # type: ignore[arg-type]  # names of fields
        given = {name: value for name, value in said.items() if value}
        return {name: "1" if value is True else str(value) for name, value in given.items()}

    def count_filters(self) -> int:
        """How many answers of the form below the chips are set."""
        return len(self.args(affordable=False, near=False, families=False, last_chance=False))

    def wanted(self, balance: int | None, home: str | None) -> Filter:
        """The same as the catalogue understands it.

        balance: what the visitor can spend, None for a stranger · home: their own district
        """
        most = int(self.cost) if self.cost else None
        if self.affordable and balance is not None:
            most = min(balance, most) if most is not None else balance
        return Filter(
            words=self.q,
            category=self.category,
            district=self.district or ((home or "") if self.near else ""),
            kind=self.kind,
            partner=self.partner,
            most=most,
            step_free=self.step_free,
            in_stock=self.affordable,
            families=self.families,
            last_chance=self.last_chance,
            without_kind="" if self.kind else "welcome",
            reach=balance,
            order=self.order or "points",
        )


def write_cursor(after: After | None) -> str:
    """Where the next page begins, for an address; empty for the last page."""
    if after is None:
        return ""
    plain = json.dumps([one if isinstance(one, int) else str(one) for one in after])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(text: str, order: str) -> After | None:
    """None for an address that nobody got from us."""
    try:
        padded = text + "=" * (-len(text) % 4)
        given = json.loads(base64.urlsafe_b64decode(padded.encode()))
        if order in {"newest", "ending"}:
            at, last = given
            instant = datetime.fromisoformat(at)
            return (instant, uuid.UUID(last)) if instant.tzinfo else None
        rank, cost, last = given
        if not all(type(one) is int and 0 <= one <= _LARGEST for one in (rank, cost)):
            return None
        return rank, cost, uuid.UUID(last)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
