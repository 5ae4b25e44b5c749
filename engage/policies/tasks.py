"""What the city's rules do by themselves: points grow old, and people are told before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import partial

from sqlalchemy.orm import Session

from engage.core.expiry import WARNINGS, Expiring, cutoff_of, due_for_expiry, expiring
from engage.core.periods import day_of
from engage.ledger import expiry
from engage.ledger import service as ledger
from engage.ledger.expiry import Candidate
from engage.mail import service as mail
from engage.policies.queries import policy_at
from engage.storage.engine import zone_of
from engage.storage.periodic import Task
from engage.storage.unit_of_work import run_work


@dataclass(frozen=True, slots=True)
class _Today:
    """What counts as old on the day the job runs."""

    now: datetime
    tz: tzinfo
    months: int

    @property
    def day(self) -> date:
        return day_of(self.now, self.tz)

    @property
    def cutoff(self) -> datetime:
        return cutoff_of(self.now, self.tz, self.months)

    @property
    def horizon(self) -> datetime:
        """Nothing younger than this goes or is warned of today."""
        later = self.now + max(WARNINGS) + timedelta(days=1)
        return cutoff_of(later, self.tz, self.months)


def expire_points(session: Session, now: datetime) -> int:
    """Let points past their age go, and warn of those that follow; one unit of work an account.

    Two workers at once, or a second run, book and tell nothing twice.

    Returns how many accounts lost points or were warned. Source: PTS-13 to PTS-15.
    """
    today = _Today(now, zone_of(session), policy_at(session, now).expiry_months)
    done = 0
    for one in expiry.list_candidates(session, today.horizon):
        if _has_news(session, one, today):  # without a lock: most days nothing grows too old
            done += run_work(session, partial(_grow_old, one=one, today=today))
    return done


def _has_news(session: Session, one: Candidate, today: _Today) -> bool:
    movements = expiry.list_aged(session, one.account_id)
    if due_for_expiry(movements, today.cutoff, today.now):
        return True
    dates = expiring(movements, today.tz, today.months)
    return bool(expiry.list_news(session, one.account_id, dates, today.day))


def _grow_old(session: Session, one: Candidate, today: _Today) -> bool:
    ledger.lock(session, one.account_id)
    cutoff = day_of(today.cutoff, today.tz)
    gone = expiry.expire_account(session, one.account_id, cutoff, today.tz, now=today.now)
    dates = expiring(expiry.list_aged(session, one.account_id), today.tz, today.months)
    news = expiry.list_news(session, one.account_id, dates, today.day)
    if news:
        expiry.note_told(session, one.account_id, news, today.day, now=today.now)
        _warn(session, one, news, today.now)
    return bool(gone or news)


def _warn(session: Session, one: Candidate, news: list[Expiring], now: datetime) -> None:
    mail.send(
        session,
        to=one.person_id,
        template="points_expiring",
        facts={"dates": [asdict(date) for date in news]},
        now=now,
    )


#: Several times a day, though a cut-off day is booked once: points come of age at midnight there.
TASKS = (Task("points.expire", timedelta(hours=6), expire_points),)
