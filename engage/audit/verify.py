"""``flask ledger verify``: everything that must hold of the books, in one read-only snapshot.

Each check is a generator of findings; a finding names the row. Nothing is locked or written:
a live database goes on while it is verified.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, literal, or_, select, text
from sqlalchemy.orm import Session, aliased

from engage.attendance.models import Attendance, HoursClaim, Review
from engage.core.settlement import amount_cents, month_bounds
from engage.ledger.models import ESCROW, SYSTEM_IDS, Account, Shortfall, Transfer
from engage.ledger.service import sealed_text
from engage.rewards.models import Redemption
from engage.settlement.models import Statement, StatementLine
from engage.settlement.queries import moves
from engage.storage.base import table_of
from engage.storage.engine import is_sqlite, zone_of
from engage.storage.keys import keys_of

#: Rows are read in portions, so that a million transfers need no memory.
PORTION = 5000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which check, which row, in what way."""

    check: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.check}: {self.row}: {self.what}"


def verify(session: Session) -> list[Finding]:
    """All findings, empty if the books are right.

    session:  fresh; on PostgreSQL it is put into one repeatable-read, read-only snapshot.
    """
    _open_snapshot(session)
    found = [finding for check in CHECKS for finding in check(session)]
    session.rollback()
    return found


def _open_snapshot(session: Session) -> None:
    session.rollback()
    if is_sqlite(session):
        session.execute(text("SELECT 1"))  # BEGIN; the snapshot starts with the first read
        return
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    session.execute(text("SET TRANSACTION READ ONLY"))


def check_guards(session: Session) -> Iterator[Finding]:
    """The database itself still refuses to change or remove a transfer."""
    if is_sqlite(session):
        wanted = {"transfers_no_update", "transfers_no_delete"}
        rows = session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'transfers'")
        )
        if not session.scalar(text("PRAGMA recursive_triggers")):
            yield Finding("guards", "transfers", "recursive triggers are off")
    else:
        wanted = {"transfers_no_change", "transfers_no_truncate"}
        rows = session.scalars(
            text(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = 'transfers'::regclass "
                "AND NOT tgisinternal AND tgenabled = 'A'"
            )
        )
    for name in sorted(wanted - set(rows)):
        yield Finding("guards", "transfers", f"the trigger {name} is missing or off")


def check_seals(session: Session) -> Iterator[Finding]:
    """No transfer was changed behind the application's back."""
    keys = keys_of(session)
    table = table_of(Transfer)
    rows = session.connection().execute(
        select(table).order_by(table.c.id), execution_options={"yield_per": PORTION}
    )
    for row in rows.mappings():
        if not keys.is_sealed(row["seal"], sealed_text(dict(row))):
            yield Finding("seals", f"transfer {row['id']}", "the seal does not fit the fields")


def check_balances(session: Session) -> Iterator[Finding]:
    """Every stored balance is the sum of its transfers and not below zero."""
    came = (
        select(Transfer.credit_id.label("id"), func.sum(Transfer.amount).label("points"))
        .group_by(Transfer.credit_id)
        .subquery()
    )
    went = (
        select(Transfer.debit_id.label("id"), func.sum(Transfer.amount).label("points"))
        .group_by(Transfer.debit_id)
        .subquery()
    )
    total = func.coalesce(came.c.points, 0) - func.coalesce(went.c.points, 0)
    rows = session.execute(
        select(Account.id, Account.balance, total.label("sum"))
        .outerjoin(came, came.c.id == Account.id)
        .outerjoin(went, went.c.id == Account.id)
        .where(Account.person_id.is_not(None))
        .where(or_(Account.balance != total, Account.balance < 0))
    )
    for row in rows:
        what = f"the stored balance is {row.balance}, its transfers say {row.sum}"
        yield Finding("balances", f"account {row.id}", what)


def check_escrow(session: Session) -> Iterator[Finding]:
    """What lies in escrow is exactly what the open reservations hold."""
    escrow = SYSTEM_IDS[ESCROW]
    kept = select(
        func.coalesce(
            func.sum(case((Transfer.credit_id == escrow, Transfer.amount), else_=-Transfer.amount)),
            0,
        )
    ).where(or_(Transfer.credit_id == escrow, Transfer.debit_id == escrow))
    held = select(func.coalesce(func.sum(Redemption.cost), 0)).where(Redemption.state == "reserved")
    in_escrow, reserved = session.scalar(kept), session.scalar(held)
    if in_escrow != reserved:
        what = f"{in_escrow} points lie there, open reservations hold {reserved}"
        yield Finding("escrow", "account escrow", what)


def check_attendances(session: Session) -> Iterator[Finding]:
    """Each attendance has earned what it says, and an annulled one has given all back."""
    yield from _check_earning(session, Attendance, Review.attendance_id, "attendance")


