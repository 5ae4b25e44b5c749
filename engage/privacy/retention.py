"""Forgets what is no longer needed: one duty for each row of the table in ``core.privacy``."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Update,
    and_,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from engage.accounts.models import Attempt, DataRead, Erasure, MailLink, Pass, Person
from engage.activities.models import Occurrence, Registration
from engage.attendance.models import Attendance, HoursClaim, MissingPoints, Review, Scan
from engage.core.errors import REDEMPTION, answer_of
from engage.core.privacy import INACTIVITY_WARNINGS, kept_since
from engage.mail.models import Letter
from engage.mail.service import send
from engage.privacy.erasing import NAMES_IN_FACTS, erase
from engage.rewards.models import RedemptionAttempt
from engage.storage.engine import zone_of
from engage.storage.unit_of_work import run_work

#: People whom one unit of work looks at; rows of one statement.
PORTION = 200

#: Forgets the rows before an instant; returns how many.
Forget = Callable[[Session, datetime, datetime], int]


def forget_all(session: Session, now: datetime) -> int:
    """Work through the whole table; returns how many rows or accounts were forgotten."""
    done = 0
    for code, forget in DUTIES.items():
        since = kept_since(code, now, zone_of(session))
        if since is not None:
            done += forget(session, since, now)
    return done


def _erase_each(session: Session, ids: Sequence[uuid.UUID], now: datetime) -> int:
    """One unit of work for each account, so that one that fails holds up no other."""
    for person_id in ids:
        run_work(session, partial(erase, person_id=person_id, now=now))
    return len(ids)


_LIVE = (Person.erased_at.is_(None), Person.merged_into_id.is_(None))
_ATTENDED = exists().where(Attendance.person_id == Person.id)
_HAS_SHEET = exists().where(Pass.person_id == Person.id, Pass.kind != "P")
_HAS_CARD = exists().where(Pass.person_id == Person.id, Pass.kind == "K", Pass.revoked_at.is_(None))


def _forget_unconfirmed(session: Session, since: datetime, now: datetime) -> int:
    """An address that nobody confirmed. With it goes an account that has nothing else."""
    stale = (*_LIVE, Person.wanted_email.is_not(None), Person.wanted_email_at < since)
    is_used = or_(Person.email.is_not(None), _ATTENDED, _HAS_SHEET)
    session.rollback()  # look again
    used = session.scalars(select(Person.id).where(*stale, is_used).limit(PORTION)).all()
    others = session.scalars(select(Person.id).where(*stale, ~is_used).limit(PORTION)).all()
    if used:
        nothing = {"wanted_email": None, "wanted_email_at": None}
        emptied = update(Person).where(Person.id.in_(used)).values(nothing)
        run_work(session, lambda s: s.execute(emptied))
    return len(used) + _erase_each(session, others, now)


def _forget_unclaimed(session: Session, since: datetime, now: datetime) -> int:
    """An account made at the door that nobody took over."""
    last = (
        select(func.max(Attendance.checked_in_at))
        .where(Attendance.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    session.rollback()  # look again
    ids = session.scalars(
        select(Person.id)
        .where(
            *_LIVE,
            Person.claimed_at.is_(None),
            Person.password_hash.is_(None),
            Person.email.is_(None),
            ~_HAS_CARD,
            func.coalesce(last, Person.created_at) < since,
        )
        .limit(PORTION)
    ).all()
    return _erase_each(session, ids, now)


def _unused_since(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """No sign-in, attendance or pass shown since then."""
    attended = exists().where(Attendance.person_id == Person.id, Attendance.checked_in_at >= moment)
    shown = exists().where(Pass.person_id == Person.id, Pass.last_used_at >= moment)
    return (
        *_LIVE,
        Person.office_role.is_(None),
        Person.created_at < moment,
        or_(Person.last_seen_at.is_(None), Person.last_seen_at < moment),
        ~attended,
        ~shown,
    )


def _forget_inactive(session: Session, since: datetime, now: datetime) -> int:
    """An account that nobody used, after two warnings; who has no address cannot be warned."""
    first, last = INACTIVITY_WARNINGS
    used = and_(Person.warnings > 0, not_(and_(*_unused_since(since + first))))
    run_work(session, lambda s: s.execute(update(Person).where(used).values(warnings=0)))
    waited = Person.warned_at <= now - (first - last)
    done = run_work(session, lambda s: _warn(s, since + first, 0, true(), now))
    done += run_work(session, lambda s: _warn(s, since + last, 1, waited, now))
    session.rollback()  # look again
    unreachable = or_(Person.email.is_(None), Person.email_confirmed_at.is_(None))
    told = and_(Person.warnings >= len(INACTIVITY_WARNINGS), Person.warned_at <= now - last)
    over = select(Person.id).where(*_unused_since(since), or_(unreachable, told)).limit(PORTION)
    return done + _erase_each(session, session.scalars(over).all(), now)


def _warn(
    session: Session,
    unused_since: datetime,
    told_before: int,
    waited: ColumnElement[bool],
    now: datetime,
) -> int:
    """Tell people once at each stage how long their account stays."""
    days = INACTIVITY_WARNINGS[told_before].days
    people = session.scalars(
        select(Person)
        .where(
            *_unused_since(unused_since),
            Person.email_confirmed_at.is_not(None),
            Person.warnings == told_before,
            waited,
        )
        .limit(PORTION)
    ).all()
    for person in people:
        person.warnings += 1
        person.warned_at = now
        facts = {"name": person.display_name, "days": days}
        send(session, to=person.id, template="account_unused", facts=facts, now=now)
    return len(people)


def _forget_names(session: Session, since: datetime, _now: datetime) -> int:
    """Notes and names on the attendance records of organisations; the person's record stays."""

    def forget(s: Session) -> int:
        attendances = s.execute(
            update(Attendance)
            .where(Attendance.ends_at < since, Attendance.note != "")
            .values(note="")
        )
        old = select(Scan).where(Scan.received_at < since, Scan.person_id.is_not(None))
        named = [scan for scan in s.scalars(old) if NAMES_IN_FACTS & set(scan.facts)]
        for scan in named:
            scan.facts = {k: v for k, v in scan.facts.items() if k not in NAMES_IN_FACTS}
        return _rows(attendances) + len(named)

    return run_work(session, forget)


