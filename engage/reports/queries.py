"""How much the city did: engagements, hours, points, by month, kind and district.

Live figures count what is recorded now; frozen ones are what a month had when it closed. However
long the lists are, the number of statements stays the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Subquery, extract, func, literal, select, union_all
from sqlalchemy.orm import Session

from engage.activities.models import Occurrence
from engage.attendance.models import Attendance, HoursClaim, Scan
from engage.core.periods import add_months, day_of, day_start
from engage.ledger import queries as ledger
from engage.organisations.models import Organisation
from engage.partners.models import Branch
from engage.reports.models import MonthlyFigure
from engage.rewards.models import Redemption

#: In a frozen figure: all kinds, or all districts together.
ALL = "all"
EVERYWHERE = "*"

#: What a frozen month keeps.
WHATS = ("engagements", "minutes", "points_issued", "points_redeemed")


@dataclass(frozen=True, slots=True)
class Group:
    """One line of the figures: a month, a kind or a district.

    key:    first day of the month, code of the kind or of the district; "" for none.
    people: distinct people behind it; kept in the office, decides what may be published.
    """

    key: Any
    engagements: int
    minutes: int
    points: int
    people: int


@dataclass(frozen=True, slots=True)
class Month:
    """The month of the desk beside the one before it."""

    engagements: int
    minutes: int
    points: int
    redeemed: int
    scans: int
    refused: int
    before_engagements: int
    before_minutes: int

    @property
    def refused_share(self) -> float:
        return self.refused / self.scans if self.scans else 0.0


@dataclass(frozen=True, slots=True)
class Year:
    """The figures of one year for the office."""

    year: int
    months: list[Group]
    kinds: list[Group]
    districts: list[Group]
    redeemed: dict[date, int]
    issued: int
    expired: int
    outstanding: int
    total: Group


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind in one district in one month, or a sum of such; ready to be frozen."""

    kind: str
    district: str
    engagements: int
    minutes: int
    points: int
    people: int


def _work(start: date, end: date) -> Subquery:
    """Every engagement of these days: live attendances and confirmed hours."""
    attended = (
        select(
            Attendance.person_id,
            Attendance.kind.label("kind"),
            func.coalesce(Occurrence.district_code, "").label("district"),
            Attendance.work_on,
            Attendance.minutes,
            Attendance.credited,
        )
        .join(Occurrence, Occurrence.id == Attendance.occurrence_id)
        .where(
            Attendance.annulled_at.is_(None),
            Attendance.work_on >= start,
            Attendance.work_on < end,
        )
    )
    claimed = (
        select(
            HoursClaim.person_id,
            literal("claim").label("kind"),
            func.coalesce(Organisation.district_code, "").label("district"),
            HoursClaim.work_on,
            HoursClaim.minutes,
            HoursClaim.credited,
        )
        .join(Organisation, Organisation.id == HoursClaim.organisation_id)
        .where(
            HoursClaim.state == "confirmed",
            HoursClaim.annulled_at.is_(None),
            HoursClaim.work_on >= start,
            HoursClaim.work_on < end,
        )
    )
    return union_all(attended, claimed).subquery()


def _sums(work: Subquery) -> tuple[Any, ...]:
    return (
        func.count(),
        func.coalesce(func.sum(work.c.minutes), 0),
        func.coalesce(func.sum(work.c.credited), 0),
        func.count(work.c.person_id.distinct()),
    )


def _total(session: Session, start: date, end: date) -> Group:
    work = _work(start, end)
    row = session.execute(select(*_sums(work)).select_from(work)).one()
    return Group(ALL, *(int(value) for value in row))


def _grouped(session: Session, start: date, end: date, name: str) -> list[Group]:
    work = _work(start, end)
    column = work.c[name]
    rows = session.execute(select(column, *_sums(work)).group_by(column).order_by(column))
    return [Group(row[0], *(int(value) for value in row[1:])) for row in rows]


def _by_month(session: Session, start: date, end: date) -> list[Group]:
    work = _work(start, end)
    year, month = extract("year", work.c.work_on), extract("month", work.c.work_on)
    rows = session.execute(
        select(year, month, *_sums(work)).group_by(year, month).order_by(year, month)
    )
    return [Group(date(int(y), int(m), 1), *(int(v) for v in rest)) for y, m, *rest in rows]


def get_month(session: Session, now: datetime, zone: tzinfo) -> Month:
    """What the desk shows of this month, beside the last."""
    first = day_of(now, zone).replace(day=1)
    this = _total(session, first, add_months(first, 1))
    last = _total(session, add_months(first, -1), first)
    start, end = day_start(first, zone), day_start(add_months(first, 1), zone)
    moved = ledger.sums_by_kind(session, start, end)
    scans, refused = _scans(session, start, end)
    return Month(
        engagements=this.engagements,
        minutes=this.minutes,
        points=this.points,
        redeemed=moved.get("redeem", 0) + moved.get("donate", 0) - moved.get("refund", 0),
        scans=scans,
        refused=refused,
        before_engagements=last.engagements,
        before_minutes=last.minutes,
    )


