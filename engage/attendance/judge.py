"""From the row of facts to the words of the rules (engage/core/checkin.py)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from engage.attendance.callers import LONG_AGO, Reading, Row
from engage.attendance.facts import count_people, count_ways
from engage.core import codes
from engage.core.activities import Kind
from engage.core.ages import Age, AgeNeed
from engage.core.checkin import Caller, CheckInFacts, CodeState, Way, Window, Worth
from engage.core.codes import Code, CodeType
from engage.core.fairness import is_walk_in_share_high
from engage.core.periods import day_of
from engage.core.places import Places, Registration
from engage.core.points import PointsRule, minutes_between
from engage.core.policy import Policy
from engage.ledger.queries import earned_between
from engage.policies.queries import read_policy
from engage.storage.engine import zone_of
from engage.storage.keys import Keyring


def code_state(keys: Keyring, reading: Reading, row: Row) -> tuple[CodeState, int | None]:
    """Whether the code is one of ours and current; of a rotating one also its step."""
    if reading.kind not in {"code", "foreign"}:
        known = row["person_id"] is not None or reading.request.walk_in is not None
        return (CodeState.CURRENT if known else CodeState.UNKNOWN), None
    code = reading.code
    if code is None or row["pass_id"] is None or row["person_id"] is None:
        return CodeState.UNKNOWN, None
    if code.type is CodeType.PASS:
        return _phone_code_state(keys, reading, row, code)
    is_card = code.type is CodeType.CARD
    known = is_card and keys.matches(row["pass_secret_hash"] or "", code.text)
    return (CodeState.CURRENT if known else CodeState.UNKNOWN), None


def _phone_code_state(
    keys: Keyring, reading: Reading, row: Row, code: Code
) -> tuple[CodeState, int | None]:
    around = codes.step_of(reading.time.at)
    try:
        secret = _secret(keys, row["pass_secret"])
    except (KeyError, ValueError):  # its key is gone: nothing can be proven by it any more
        return CodeState.UNKNOWN, None
    step = codes.find_step(secret, code, around, codes.STEP_REACH)
    if step is not None:
        return CodeState.CURRENT, step
    old = codes.find_step(secret, code, around, codes.OFFLINE_REACH)
    return (CodeState.OLD, old) if old is not None else (CodeState.UNKNOWN, None)


@lru_cache(maxsize=8192)
def _secret(keys: Keyring, stored: str) -> bytes:
    """Decrypted once per process: the ciphertext costs more than the rest of the decision."""
    return keys.decrypt(stored)


def rules_of(session: Session, reading: Reading, row: Row, state: CodeState) -> CheckInFacts:
    """The facts in the words of the rules."""
    policy = read_policy(row["policy_rules"])
    registration = Registration(row["registration"]) if row["registration"] else None
    registered = registration is Registration.REGISTERED
    places = Places() if registered else _places(session, row)
    share = not registered and _walk_in_share(session, reading, row)
    request = reading.request
    born = (row["born_year"], row["born_month"]) if row["born_year"] else None
    age_ok = request.age_ok or (request.walk_in is not None and request.walk_in.age_ok)
    is_cancelled = row["occurrence_status"] == "cancelled"
    return CheckInFacts(
        window=Window(
            row["starts_at"],
            row["ends_at"],
            timedelta(minutes=row["opens_minutes"]),
            timedelta(minutes=row["closes_minutes"]),
        ),
        scan=reading.time,
        way=_core_way(reading),
        worth=_worth(session, reading, row, policy, registered=registered, places=places),
        day=day_of(row["starts_at"], zone_of(session)),
        caller=_caller(reading, row),
        code=state,
        revoked_at=row["pass_revoked_at"],
        first_checked_in_at=row["first_checked_in_at"],
        cancelled_at=(row["closed_at"] or LONG_AGO) if is_cancelled else None,
        registration=registration,
        walk_ins=row["walk_ins"] or bool(request.overridden_because),
        age=Age(bool(row["is_adult"]), born, row["guardian_consent_at"] is not None, bool(age_ok)),
        age_need=AgeNeed(row["minimum_age"], policy.age_alone, policy.age_with_consent),
        manages=row["subject_role"] is not None,
        paid_duty=bool(row["subject_paid"]),
        places=places,
        overridden=bool(request.overridden_because),
        overlaps=bool(row["overlaps"]),
        walk_in_share=share,
    )


def _core_way(reading: Reading) -> Way:
    if reading.kind == "ticket":
        return Way.SELF
    return Way.SCANNED if reading.kind == "code" else Way.BY_NAME


def _caller(reading: Reading, row: Row) -> Caller:
    suspended = row["organisation_status"] != "verified"
    device = reading.acting.device
    if device is not None:
        return Caller(
            device_revoked=device.revoked_at is not None,
            permitted=device.permitted,
            organisation_suspended=suspended,
            uploads_after_revocation=device.revoked_at is not None,
        )
    citizen = reading.acting.is_citizen
    return Caller(
        permitted=citizen or row["caller_role"] is not None,
        organisation_suspended=suspended,
        is_the_citizen=citizen or reading.acting.person_id == row["person_id"],
    )


def _worth(
    session: Session,
    reading: Reading,
    row: Row,
    policy: Policy,
    *,
    registered: bool,
    places: Places,
) -> Worth:
    minutes = minutes_between(row["starts_at"], row["ends_at"])
    rule = _rule(row, policy)
    ticket = reading.request.ticket
    poster = ticket is not None and ticket.poster
    points = rule.points_for_poster(minutes) if poster else rule.points_for(minutes)
    already_day, already_year = _already(session, reading, row)
    covered = row["capacity"] or row["expected"] or 0
    within = row["taken"] <= covered if registered else places.present < covered
    return Worth(
        points=points,
        already_day=already_day,
        already_year=already_year,
        caps=policy.caps,
        opted_out=row["collects_points"] is False,
        after_check_out=row["uses_check_out"],
        budget_covers=within or (row["free_budget"] or 0) >= points,
    )


def _rule(row: Row, policy: Policy) -> PointsRule:
    if row["points_rule"]:
        return PointsRule.from_json(row["points_rule"])
    return policy.rule_for(Kind(row["activity_kind"]))


def _already(session: Session, reading: Reading, row: Row) -> tuple[int, int]:
    """Points already credited for the day and the year of the work, not of the scan."""
    if row["account_id"] is None:
        return 0, 0
    zone = zone_of(session)
    guessed = day_of(min(reading.request.scanned_at or reading.now, reading.now), zone)
    work_on = day_of(row["starts_at"], zone)
    if work_on == guessed and not row["has_joined"]:
        return row["earned_day"], row["earned_year"]
    day = earned_between(session, row["account_id"], work_on, work_on + timedelta(days=1))
    start, end = date(work_on.year, 1, 1), date(work_on.year + 1, 1, 1)
    return day, earned_between(session, row["account_id"], start, end)


def _places(session: Session, row: Row) -> Places:
    """How full it is. Asked only for people without a place: it counts heads."""
    present, present_registered, waitlisted = count_people(session, row["occurrence_id"])
    return Places(
        capacity=row["capacity"],
        registered=row["taken"],
        present=present,
        present_registered=present_registered,
        waitlisted=waitlisted,
    )


def _walk_in_share(session: Session, reading: Reading, row: Row) -> bool:
    """Whether this scanner's people here are mostly walk-ins (FAI-1)."""
    acting = reading.acting
    if acting.is_citizen:
        return False
    people, walk_ins = count_ways(
        session, row["occurrence_id"], acting.id, by_device=acting.device is not None
    )
    return is_walk_in_share_high(people + 1, walk_ins + 1)