def check_claims(session: Session) -> Iterator[Finding]:
    """Each claim of hours likewise."""
    yield from _check_earning(session, HoursClaim, Review.claim_id, "claim")


def _check_earning(
    session: Session, model: type[Attendance] | type[HoursClaim], link: object, name: str
) -> Iterator[Finding]:
    reversal = aliased(Transfer)
    source = func.coalesce(link, Transfer.source_id)
    sums = (
        select(
            source.label("id"),
            func.sum(Transfer.amount).label("earned"),
            func.sum(func.coalesce(reversal.amount, 0)).label("undone"),
        )
        .outerjoin(Review, and_(Transfer.source_kind == "review", Review.id == Transfer.source_id))
        .outerjoin(reversal, and_(reversal.refers_to_id == Transfer.id, reversal.kind == "reverse"))
        .where(Transfer.kind == "earn")
        .group_by(source)
        .subquery()
    )
    given = func.coalesce(sums.c.earned, 0) - func.coalesce(sums.c.undone, 0)
    due = case((model.annulled_at.is_not(None), literal(0)), else_=model.credited)
    rows = session.execute(
        select(model.id, due.label("due"), given.label("given"))
        .outerjoin(sums, sums.c.id == model.id)
        .where(due != given)
    )
    for row in rows:
        what = f"its transfers give {row.given} points, its state demands {row.due}"
        yield Finding(f"{name}s", f"{name} {row.id}", what)


def check_sources(session: Session) -> Iterator[Finding]:
    """No transfer names an attendance, claim, review or redemption that does not exist."""
    for kind, model in (
        ("attendance", Attendance),
        ("claim", HoursClaim),
        ("review", Review),
        ("redemption", Redemption),
    ):
        rows = session.scalars(
            select(Transfer.id)
            .outerjoin(model, model.id == Transfer.source_id)
            .where(Transfer.source_kind == kind, model.id.is_(None))
        )
        for row in rows:
            yield Finding("sources", f"transfer {row}", f"its {kind} does not exist")


def check_parties(session: Session) -> Iterator[Finding]:
    """Points of an attendance, claim or voucher moved on the account of its own person or partner.

    An account that was joined into another speaks for that one.
    """
    for kind, model, side in (
        ("attendance", Attendance, Transfer.credit_id),
        ("claim", HoursClaim, Transfer.credit_id),
        ("redemption", Redemption, Transfer.debit_id),
    ):
        moves = "reserve" if model is Redemption else "earn"
        mine, joined = aliased(Account), aliased(Account)
        rows = session.scalars(
            select(Transfer.id)
            .join(model, model.id == Transfer.source_id)
            .join(mine, mine.id == side)
            .outerjoin(joined, joined.id == mine.merged_into_id)
            .where(Transfer.source_kind == kind, Transfer.kind == moves)
            .where(func.coalesce(joined.person_id, mine.person_id) != model.person_id)
        )
        for row in rows:
            yield Finding("parties", f"transfer {row}", f"its {kind} is somebody else's")
    rows = session.scalars(
        select(Transfer.id)
        .join(Redemption, Redemption.id == Transfer.source_id)
        .join(Account, Account.id == Transfer.credit_id)
        .where(Transfer.source_kind == "redemption", Transfer.kind == "redeem")
        .where(or_(Account.partner_id.is_(None), Account.partner_id != Redemption.partner_id))
    )
    for row in rows:
        yield Finding("parties", f"transfer {row}", "its redemption is another partner's")


#: What a redemption in each state must have moved, in multiples of its cost.
_DEMANDED = {
    "reserved": {"reserve": 1},
    "redeemed": {"reserve": 1, "spent": 1},
    "cancelled": {"reserve": 1, "release": 1},
    "expired": {"reserve": 1, "release": 1},
    "refunded": {"reserve": 1, "spent": 1, "refund": 1},
}
_COLUMNS = ("reserve", "spent", "release", "refund")


def check_redemptions(session: Session) -> Iterator[Finding]:
    """Each redemption has moved exactly what its state demands, for its own cost."""
    spent = case((Transfer.kind.in_(("redeem", "donate")), "spent"), else_=Transfer.kind)
    sums = [
        func.coalesce(func.sum(case((spent == name, Transfer.amount), else_=0)), 0).label(name)
        for name in _COLUMNS
    ]
    rows = session.execute(
        select(Redemption.id, Redemption.state, Redemption.cost, *sums)
        .outerjoin(
            Transfer,
            and_(Transfer.source_id == Redemption.id, Transfer.source_kind == "redemption"),
        )
        .group_by(Redemption.id, Redemption.state, Redemption.cost),
        execution_options={"yield_per": PORTION},
    )
    for row in rows:
        demanded = _DEMANDED[row.state]
        for name in _COLUMNS:
            wanted = demanded.get(name, 0) * row.cost
            if getattr(row, name) != wanted:
                what = f"{row.state}, but {name} moved {getattr(row, name)} instead of {wanted}"
                yield Finding("redemptions", f"redemption {row.id}", what)


