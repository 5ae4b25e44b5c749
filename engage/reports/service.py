"""Freeze a month when it closes, and say what of it may be published."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from engage.core.fairness import merge_small_cells
from engage.core.periods import add_months
from engage.reports import queries
from engage.reports.models import MonthlyFigure
from engage.reports.queries import ALL, EVERYWHERE
from engage.storage.base import new_id
from engage.storage.engine import zone_of

#: A group that stands for several small ones.
REST = "rest"


@dataclass(frozen=True, slots=True)
class Line:
    """A published figure. ``name`` is a month, a code, or REST for small groups together."""

    name: date | str
    engagements: int
    minutes: int
    points: int


@dataclass(frozen=True, slots=True)
class Published:
    """What everybody may see of a year: closed months only, no group under five people."""

    year: int
    months: list[Line]
    kinds: list[Line]
    districts: list[Line]
    total: Line
    redeemed: int


def freeze_month(session: Session, month: date, now: datetime) -> int:
    """Write the figures of a closed month down, once; returns how many cells.

    month: its first day. What is corrected later does not change it.
    """
    if queries.is_frozen(session, month):
        return 0
    rows = [
        _figure(month, what, cell, amount, now)
        for cell in queries.list_cells(session, month)
        for what, amount in (
            ("engagements", cell.engagements),
            ("minutes", cell.minutes),
            ("points_issued", cell.points),
        )
    ]
    points, people, _where = queries.redeemed_in(session, month, zone_of(session))
    cell = queries.Cell(ALL, EVERYWHERE, 0, 0, 0, people)
    rows.append(_figure(month, "points_redeemed", cell, points, now))
    session.add_all(rows)
    return len(rows)


def _figure(
    month: date, what: str, cell: queries.Cell, amount: int, now: datetime
) -> MonthlyFigure:
    return MonthlyFigure(
        id=new_id(),
        month=month,
        what=what,
        kind=cell.kind,
        district_code=cell.district,
        amount=amount,
        people=cell.people,
        frozen_at=now,
    )


def list_unfrozen(session: Session, now: datetime) -> list[date]:
    """Closed months without figures, oldest first."""
    month, last = queries.first_month(session), queries.last_closed(now, zone_of(session))
    found = []
    while month is not None and month <= last:
        if not queries.is_frozen(session, month):
            found.append(month)
        month = add_months(month, 1)
    return found


def publish(session: Session, year: int) -> Published:
    """The public figures of a year, from its frozen months.

    A group counts as large enough if one of its months had five people: the year has at least
    as many. Source: FAI-4.
    """
    rows = queries.list_frozen(session, year)
    whole = [row for row in rows if row.kind == ALL and row.district_code == EVERYWHERE]
    kinds = [row for row in rows if row.kind != ALL and row.district_code == EVERYWHERE]
    districts = [row for row in rows if row.kind == ALL and row.district_code != EVERYWHERE]
    months = _lines([row for row in whole if row.what != "points_redeemed"], lambda row: row.month)
    return Published(
        year=year,
        months=sorted(months, key=lambda line: str(line.name)),
        kinds=_lines(kinds, lambda row: row.kind),
        districts=sorted(
            _lines(districts, lambda row: row.district_code),
            key=lambda line: (line.name == REST, -line.minutes),
        ),
        total=_sum(ALL, whole),
        redeemed=sum(row.amount for row in whole if row.what == "points_redeemed"),
    )


def _lines(rows: list[MonthlyFigure], key: Callable[[MonthlyFigure], date | str]) -> list[Line]:
    groups: dict[str, list[MonthlyFigure]] = {}
    names: dict[str, date | str] = {}
    for row in rows:
        groups.setdefault(str(key(row)), []).append(row)
        names[str(key(row))] = key(row)
    people = {name: max(row.people for row in group) for name, group in groups.items()}
    merged = merge_small_cells(people)
    lines = [_sum(names[name], groups[name]) for name in merged.cells]
    if merged.merged and merged.rest is not None:
        small = [row for name in merged.merged for row in groups[name]]
        lines.append(_sum(REST, small))
    return lines


def _sum(name: date | str, rows: Iterable[MonthlyFigure]) -> Line:
    amounts: dict[str, int] = {}
    for row in rows:
        amounts[row.what] = amounts.get(row.what, 0) + row.amount
    return Line(
        name,
        amounts.get("engagements", 0),
        amounts.get("minutes", 0),
        amounts.get("points_issued", 0),
    )
