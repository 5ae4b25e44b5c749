"""Wrong codes and pauses: who seems to guess, and how much is slowed down because of it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engage.accounts.attempts import Guess
from engage.accounts.models import Attempt, Pass, Person
from engage.attendance.models import Scan
from engage.core.accounts import TRIES_COUNT_FOR
from engage.core.fairness import CHECK_IN_GUESSES, FREE_TRIES, REDEMPTION_GUESSES, sign_in_pause
from engage.core.pins import WRONG_IN_ALL
from engage.devices.models import Device
from engage.organisations.models import Member, Organisation
from engage.partners.models import Partner, PartnerMember
from engage.rewards.models import RedemptionAttempt

#: As long as failed scans are kept (PRI-1).
LOOKED_BACK = timedelta(days=30)
#: A queue of the desk for so long.
NEWS_FOR = timedelta(days=7)
#: Nobody mistypes so many different codes within a minute.
FEW = 5


@dataclass(frozen=True, slots=True)
class Caller:
    """A device or an account that sent wrong codes (FAI-8).

    kind:    ``scanner``, ``kiosk``, ``till``, ``member``, ``citizen``; a citizen has no name here.
    wrong:   different codes in 30 days · most: in one minute · limit: how many a minute are heard.
    """

    kind: str
    name: str
    body: str
    wrong: int
    most: int
    limit: int
    last_at: datetime

    @property
    def was_stopped(self) -> bool:
        return self.most >= self.limit


@dataclass(frozen=True, slots=True)
class Pauses:
    """How many are slowed down now, without a name: kept are keyed hashes alone (FAI-7)."""

    passwords: int
    second_factors: int
    claims: int
    pins: int
    pins_to_renew: int


def list_callers(session: Session, now: datetime) -> list[Caller]:
    """Who sent at least five different wrong codes within a minute, the busiest first."""
    since = now - LOOKED_BACK
    door = session.execute(
        select(Scan.caller_id, Scan.subject, Scan.received_at).where(
            Scan.received_at > since, Scan.code == "code_unknown", Scan.subject_kind == "code"
        )
    )
    till = session.execute(
        select(RedemptionAttempt.caller_id, RedemptionAttempt.subject, RedemptionAttempt.at).where(
            RedemptionAttempt.at > since,
            RedemptionAttempt.code == "code_unknown",
            RedemptionAttempt.subject.not_like("malformed:%"),
        )
    )
    found = []
    for rows, limit in ((door, CHECK_IN_GUESSES), (till, REDEMPTION_GUESSES)):
        wrong: dict[uuid.UUID, list[tuple[str, datetime]]] = defaultdict(list)
        for caller, subject, at in rows:
            wrong[caller].append((subject, at))
        busy = {one: most for one in wrong if (most := limit.most(wrong[one])) >= FEW}
        known = _names(session, busy)
        for caller, most in busy.items():
            kind, name, body = known.get(caller, ("citizen", "", ""))
            codes = wrong[caller]
            last_at = max(at for _, at in codes)
            count = len({subject for subject, _ in codes})
            found.append(Caller(kind, name, body, count, most, limit.count, last_at))
    return sorted(found, key=lambda one: (one.was_stopped, one.most, one.last_at), reverse=True)


def count_pauses(session: Session, now: datetime) -> Pauses:
    """What is paused at this moment, by what was guessed."""
    paused = _paused(session, now)
    pins, renew = session.execute(
        select(
            func.count().filter(Pass.pin_locked_until > now),
            func.count().filter(Pass.pin_failures >= WRONG_IN_ALL),
        ).where(Pass.revoked_at.is_(None), Pass.pin_hash.is_not(None))
    ).one()
    return Pauses(
        paused[Guess.PASSWORD], paused[Guess.SECOND_FACTOR], paused[Guess.CLAIM], pins, renew
    )


def _names(session: Session, callers: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str, str]]:
    """Devices and members of organisations and partners by id; nobody else."""
    ids = list(callers)
    rows = session.execute(
        select(Device.id, Device.kind, Device.name, Organisation.name, Partner.name)
        .outerjoin(Organisation, Organisation.id == Device.organisation_id)
        .outerjoin(Partner, Partner.id == Device.partner_id)
        .where(Device.id.in_(ids))
    )
    known = {key: (kind, name, of or at or "") for key, kind, name, of, at in rows}
    people = session.execute(
        select(Person.id, Person.display_name, Organisation.name, Partner.name)
        .outerjoin(Member, Member.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Member.organisation_id)
        .outerjoin(PartnerMember, PartnerMember.person_id == Person.id)
        .outerjoin(Partner, Partner.id == PartnerMember.partner_id)
        .where(
            Person.id.in_(ids),
            or_(Organisation.id.is_not(None), Partner.id.is_not(None)),
        )
    )
    known.update({key: ("member", name, of or at) for key, name, of, at in people})
    return known


def _paused(session: Session, now: datetime) -> dict[Guess, int]:
    """How many names of each kind have to wait, by the row of wrong tries that is not over."""
    rows = session.execute(
        select(Attempt.kind, Attempt.who, Attempt.at, Attempt.succeeded)
        .where(Attempt.at > now - TRIES_COUNT_FOR)
        .order_by(Attempt.at)
    )
    wrong: dict[tuple[str, str], tuple[int, datetime]] = {}
    for kind, who, at, succeeded in rows:
        count = wrong.get((kind, who), (0, at))[0]
        wrong[kind, who] = (0 if succeeded else count + 1, at)
    counts = dict.fromkeys(Guess, 0)
    for (kind, _), (count, at) in wrong.items():
        if count >= FREE_TRIES and at + sign_in_pause(count) > now:
            counts[Guess(kind)] += 1
    return counts
