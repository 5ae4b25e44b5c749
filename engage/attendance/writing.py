"""Writing a check-in down: nonce first, then code use, attendance, points, review.

Step by step on every database; on PostgreSQL all at once where nothing is special.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, Select, Uuid, bindparam, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.attendance.callers import CitizenCaller, DeviceCaller, OrganiserCaller, Reading, Row
from engage.attendance.models import Attendance, CodeUse, Review, Scan
from engage.core.checkin import CheckInFacts, Decision
from engage.core.checkin import Review as Reason
from engage.core.codes import CodeType
from engage.core.errors import Outcome
from engage.core.periods import day_of
from engage.core.points import minutes_between
from engage.ledger import service as ledger
from engage.ledger import swift
from engage.ledger.queries import CitizenAccount
from engage.policies.queries import read_policy
from engage.storage.base import new_id, table_of
from engage.storage.engine import is_sqlite, zone_of
from engage.storage.keys import keys_of
from engage.storage.prepared import Prepared
from engage.storage.unit_of_work import TryAgain

#: How long a review may take (domain §4).
REVIEW_TIME = timedelta(days=14)

_SCANS = table_of(Scan)
_CODE_USES = table_of(CodeUse)
_ATTENDANCES = table_of(Attendance)
_REVIEWS = table_of(Review)

_SCAN_COLUMNS = ["caller_id", "nonce"]
_ADD_SCAN = {
    "postgresql": postgresql.insert(_SCANS)
    .on_conflict_do_nothing(index_elements=_SCAN_COLUMNS)
    .returning(_SCANS.c.id),
    "sqlite": sqlite.insert(_SCANS)
    .on_conflict_do_nothing(index_elements=_SCAN_COLUMNS)
    .returning(_SCANS.c.id),
}


def _code_use(dialect: Any) -> Any:
    """Note the use of a code; answers for what it was used first, in one statement."""
    statement = dialect.insert(_CODE_USES)
    return statement.on_conflict_do_update(
        index_elements=["pass_id", "step"],
        set_={"purpose_id": _CODE_USES.c.purpose_id},
    ).returning(_CODE_USES.c.purpose_id)


_USE_CODE = {"postgresql": _code_use(postgresql), "sqlite": _code_use(sqlite)}
_LIVE = ["occurrence_id", "person_id"]


def _attendance(dialect: Any) -> Any:
    return (
        dialect.insert(_ATTENDANCES)
        .on_conflict_do_nothing(
            index_elements=_LIVE, index_where=_ATTENDANCES.c.annulled_at.is_(None)
        )
        .returning(_ATTENDANCES.c.id)
    )


_ADD_ATTENDANCE = {"postgresql": _attendance(postgresql), "sqlite": _attendance(sqlite)}
_ADD_REVIEW = insert(_REVIEWS)
_SET_ANSWER = (
    update(_SCANS)
    .where(_SCANS.c.id == bindparam("scan", type_=Uuid()))
    .values(
        code=bindparam("new_code"), facts=bindparam("new_facts", type_=JSON()), attendance_id=None
    )
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A check-in that the rules allow, about to be written."""

    caller: DeviceCaller | OrganiserCaller | CitizenCaller
    reading: Reading
    row: Row
    facts: CheckInFacts
    decision: Decision
    step: int | None
    attendance_id: uuid.UUID


def write_scan(
    session: Session,
    reading: Reading,
    row: Row | None,
    outcome: Outcome,
    attendance_id: uuid.UUID | None = None,
) -> uuid.UUID | None:
    """The nonce and the answer, first of all rows; None if the nonce was taken meanwhile."""
    values = _scan_row(session, reading, row, outcome, attendance_id)
    statement = _ADD_SCAN[session.get_bind().dialect.name]
    written = session.connection().execute(statement, values).first()
    return values["id"] if written else None


def write_down(session: Session, row: Scan) -> None:
    """Keep what was answered to an event under its nonce.

    Raises TryAgain if the same event is being answered at this very moment: that answer counts.
    """
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise TryAgain() from None


