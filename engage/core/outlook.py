"""What the office keeps an eye on: budgets, points owed, partners. Rules SET-6 to SET-8."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

#: From this share of a budget on office and partner are told (SET-6).
BUDGET_WARN_PERCENT = 80

#: Complete months that a forecast looks back (SET-7).
LOOKS_BACK = 6

#: Nothing is said about a partner with fewer people than this (SET-8).
LEAST_PEOPLE = 5

#: A person who redeems at one partner this often within the days looked at counts as a regular.
REGULAR_FROM = 5


class BudgetState(StrEnum):
    """How far a partner's budget of the year is used."""

    UNLIMITED = "unlimited"
    OPEN = "open"
    NEAR = "near"
    USED = "used"


def budget_state(taken: int, budget: int | None) -> BudgetState:
    """taken: points redeemed and reserved in the year (SET-6)."""
    if budget is None:
        return BudgetState.UNLIMITED
    if taken >= budget:
        return BudgetState.USED
    near = taken * 100 >= budget * BUDGET_WARN_PERCENT
    return BudgetState.NEAR if near else BudgetState.OPEN


@dataclass(frozen=True, slots=True)
class Flow:
    """Points of one month: what came to citizens, what they spent, what grew too old."""

    earned: int
    redeemed: int
    expired: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """An ordinary month, and how long things last if every month is one (SET-7).

    months:     complete months it was made from; 0 makes no forecast.
    cover:      months until the rewards in stock are gone; None if nothing is redeemed.
    until_paid: months until all points that are out now would be redeemed.
    """

    months: int
    earned: int
    redeemed: int
    expired: int
    cover: float | None
    until_paid: float | None

    @property
    def grows_by(self) -> int:
        """Points that are out more after an ordinary month than before it."""
        return self.earned - self.redeemed - self.expired


def forecast(flows: Sequence[Flow], outstanding: int, in_stock: int) -> Forecast:
    """The average of the last complete months, carried on (SET-7).

    flows: complete months, the oldest first; months before the first movement are left out.
    """
    began = next((n for n, one in enumerate(flows) if one.earned or one.redeemed), len(flows))
    seen = flows[began:][-LOOKS_BACK:]
    if not seen:
        return Forecast(0, 0, 0, 0, None, None)
    earned, redeemed, expired = (
        _average(values)
        for values in zip(*((one.earned, one.redeemed, one.expired) for one in seen), strict=True)
    )
    return Forecast(
        len(seen),
        earned,
        redeemed,
        expired,
        in_stock / redeemed if redeemed > 0 else None,
        outstanding / redeemed if redeemed > 0 else None,
    )


def _average(values: Iterable[int]) -> int:
    listed = list(values)
    return round(sum(listed) / len(listed))


class Sign(StrEnum):
    """A published reason to look at a partner; there are no others (SET-8)."""

    REGULARS = "regulars"
    OUTSIDE_HOURS = "outside_hours"
    UNDONE = "undone"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Seen:
    """What happened at a partner in the days looked at, without anybody's name.

    by_regulars:   redemptions of people who redeemed there `REGULAR_FROM` times or more.
    with_hours:    redemptions at branches whose opening hours are known.
    outside_hours: of those, outside of the hours.
    """

    people: int
    redemptions: int
    by_regulars: int = 0
    with_hours: int = 0
    outside_hours: int = 0
    undone: int = 0
    disputed: int = 0


def signs_of(seen: Seen) -> tuple[Sign, ...]:
    """Why to look at a partner; nothing about fewer than five people (SET-8).

    Over half of all by regulars, or a tenth and at least five outside the opening hours, or a
    tenth and at least five undone, or a fiftieth and at least two disputed.
    """
    if seen.people < LEAST_PEOPLE:
        return ()
    found = (
        (Sign.REGULARS, 2 * seen.by_regulars > seen.redemptions),
        (
            Sign.OUTSIDE_HOURS,
            seen.outside_hours >= 5 and 10 * seen.outside_hours >= seen.with_hours,
        ),
        (Sign.UNDONE, seen.undone >= 5 and 10 * seen.undone >= seen.redemptions),
        (Sign.DISPUTED, seen.disputed >= 2 and 50 * seen.disputed >= seen.redemptions),
    )
    return tuple(sign for sign, is_so in found if is_so)