def _forget_registrations(session: Session, since: datetime, _now: datetime) -> int:
    over = select(Occurrence.id).where(Occurrence.ends_at < since)
    return _delete(session, delete(Registration).where(Registration.occurrence_id.in_(over)))


def _forget_claim_notes(session: Session, since: datetime, _now: datetime) -> int:
    """What was written; the hours stay, because points were booked for them."""
    models = ((HoursClaim, HoursClaim.submitted_at), (MissingPoints, MissingPoints.asked_at))

    def forget(s: Session) -> int:
        done = 0
        for model, at in models:
            written = or_(model.what != "", model.answer != "")
            old = update(model).where(at < since, written)
            done += _rows(s.execute(old.values(what="", answer="")))
        return done

    return run_work(session, forget)


def _forget_failed_scans(session: Session, since: datetime, _now: datetime) -> int:
    def forget(s: Session) -> int:
        codes = s.scalars(select(Scan.code).where(Scan.received_at < since).distinct())
        refused = [code for code in codes if not answer_of(code).is_success]
        scans = s.execute(delete(Scan).where(Scan.received_at < since, Scan.code.in_(refused)))
        tried = s.scalars(
            select(RedemptionAttempt.code).where(RedemptionAttempt.at < since).distinct()
        )
        failed = [code for code in tried if not answer_of(code, REDEMPTION).is_success]
        attempts = s.execute(
            delete(RedemptionAttempt).where(
                RedemptionAttempt.at < since, RedemptionAttempt.code.in_(failed)
            )
        )
        return _rows(scans) + _rows(attempts)

    return run_work(session, forget)


def _forget_review_texts(session: Session, since: datetime, _now: datetime) -> int:
    written = or_(Review.answer != "", Review.objection != "")
    statement = update(Review).where(Review.decided_at < since, written)
    return _delete(session, statement.values(answer="", objection=""))


def _forget_attempts(session: Session, since: datetime, _now: datetime) -> int:
    return _delete(session, delete(Attempt).where(Attempt.at < since))


def _forget_mails(session: Session, since: datetime, _now: datetime) -> int:
    ended = func.coalesce(Letter.sent_at, Letter.failed_at)
    return _delete(session, delete(Letter).where(ended < since))


def _forget_links(session: Session, since: datetime, _now: datetime) -> int:
    return _delete(session, delete(MailLink).where(MailLink.created_at < since))


def _forget_reads(session: Session, since: datetime, _now: datetime) -> int:
    return _delete(session, delete(DataRead).where(DataRead.at < since))


def _forget_mail_hashes(session: Session, since: datetime, _now: datetime) -> int:
    old = update(Erasure).where(Erasure.at < since, Erasure.email_hash.is_not(None))
    return _delete(session, old.values(email_hash=None))


def _delete(session: Session, statement: Delete | Update) -> int:
    return run_work(session, lambda s: _rows(s.execute(statement)))


def _rows(result: Any) -> int:
    return int(result.rowcount)


#: What is done for each class of data that does not stay as long as the account.
DUTIES: dict[str, Forget] = {
    "unconfirmed_sign_up": _forget_unconfirmed,
    "unclaimed_walk_in": _forget_unclaimed,
    "account": _forget_inactive,
    "names_for_organisations": _forget_names,
    "registrations": _forget_registrations,
    "hours_claims": _forget_claim_notes,
    "failed_scans": _forget_failed_scans,
    "reviews": _forget_review_texts,
    "sign_in_attempts": _forget_attempts,
    "mails": _forget_mails,
    "mail_links": _forget_links,
    "staff_reads": _forget_reads,
    "erased_mail_hash": _forget_mail_hashes,
}

#: Kept outside of the database: the operator's log rotation forgets the one (docs/operate.md), the
#: devices themselves the other, and the server lists nobody any more (``attendance.roster``).
OUTSIDE = frozenset({"server_log", "device_rosters"})