def _scan_row(
    session: Session,
    reading: Reading,
    row: Row | None,
    outcome: Outcome,
    attendance_id: uuid.UUID | None,
) -> dict[str, Any]:
    kept = outcome.to_json()
    return {
        "id": new_id(),
        "caller_id": reading.acting.id,
        "nonce": reading.request.nonce,
        "verb": "check_in",
        "occurrence_id": reading.request.occurrence_id if row is not None else None,
        "subject": keys_of(session).hash(reading.subject),
        "subject_kind": reading.kind,
        "person_id": row["person_id"] if row is not None else None,
        "attendance_id": attendance_id,
        "code": outcome.code,
        "facts": kept["facts"],
        "scanned_at": reading.time.at,
        "received_at": reading.now,
        "offline": reading.request.offline,
    }


def is_first_use(session: Session, it: Decided) -> bool:
    statement = _USE_CODE[session.get_bind().dialect.name]
    values = {
        "pass_id": it.row["pass_id"],
        "step": it.step,
        "purpose_id": it.row["occurrence_id"],
        "used_at": it.reading.now,
    }
    used_for = session.connection().execute(statement, values).scalar_one()
    return bool(used_for == it.row["occurrence_id"])


def _way(reading: Reading, *, walk_in: bool) -> str:
    ticket = reading.request.ticket
    if ticket is not None:
        return "poster" if ticket.poster else "self"
    if reading.request.walk_in is not None:
        return "walk_in"
    if reading.kind == "person":
        return "walk_in" if walk_in else "by_name"
    is_card = reading.code is not None and reading.code.type is CodeType.CARD
    return "card" if is_card else "scanned"


def write_attendance(session: Session, it: Decided) -> bool:
    """The attendance; False if the person got in at this very moment by another way."""
    statement = _ADD_ATTENDANCE[session.get_bind().dialect.name]
    return session.connection().execute(statement, _attendance_row(it)).first() is not None


def _attendance_row(it: Decided) -> dict[str, Any]:
    acting = it.reading.acting
    return {
        "id": it.attendance_id,
        "occurrence_id": it.row["occurrence_id"],
        "person_id": it.row["person_id"],
        "kind": it.row["activity_kind"],
        "way": _way(it.reading, walk_in=it.decision.walk_in),
        "device_id": acting.id if acting.device is not None else None,
        "actor_id": acting.person_id,
        "checked_in_at": it.reading.time.at,
        "device_time": it.reading.request.scanned_at,
        "received_at": it.reading.now,
        "starts_at": it.row["starts_at"],
        "ends_at": it.row["ends_at"],
        "minutes": minutes_between(it.row["starts_at"], it.row["ends_at"]),
        "work_on": it.facts.day,
        "points": it.facts.worth.points,
        "credited": it.decision.credited,
        "policy_version": read_policy(it.row["policy_rules"]).version,
        "offline": it.reading.request.offline,
        "overridden": it.decision.overridden,
        "age_ok": it.reading.request.age_ok,
        "without_points": it.facts.worth.opted_out,
        "note": it.reading.request.overridden_because,
        "annulled_because": "",
        "told_at": it.reading.now if acting.is_citizen else None,
    }


def credit(session: Session, it: Decided) -> int:
    """Book what may be booked now; returns the balance."""
    balance = int(it.row["balance"] or 0)
    if it.decision.credited <= 0:
        return balance
    account = CitizenAccount(it.row["account_id"], balance, it.row["earnings"])
    return ledger.earn(session, account, it.decision.credited, _cause(session, it))[1]


def _cause(session: Session, it: Decided) -> ledger.Cause:
    return ledger.Cause(
        "attendance",
        it.attendance_id,
        it.reading.now,
        actor_id=it.reading.acting.person_id,
        policy_version=read_policy(it.row["policy_rules"]).version,
        work_on=day_of(it.row["starts_at"], zone_of(session)),
    )


def open_review(session: Session, it: Decided) -> None:
    session.connection().execute(
        _ADD_REVIEW,
        {
            "id": new_id(),
            "reason": Reason(it.decision.review[0]).value,
            "person_id": it.row["person_id"],
            "attendance_id": it.attendance_id,
            "points": it.decision.waiting,
            "state": "open",
            "opened_at": it.reading.now,
            "due_at": it.reading.now + REVIEW_TIME,
            "answer": "",
            "objection": "",
        },
    )