def _scans(session: Session, start: datetime, end: datetime) -> tuple[int, int]:
    """All check-ins tried, and those refused; who is in already was not refused."""
    good = ("credited", "checked_in", "already_checked_in", "checked_out", "annulled")
    rows = session.execute(
        select(Scan.code, func.count())
        .where(Scan.received_at >= start, Scan.received_at < end)
        .group_by(Scan.code)
    )
    found = {code: int(count) for code, count in rows}
    return sum(found.values()), sum(n for code, n in found.items() if code not in good)


def get_year(session: Session, year: int, zone: tzinfo) -> Year:
    """The figures of a year as they are recorded now."""
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    begin, finish = day_start(start, zone), day_start(end, zone)
    moved = ledger.sums_by_kind(session, begin, finish)
    return Year(
        year=year,
        months=_by_month(session, start, end),
        kinds=_grouped(session, start, end, "kind"),
        districts=_grouped(session, start, end, "district"),
        redeemed=redeemed_by_month(session, begin, finish, zone),
        issued=moved.get("earn", 0) - moved.get("reverse", 0),
        expired=moved.get("expire", 0),
        outstanding=ledger.sum_outstanding(session),
        total=_total(session, start, end),
    )


def redeemed_by_month(
    session: Session, start: datetime, end: datetime, zone: tzinfo
) -> dict[date, int]:
    """Points of handed-over rewards, by the city's month. Undone ones are left out."""
    rows = session.execute(
        select(Redemption.redeemed_at, Redemption.cost).where(
            Redemption.state == "redeemed",
            Redemption.redeemed_at >= start,
            Redemption.redeemed_at < end,
        )
    )
    sums: dict[date, int] = {}
    for redeemed_at, cost in rows:
        if redeemed_at is None:
            continue
        month = day_of(redeemed_at, zone).replace(day=1)
        sums[month] = sums.get(month, 0) + cost
    return sums


def list_years(session: Session, now: datetime, zone: tzinfo) -> list[int]:
    """Years with figures, this one first."""
    earliest = session.scalar(select(func.min(Attendance.work_on)))
    this = day_of(now, zone).year
    first = earliest.year if earliest else this
    return list(range(this, min(first, this) - 1, -1))


def list_cells(session: Session, month: date) -> list[Cell]:
    """Everything of a month that is frozen: each kind in each district, and the sums of both."""
    end = add_months(month, 1)
    work = _work(month, end)
    kind, district = work.c.kind, work.c.district
    rows = session.execute(select(kind, district, *_sums(work)).group_by(kind, district))
    cells = [Cell(row[0], row[1], *(int(v) for v in row[2:])) for row in rows]
    cells += [_sum_cell(one.key, EVERYWHERE, one) for one in _grouped(session, month, end, "kind")]
    cells += [_sum_cell(ALL, one.key, one) for one in _grouped(session, month, end, "district")]
    return [*cells, _sum_cell(ALL, EVERYWHERE, _total(session, month, end))]


def _sum_cell(kind: str, district: str, one: Group) -> Cell:
    return Cell(kind, district, one.engagements, one.minutes, one.points, one.people)


def redeemed_in(session: Session, month: date, zone: tzinfo) -> tuple[int, int, dict[str, int]]:
    """Points redeemed in a month, by how many people, and by the district of the branch."""
    start, end = day_start(month, zone), day_start(add_months(month, 1), zone)
    rows = session.execute(
        select(Redemption.person_id, Redemption.cost, Branch.district_code)
        .outerjoin(Branch, Branch.id == Redemption.branch_id)
        .where(
            Redemption.state == "redeemed",
            Redemption.redeemed_at >= start,
            Redemption.redeemed_at < end,
        )
    ).all()
    people: set[uuid.UUID] = {row.person_id for row in rows}
    where: dict[str, int] = {}
    for row in rows:
        where[row.district_code or ""] = where.get(row.district_code or "", 0) + row.cost
    return sum(row.cost for row in rows), len(people), where


def is_frozen(session: Session, month: date) -> bool:
    found = session.scalar(select(MonthlyFigure.id).where(MonthlyFigure.month == month).limit(1))
    return found is not None


def first_month(session: Session) -> date | None:
    """The month of the first work on record."""
    earliest = [
        session.scalar(select(func.min(model.work_on))) for model in (Attendance, HoursClaim)
    ]
    known = [day for day in earliest if day]
    return min(known).replace(day=1) if known else None


def list_frozen(session: Session, year: int) -> list[MonthlyFigure]:
    """Every frozen cell of a year, in one statement."""
    return list(
        session.scalars(
            select(MonthlyFigure)
            .where(
                MonthlyFigure.month >= date(year, 1, 1), MonthlyFigure.month < date(year + 1, 1, 1)
            )
            .order_by(MonthlyFigure.month)
        )
    )


def list_frozen_years(session: Session) -> list[int]:
    """Years with a closed month, the newest first."""
    months: Iterable[date] = session.scalars(select(MonthlyFigure.month).distinct())
    return sorted({month.year for month in months}, reverse=True)


#: From this long after its end on a month is closed; what is corrected later stays out.
CLOSES_AFTER = timedelta(days=3)


def last_closed(now: datetime, zone: tzinfo) -> date:
    """The first day of the newest month that is closed."""
    return add_months(day_of(now - CLOSES_AFTER, zone).replace(day=1), -1)
