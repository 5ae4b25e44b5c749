"""Amounts in euros as people write them, and as cents."""

from __future__ import annotations

import re

#: "2", "2,50", "2.50", "1.250,00".
_MONEY = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,6})(?:[.,](\d{1,2}))?")


def read_cents(text: str) -> int | None:
    """Cents of an amount in euros, with comma or point; None if it is none."""
    tidy = text.replace("€", "").replace("\u00a0", "").replace(" ", "").removesuffix("EUR")
    found = _MONEY.fullmatch(tidy)
    if found is None:
        return None
    return int(found[1].replace(".", "")) * 100 + int((found[2] or "0").ljust(2, "0"))


def write_cents(cents: int) -> str:
    """An amount for a field: "2,50"."""
    return f"{cents // 100},{cents % 100:02d}"