def take_back(session: Session, scan_id: uuid.UUID, outcome: Outcome) -> Outcome:
    """The answer turned out otherwise when it was carried out: remember the true one."""
    kept = outcome.to_json()
    session.connection().execute(
        _SET_ANSWER, {"scan": scan_id, "new_code": outcome.code, "new_facts": kept["facts"]}
    )
    return outcome


#: Columns of an attendance that are filled later.
_NOT_YET = {"checked_out_at", "annulled_at", "annulled_by"}

#: Parameters that are the same in two rows. The driver keeps a statement's parsed form only up
#: to 50 of them.
_SAME = {
    "in_id": "scan_attendance_id",
    "in_occurrence_id": "scan_occurrence_id",
    "in_person_id": "scan_person_id",
    "in_checked_in_at": "scan_scanned_at",
    "in_received_at": "scan_received_at",
    "in_offline": "scan_offline",
    "use_purpose_id": "scan_occurrence_id",
    "use_used_at": "scan_received_at",
}


def _given(prefix: str, columns: list[Any]) -> list[Any]:
    names = [f"{prefix}_{column.name}" for column in columns]
    return [
        bindparam(_SAME.get(name, name), type_=column.type)
        for name, column in zip(names, columns, strict=True)
    ]


def _at_once(*, with_code: bool) -> Select[*tuple[Any, ...]]:
    """One statement for a check-in that books points; no row comes back unless all was written."""
    columns = list(_SCANS.c)
    scan = (
        postgresql.insert(_SCANS)
        .values({c.name: one for c, one in zip(columns, _given("scan", columns), strict=True)})
        .on_conflict_do_nothing(index_elements=_SCAN_COLUMNS)
        .returning(_SCANS.c.id)
        .cte("scan")
    )
    go = exists(select(scan.c.id))
    if with_code:
        used = (
            postgresql.insert(_CODE_USES)
            .from_select(
                [column.name for column in _CODE_USES.c],
                select(*_given("use", list(_CODE_USES.c))).where(go),
            )
            .on_conflict_do_nothing(index_elements=["pass_id", "step"])
            .returning(_CODE_USES.c.step)
            .cte("used")
        )
        go = exists(select(used.c.step))
    written = [column for column in _ATTENDANCES.c if column.name not in _NOT_YET]
    attended = (
        postgresql.insert(_ATTENDANCES)
        .from_select([c.name for c in written], select(*_given("in", written)).where(go))
        .on_conflict_do_nothing(
            index_elements=_LIVE, index_where=_ATTENDANCES.c.annulled_at.is_(None)
        )
        .returning(_ATTENDANCES.c.id)
        .cte("attended")
    )
    return swift.earning_after(attended)


_AT_ONCE = {with_code: Prepared(_at_once(with_code=with_code)) for with_code in (True, False)}


def write_at_once(session: Session, it: Decided, outcome: Outcome) -> int | None:
    """All of a plain check-in in one round trip; the new balance.

    None where it does not apply: SQLite, no points to book, or a review to open. Raises
    NotAtOnce if something came between: the unit must then run again, step by step.
    """
    if is_sqlite(session) or it.decision.credited <= 0 or it.decision.review:
        return None
    scan = _scan_row(session, it.reading, it.row, outcome, it.attendance_id)
    values = {f"scan_{name}": value for name, value in scan.items()}
    values |= {
        f"in_{name}": value
        for name, value in _attendance_row(it).items()
        if f"in_{name}" not in _SAME
    }
    if it.step is not None:
        values |= {"use_pass_id": it.row["pass_id"], "use_step": it.step}
    account = CitizenAccount(it.row["account_id"], it.row["balance"], it.row["earnings"])
    values |= swift.earning_values(session, account, it.decision.credited, _cause(session, it))
    paid = _AT_ONCE[it.step is not None].first(session, values)
    if paid is None:
        raise NotAtOnce()
    return int(paid["balance"])


class NotAtOnce(Exception):
    """Something came between reading and writing; nothing of the unit may stay."""
