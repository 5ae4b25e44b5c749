"""A month of a partner as it is read, printed and written into a table. Never a person (SET-5)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from engage.core.settlement import amount_cents, share_cents
from engage.settlement.models import Statement


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer of a month, without the person behind it.

    points:      below zero for what was taken back.
    redeemed_at: when the reward had been handed over.
    """

    transfer_id: uuid.UUID
    posted_at: datetime
    redeemed_at: datetime | None
    reward_id: uuid.UUID
    title: str
    branch: str
    points: int
    rate: int

    @property
    def is_undone(self) -> bool:
        return self.points < 0

    def is_of_earlier(self, start: datetime) -> bool:
        """Whether it corrects, or comes late from, a month before this one."""
        return self.redeemed_at is not None and self.redeemed_at < start


@dataclass(frozen=True, slots=True)
class Row:
    """A reward in a month; ``undone`` and ``undone_points`` are parts of what was given."""

    title: str
    count: int
    given_points: int
    undone: int
    undone_points: int
    rate: int
    cents: int

    @property
    def points(self) -> int:
        return self.given_points - self.undone_points


@dataclass(frozen=True, slots=True)
class Correction:
    """A line about an earlier month, with the day it was handed over."""

    title: str
    posted_at: datetime
    redeemed_at: datetime
    points: int
    rate: int
    cents: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a partner as it is read, printed and written into a table.

    statement: None while the month is open, and everything is a preview.
    free:      what was given for no points, by title; it moves no money.
    """

    partner_id: uuid.UUID
    partner_name: str
    partner_slug: str
    month: date
    rate: int
    rows: list[Row]
    corrections: list[Correction]
    lines: list[Line]
    free: list[tuple[str, int]] = field(default_factory=list)
    statement: Statement | None = None

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)

    @property
    def cents(self) -> int:
        return amount_cents((line.points, line.rate) for line in self.lines)

    @property
    def count(self) -> int:
        return sum(not line.is_undone for line in self.lines)

    @property
    def undone(self) -> int:
        return sum(line.is_undone for line in self.lines)


def sorted_out(lines: list[Line], start: datetime) -> tuple[list[Row], list[Correction]]:
    """Rewards of the month by title, and what is about an earlier month, line by line.

    The amounts of all of them add up to the amount of the month (SET-3).
    """
    groups: dict[tuple[str, uuid.UUID, int], list[Line]] = defaultdict(list)
    earlier: list[Line] = []
    for line in lines:
        if line.is_of_earlier(start):
            earlier.append(line)
        else:
            groups[line.title, line.reward_id, line.rate].append(line)
    keys = sorted(groups, key=lambda key: (key[0], str(key[1]), key[2]))
    parts = [(sum(line.points for line in groups[key]), key[2]) for key in keys]
    shares = share_cents([*parts, *((line.points, line.rate) for line in earlier)])
    rows = [_row(key, groups[key], cents) for key, cents in zip(keys, shares, strict=False)]
    corrections = [
        Correction(
            line.title,
            line.posted_at,
            line.redeemed_at or line.posted_at,
            line.points,
            line.rate,
            cents,
        )
        for line, cents in zip(earlier, shares[len(keys) :], strict=True)
    ]
    return rows, corrections


def _row(key: tuple[str, uuid.UUID, int], lines: Iterable[Line], cents: int) -> Row:
    given = [line.points for line in lines if not line.is_undone]
    undone = [-line.points for line in lines if line.is_undone]
    return Row(key[0], len(given), sum(given), len(undone), sum(undone), key[2], cents)
