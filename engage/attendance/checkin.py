"""Check-in: the hot path. One statement reads all facts, pure rules decide, a few write.

The statements of a credited pass code on a paired device, in order: device, facts, scan
(the nonce), code use, attendance, account, transfer. Seven; the eighth is kept for an
occurrence whose day is not the day of the scan.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, RowMapping, Uuid, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engage.accounts import service as accounts
from engage.attendance.callers import (
    CheckInRequest,
    CitizenCaller,
    DeviceCaller,
    OrganiserCaller,
    Reading,
    Ticket,
    WalkIn,
    authenticate,
    read,
)
from engage.attendance.facts import FACTS
from engage.attendance.judge import code_state, rules_of
from engage.attendance.models import Attendance, CodeUse, Review, Scan
from engage.core.checkin import CheckInFacts, CodeState, Decision, decide
from engage.core.checkin import Review as Reason
from engage.core.codes import CodeType
from engage.core.errors import NonceDiffers, NotFound, NotPermitted, Outcome
from engage.core.fairness import CHECK_IN_GUESSES, ensure_not_guessing
from engage.core.periods import day_of
from engage.core.points import minutes_between
from engage.ledger import service as ledger
from engage.ledger.queries import CitizenAccount
from engage.policies.queries import read_policy
from engage.storage.base import new_id, table_of
from engage.storage.engine import zone_of
from engage.storage.keys import keys_of
from engage.storage.unit_of_work import TryAgain

__all__ = [
    "CheckInRequest",
    "CitizenCaller",
    "DeviceCaller",
    "OrganiserCaller",
    "Ticket",
    "WalkIn",
    "check_in",
]

#: How long a review may take (domain §4).
REVIEW_TIME = timedelta(days=14)

_SCANS = table_of(Scan)
_CODE_USES = table_of(CodeUse)
_ATTENDANCES = table_of(Attendance)
_REVIEWS = table_of(Review)

_SCAN_BY_NONCE = select(_SCANS).where(
    Scan.caller_id == bindparam("caller", type_=Uuid()), Scan.nonce == bindparam("nonce")
)
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


def check_in(
    session: Session,
    caller: DeviceCaller | OrganiserCaller | CitizenCaller,
    request: CheckInRequest,
    *,
    now: datetime,
) -> Outcome:
    """Record that a person was there and pay the points, exactly once.

    Answers the codes of domain §4, refusals included: they are remembered under the nonce,
    and a repeat of it gets the first answer, replayed.

    Raises NotSignedIn, NotFound (an organiser's unknown occurrence), NonceDiffers,
    DeviceRevoked and Guessing: no answers in the sense of the nonce, nothing is kept.
    Source: CHK-1 to CHK-24, NON-1 to NON-4.
    """
    acting = authenticate(session, caller, request)
    reading = read(acting, request, now)
    row = _facts(session, reading)
    if row is None:
        return _unknown_occurrence(session, reading)
    if row["scan_id"] is not None:
        return _replay(session, reading)
    if reading.request.walk_in is not None and reading.refusal is None:
        return _check_in_walk_in(session, reading, row)
    return _answer(session, reading, row)


def _facts(session: Session, reading: Reading) -> RowMapping | None:
    day = day_of(reading.time.at, zone_of(session))
    code, request = reading.code, reading.request
    citizen = reading.acting.person_id if request.ticket is not None else request.person_id
    params = {
        "occurrence": request.occurrence_id,
        "number": code.number if code else "",
        "kind": code.type.value if code else "",
        "person": citizen,
        "caller": reading.acting.id,
        "caller_person": reading.acting.person_id,
        "nonce": request.nonce,
        "day": day,
        "year_start": date(day.year, 1, 1),
        "year_end": date(day.year + 1, 1, 1),
        "year": day.year,
        "overlap_from": reading.time.at - timedelta(days=3),
    }
    return session.connection().execute(FACTS, params).mappings().one_or_none()


def _answer(session: Session, reading: Reading, row: RowMapping) -> Outcome:
    """Decide, write the answer down with its nonce, then carry it out."""
    state, step = code_state(keys_of(session), reading, row)
    facts = rules_of(session, reading, row, state)
    decision = decide(facts) if reading.refusal is None else None
    if decision is None or not decision.is_success:
        return _refuse(session, reading, row, decision)
    return _carry_out(session, _Decided(reading, row, facts, decision, step, new_id()))


@dataclass(frozen=True, slots=True)
class _Decided:
    """A check-in that the rules allow, about to be written."""

    reading: Reading
    row: RowMapping
    facts: CheckInFacts
    decision: Decision
    step: int | None
    attendance_id: uuid.UUID


def _carry_out(session: Session, it: _Decided) -> Outcome:
    """Write nonce, code use, attendance and points, in this order."""
    outcome = _success(it)
    scan_id = _write_scan(session, it.reading, it.row, outcome, it.attendance_id)
    if scan_id is None:
        if it.reading.request.walk_in is not None:
            raise TryAgain()  # the person just made must not stay
        return _replay(session, it.reading)
    late = _refuse_late(session, it)
    if late is not None:
        return _take_back(session, scan_id, late)
    balance = _credit(session, it)
    if it.decision.review:
        _open_review(session, it)
    if it.reading.acting.is_citizen:
        return replace(outcome, facts={**outcome.facts, "balance": balance})
    return outcome


def _refuse_late(session: Session, it: _Decided) -> Outcome | None:
    """What only writing shows: the code was used elsewhere, or the person got in just now."""
    if it.step is not None and not _is_first_use(session, it):
        return Outcome("code_replayed")
    if _write_attendance(session, it):
        return None
    again = _facts(session, it.reading)
    if again is None or again["first_checked_in_at"] is None:
        raise TryAgain()
    first = {"first_checked_in_at": again["first_checked_in_at"]}
    return Outcome("already_checked_in", {**first, "display_name": it.row["display_name"]})


def _success(it: _Decided) -> Outcome:
    facts: dict[str, object] = {
        "id": str(it.attendance_id),
        "points": it.decision.facts["points"],
        "display_name": it.row["display_name"],
        "checked_in_at": it.reading.time.at,
        **it.reading.extra,
    }
    if it.reading.code is not None and it.reading.code.type is CodeType.CARD:
        facts["card_serial"] = it.reading.code.number
    citizen = it.reading.acting.is_citizen
    if citizen:
        facts["points"] = it.decision.credited
        facts["waiting"] = it.decision.waiting
        facts["review"] = it.decision.review[0].value if it.decision.review else None
    return Outcome(it.decision.code if citizen else it.decision.door_code, facts)


def _check_in_walk_in(session: Session, reading: Reading, row: RowMapping) -> Outcome:
    """Make the person at the door, with a claim slip to take the account over later (d)."""
    decision = decide(rules_of(session, reading, row, CodeState.CURRENT))
    if not decision.is_success or reading.request.walk_in is None:
        return _refuse(session, reading, row, decision)
    name = reading.request.walk_in.display_name
    actor = reading.acting.id
    person = accounts.welcome(session, name, now=reading.now, created_by=actor)
    slip = accounts.make_claim_slip(session, person.id, actor_id=actor, now=reading.now)
    session.flush()  # the facts are read again, now with the person
    sealed = keys_of(session).encrypt(slip.code.encode())
    known = replace(
        reading,
        request=replace(reading.request, person_id=person.id),
        extra={"claim_sealed": sealed},
    )
    again = _facts(session, known)
    if again is None:
        raise TryAgain()
    return _open_slip(session, _answer(session, known, again))


def _open_slip(session: Session, outcome: Outcome) -> Outcome:
    """The claim slip's code in the clear, for the answer only; it is stored encrypted."""
    facts = dict(outcome.facts)
    if sealed := facts.pop("claim_sealed", None):
        facts["claim_code"] = keys_of(session).decrypt(str(sealed)).decode()
    return replace(outcome, facts=facts)


def _write_scan(
    session: Session,
    reading: Reading,
    row: RowMapping | None,
    outcome: Outcome,
    attendance_id: uuid.UUID | None = None,
) -> uuid.UUID | None:
    """The nonce and the answer, first of all rows; None if the nonce was taken meanwhile."""
    statement = _ADD_SCAN[session.get_bind().dialect.name]
    kept = outcome.to_json()
    scan_id = new_id()
    values = {
        "id": scan_id,
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
    written = session.connection().execute(statement, values).first()
    return scan_id if written else None


def _is_first_use(session: Session, it: _Decided) -> bool:
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


def _write_attendance(session: Session, it: _Decided) -> bool:
    """The attendance; False if the person got in at this very moment by another way."""
    acting = it.reading.acting
    values = {
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
    statement = _ADD_ATTENDANCE[session.get_bind().dialect.name]
    return session.connection().execute(statement, values).first() is not None


def _credit(session: Session, it: _Decided) -> int:
    """Book what may be booked now; returns the balance."""
    balance = int(it.row["balance"] or 0)
    if it.decision.credited <= 0:
        return balance
    cause = ledger.Cause(
        "attendance",
        it.attendance_id,
        it.reading.now,
        actor_id=it.reading.acting.person_id,
        policy_version=read_policy(it.row["policy_rules"]).version,
        work_on=day_of(it.row["starts_at"], zone_of(session)),
    )
    account = CitizenAccount(it.row["account_id"], balance, it.row["earnings"])
    return ledger.earn(session, account, it.decision.credited, cause)[1]


def _open_review(session: Session, it: _Decided) -> None:
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


def _refuse(
    session: Session, reading: Reading, row: RowMapping, decision: Decision | None
) -> Outcome:
    """Remember a refusal under its nonce; a wrong code may be one guess too many."""
    if decision is None:
        outcome = Outcome.of(reading.refusal or NotPermitted())
    else:
        outcome = Outcome(decision.code, dict(decision.facts))
    is_organiser = reading.acting.device is None and not reading.acting.is_citizen
    if outcome.code == "not_permitted" and is_organiser:
        raise NotFound()
    if outcome.code == "code_unknown" and reading.kind == "code":
        _ensure_not_guessing(session, reading)
    if row["person_id"] is not None and outcome.code not in {"code_unknown", "not_permitted"}:
        outcome = replace(outcome, facts={**outcome.facts, "display_name": row["display_name"]})
    if _write_scan(session, reading, row, outcome) is None:
        return _replay(session, reading)
    return outcome


def _ensure_not_guessing(session: Session, reading: Reading) -> None:
    """Raises Guessing: nothing is kept of it, and a valid code still works (FAI-5, FAI-6)."""
    wrong = session.execute(
        select(Scan.subject, Scan.received_at).where(
            Scan.caller_id == reading.acting.id,
            Scan.received_at > reading.now - CHECK_IN_GUESSES.window,
            Scan.code == "code_unknown",
            Scan.subject_kind == "code",
        )
    )
    known = keys_of(session).hashes(reading.subject)
    others = [(row.subject, row.received_at) for row in wrong if row.subject not in known]
    ensure_not_guessing(CHECK_IN_GUESSES, others, reading.now)


def _unknown_occurrence(session: Session, reading: Reading) -> Outcome:
    if reading.acting.device is None:
        raise NotFound()
    outcome = Outcome("not_permitted")
    if _write_scan(session, reading, None, outcome) is None:
        return _replay(session, reading)
    return outcome


def _take_back(session: Session, scan_id: uuid.UUID, outcome: Outcome) -> Outcome:
    """The answer turned out otherwise when it was carried out: remember the true one."""
    kept = outcome.to_json()
    session.connection().execute(
        _SET_ANSWER, {"scan": scan_id, "new_code": outcome.code, "new_facts": kept["facts"]}
    )
    return outcome


def _replay(session: Session, reading: Reading) -> Outcome:
    """The first answer to this nonce. Raises NonceDiffers naming what is not the same."""
    params = {"caller": reading.acting.id, "nonce": reading.request.nonce}
    scan = session.connection().execute(_SCAN_BY_NONCE, params).mappings().one()
    if scan["verb"] != "check_in":
        raise NonceDiffers(field="type")
    known = scan["occurrence_id"]
    if known is not None and known != reading.request.occurrence_id:
        raise NonceDiffers(field="occurrence_id")
    if scan["subject_kind"] != reading.kind or not keys_of(session).matches(
        scan["subject"], reading.subject
    ):
        raise NonceDiffers(field=reading.kind if reading.kind != "foreign" else "code")
    kept = {"code": scan["code"], "facts": scan["facts"]}
    return _open_slip(session, Outcome.from_json(kept).as_replay())
