"""Rates through rounds, and two of them side by side."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.drive import Request, Result, drive

CLIENTS = 8

#: A handler: where its rates go, its port, and the requests of one round.
Side = tuple["Series", int, Callable[[], list[Request]]]


@dataclass
class Series:
    """Rates of one handler through the rounds, in requests a second.

    status: what each answer must be.
    """

    name: str
    status: int = 201
    rates: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)

    def add(self, result: Result) -> None:
        if result.failures:
            raise SystemExit(f"{self.name}: {result.failures[:3]}")
        self.rates.append(result.rate)
        self.slowest.append(result.p99_milliseconds)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    def __str__(self) -> str:
        low, high = min(self.rates), max(self.rates)
        p99 = statistics.median(self.slowest)
        return f"{self.name:34} {self.rate:8.0f} /s  ({low:.0f}-{high:.0f})   p99 {p99:5.1f} ms"


def compare(name: str, sides: tuple[Side, Side], rounds: int, of_what: str) -> float:
    """Drive both in turn; the ratio of their medians, the second by the first."""
    for number in range(rounds + 1):
        results = [drive(port, make(), CLIENTS, one.status) for one, port, make in sides]
        for (one, _, _), result in zip(sides, results, strict=True):
            if number:  # the first round warms up
                one.add(result)
    (first, *_), (second, *_) = sides
    ratio = second.rate / first.rate
    print(first, second, f"{name}: {ratio:.2f} {of_what}\n", sep="\n", flush=True)
    return ratio