def check_shortfalls(session: Session) -> Iterator[Finding]:
    """A noted shortfall is what was covered, less what has been settled since."""
    settled = (
        select(func.coalesce(func.sum(Transfer.amount), 0))
        .where(
            Transfer.kind == "write_off",
            Transfer.refers_to_id == Shortfall.reversal_id,
        )
        .correlate(Shortfall)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Shortfall.id, Shortfall.points, Shortfall.open_points, settled.label("settled")
        ).where(Shortfall.points - Shortfall.open_points != settled)
    )
    for row in rows:
        what = f"{row.open_points} of {row.points} are open, {row.settled} have been settled"
        yield Finding("shortfalls", f"shortfall {row.id}", what)


def check_statements(session: Session) -> Iterator[Finding]:
    """A closed month is the sum of its lines, each line is its transfer, and none is missing."""
    yield from _check_sums(session)
    yield from _check_lines(session)
    yield from _check_months(session)


def _check_sums(session: Session) -> Iterator[Finding]:
    lines = (
        select(
            StatementLine.statement_id,
            func.sum(StatementLine.points).label("points"),
            func.sum(StatementLine.points * StatementLine.rate).label("exact"),
            func.sum(case((StatementLine.points > 0, 1), else_=0)).label("count"),
            func.sum(case((StatementLine.points < 0, 1), else_=0)).label("undone"),
        )
        .group_by(StatementLine.statement_id)
        .subquery()
    )
    rows = session.execute(
        select(Statement, lines).outerjoin(lines, lines.c.statement_id == Statement.id)
    )
    for statement, _, points, exact, count, undone in rows:
        cents = amount_cents([(int(exact or 0), 1)])
        said = (statement.points, statement.cents, statement.count, statement.undone)
        found = (int(points or 0), cents, int(count or 0), int(undone or 0))
        for name, one, other in zip(
            ("points", "cents", "count", "undone"), said, found, strict=True
        ):
            if one != other:
                what = f"it says {one} for {name}, its lines say {other}"
                yield Finding("statements", f"statement {statement.id}", what)


def _check_lines(session: Session) -> Iterator[Finding]:
    moved = moves()
    wrong = session.scalars(
        select(StatementLine.id)
        .join(Statement, Statement.id == StatementLine.statement_id)
        .outerjoin(moved, moved.c.id == StatementLine.transfer_id)
        .outerjoin(Redemption, Redemption.id == moved.c.source_id)
        .where(
            or_(
                moved.c.id.is_(None),
                moved.c.points != StatementLine.points,
                moved.c.partner_id != Statement.partner_id,
                Redemption.id.is_(None),
                Redemption.reward_id != StatementLine.reward_id,
            )
        )
    )
    for line in wrong:
        yield Finding("statements", f"statement line {line}", "it differs from its transfer")


def _check_months(session: Session) -> Iterator[Finding]:
    """A month holds nothing of later months, and leaves out nothing booked before its end."""
    tz = zone_of(session)
    newest: dict[uuid.UUID, date] = {}
    months = session.execute(
        select(Statement.partner_id, Statement.month).order_by(Statement.month)
    )
    for partner_id, month in months:
        newest[partner_id] = month
    for month in session.scalars(select(Statement.month).distinct()).all():
        end = month_bounds(month, tz)[1]
        late = session.scalars(
            select(StatementLine.id)
            .join(Statement, Statement.id == StatementLine.statement_id)
            .join(Transfer, Transfer.id == StatementLine.transfer_id)
            .where(Statement.month == month, Transfer.posted_at >= end)
        )
        for line in late:
            yield Finding("statements", f"statement line {line}", "it is of a later month")
        closed = [partner for partner, last in newest.items() if last == month]
        moved = moves()
        missing = session.scalars(
            select(moved.c.id)
            .outerjoin(StatementLine, StatementLine.transfer_id == moved.c.id)
            .where(
                StatementLine.id.is_(None),
                moved.c.posted_at < end,
                moved.c.partner_id.in_(closed),
            )
        )
        for transfer in missing:
            what = "its month is closed, and no statement holds it"
            yield Finding("statements", f"transfer {transfer}", what)


CHECKS: tuple[Callable[[Session], Iterator[Finding]], ...] = (
    check_guards,
    check_seals,
    check_balances,
    check_escrow,
    check_attendances,
    check_claims,
    check_sources,
    check_parties,
    check_redemptions,
    check_shortfalls,
    check_statements,
)
