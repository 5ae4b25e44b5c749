"""Check-in: the hot path. One statement reads all facts, pure rules decide, a few write.

The statements of a credited pass code on a paired device, in order: facts (the device among
them), scan (the nonce), code use, attendance, account, transfer. Six, and two more for an
occurrence whose day is not the day of the scan; on PostgreSQL the last five are one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from engage.accounts import service as accounts
from engage.attendance.callers import (
    CheckInRequest,
    CitizenCaller,
    DeviceCaller,
    OrganiserCaller,
    Reading,
    Row,
    Ticket,
    WalkIn,
    acting_in,
    acting_nowhere,
    read,
    token_of,
)
from engage.attendance.facts import FACTS
from engage.attendance.judge import code_state, rules_of
from engage.attendance.models import Scan
from engage.attendance.writing import (
    Decided,
    NotAtOnce,
    credit,
    is_first_use,
    open_review,
    take_back,
    write_at_once,
    write_attendance,
    write_scan,
)
from engage.core.checkin import CodeState, Decision, decide
from engage.core.codes import Code, CodeType, read_code
from engage.core.errors import NonceDiffers, NotFound, NotPermitted, Outcome
from engage.core.fairness import CHECK_IN_GUESSES, ensure_not_guessing
from engage.core.periods import day_of
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

AnyCaller = DeviceCaller | OrganiserCaller | CitizenCaller

#: In a session's info: the next run of this unit takes the long way.
_STEP_BY_STEP = "check_in_step_by_step"

_SCAN_BY_NONCE = select(table_of(Scan)).where(
    Scan.caller_id == bindparam("caller", type_=Uuid()), Scan.nonce == bindparam("nonce")
)


def check_in(
    session: Session,
    caller: AnyCaller,
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
    code = read_code(request.code) if request.code is not None else None
    row = _facts(session, caller, request, code, now)
    if row is None:
        reading = read(acting_nowhere(session, caller), request, code, now)
        return _unknown_occurrence(session, reading)
    reading = read(acting_in(caller, row), request, code, now)
    if row["scan_id"] is not None:
        return _replay(session, reading)
    if request.walk_in is not None and reading.refusal is None:
        return _check_in_walk_in(session, caller, reading, row)
    return _answer(session, caller, reading, row)


def _facts(
    session: Session,
    caller: AnyCaller,
    request: CheckInRequest,
    code: Code | None,
    now: datetime,
) -> Row | None:
    # The device's own clock is good enough to guess the day; judge.py asks again if it was not.
    day = day_of(min(request.scanned_at or now, now), zone_of(session))
    person_id = None if isinstance(caller, DeviceCaller) else caller.person_id
    params = {
        "occurrence": request.occurrence_id,
        "token": token_of(caller),
        "number": code.number if code else "",
        "kind": code.type.value if code else "",
        "person": person_id if request.ticket is not None else request.person_id,
        "caller": person_id,
        "nonce": request.nonce,
        "day": day,
        "year_start": date(day.year, 1, 1),
        "year_end": date(day.year + 1, 1, 1),
        "year": day.year,
        "overlap_from": now - timedelta(days=30),
    }
    return FACTS.first(session, params)


def _answer(session: Session, caller: AnyCaller, reading: Reading, row: Row) -> Outcome:
    """Decide, write the answer down with its nonce, then carry it out."""
    state, step = code_state(keys_of(session), reading, row)
    facts = rules_of(session, reading, row, state)
    decision = decide(facts) if reading.refusal is None else None
    if decision is None or not decision.is_success:
        return _refuse(session, reading, row, decision)
    it = Decided(caller, reading, row, facts, decision, step, new_id())
    return _carry_out(session, it)


def _carry_out(session: Session, it: Decided) -> Outcome:
    """Write nonce, code use, attendance and points, in this order."""
    outcome = _success(it)
    balance = _write_at_once(session, it, outcome)
    if balance is not None:
        return _with_balance(it, outcome, balance)
    scan_id = write_scan(session, it.reading, it.row, outcome, it.attendance_id)
    if scan_id is None:
        if it.reading.request.walk_in is not None:
            raise TryAgain()  # the person just made must not stay
        return _replay(session, it.reading)
    late = _refuse_late(session, it)
    if late is not None:
        return take_back(session, scan_id, late)
    balance = credit(session, it)
    if it.decision.review:
        open_review(session, it)
    return _with_balance(it, outcome, balance)


def _write_at_once(session: Session, it: Decided, outcome: Outcome) -> int | None:
    """Try the short way; if something came between, the unit runs again the long way."""
    if session.info.pop(_STEP_BY_STEP, False):
        return None
    try:
        return write_at_once(session, it, outcome)
    except NotAtOnce:
        session.info[_STEP_BY_STEP] = True
        raise TryAgain() from None


def _with_balance(it: Decided, outcome: Outcome, balance: int) -> Outcome:
    """Only the citizen is told the balance (CHK-21)."""
    if not it.reading.acting.is_citizen:
        return outcome
    return replace(outcome, facts={**outcome.facts, "balance": balance})


def _refuse_late(session: Session, it: Decided) -> Outcome | None:
    """What only writing shows: the code was used elsewhere, or the person got in just now."""
    if it.step is not None and not is_first_use(session, it):
        return Outcome("code_replayed")
    if write_attendance(session, it):
        return None
    reading = it.reading
    again = _facts(session, it.caller, reading.request, reading.code, reading.now)
    if again is None or again["first_checked_in_at"] is None:
        raise TryAgain()
    first = {"first_checked_in_at": again["first_checked_in_at"]}
    return Outcome("already_checked_in", {**first, "display_name": it.row["display_name"]})


def _success(it: Decided) -> Outcome:
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


def _check_in_walk_in(session: Session, caller: AnyCaller, reading: Reading, row: Row) -> Outcome:
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
        extra={**reading.extra, "claim_sealed": sealed},
    )
    again = _facts(session, caller, known.request, None, reading.now)
    if again is None:
        raise TryAgain()
    return _open_slip(session, _answer(session, caller, known, again))


def _open_slip(session: Session, outcome: Outcome) -> Outcome:
    """The claim slip's code in the clear, for the answer only; it is stored encrypted."""
    facts = dict(outcome.facts)
    if sealed := facts.pop("claim_sealed", None):
        facts["claim_code"] = keys_of(session).decrypt(str(sealed)).decode()
    return replace(outcome, facts=facts)


def _refuse(session: Session, reading: Reading, row: Row, decision: Decision | None) -> Outcome:
    """Remember a refusal under its nonce; a wrong code may be one guess too many."""
    if decision is None:
        outcome = Outcome.of(reading.refusal or NotPermitted())
    else:
        outcome = Outcome(decision.code, dict(decision.facts))
    outcome = replace(outcome, facts={**outcome.facts, **reading.extra})
    is_organiser = reading.acting.device is None and not reading.acting.is_citizen
    if outcome.code == "not_permitted" and is_organiser:
        raise NotFound()
    if outcome.code == "code_unknown" and reading.kind == "code":
        _ensure_not_guessing(session, reading)
    if row["person_id"] is not None and outcome.code not in {"code_unknown", "not_permitted"}:
        outcome = replace(outcome, facts={**outcome.facts, "display_name": row["display_name"]})
    if write_scan(session, reading, row, outcome) is None:
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
    if write_scan(session, reading, None, outcome) is None:
        return _replay(session, reading)
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
