"""Questions about rewards and redemptions. The statements of the hot path are built once, here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import String, and_, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.accounts.queries import was_erased_before
from engage.attendance.models import Attendance
from engage.core.ages import Age, AgeNeed
from engage.core.errors import NotFound
from engage.core.hours import read_hours
from engage.core.periods import Limit, Period, day_of, day_start
from engage.core.redemption import WHENEVER, HandingOver
from engage.core.reserving import RewardFacts, RewardState, TakerFacts, left_today
from engage.devices.models import Device
from engage.ledger.queries import ACCOUNTS
from engage.partners.models import Branch, Partner, PartnerMember
from engage.rewards.models import Redemption, RedemptionAttempt, Reward, RewardBranch
from engage.storage.engine import zone_of
from engage.storage.keys import keys_of
from engage.storage.prepared import Prepared

#: Ways of an attendance that an organiser has scanned.
SCANNED = ("scanned", "card")
#: States of a redemption that count for limits and for the yearly value.
COUNTED = ("reserved", "redeemed")
OPEN = "reserved"

_till = ACCOUNTS.alias("till_account")
_cause = ACCOUNTS.alias("cause_account")
_redemption = Redemption.__table__.c
_reward = Reward.__table__.c
_branch_row = RewardBranch.__table__.c
_member = PartnerMember.__table__.c


def _is_member(person: Any, partner: Any) -> Any:
    return exists().where(
        _member.person_id == person, _member.partner_id == partner, _member.removed_at.is_(None)
    )


#: Everything the till's decision needs, at ``branch``; which code, ``_voucher_by`` adds.
_VOUCHER = (
    select(
        _redemption.id,
        _redemption.state,
        _redemption.cost,
        _redemption.partner_id,
        _redemption.reward_id,
        _redemption.expires_at,
        _redemption.redeemed_at,
        _reward.kind,
        _reward.title,
        _reward.hand_over,
        _reward.redeemable_from,
        _reward.redeemable_until,
        _reward.redeem_hours,
        _reward.own_codes,
        Partner.__table__.c.status.label("partner_status"),
        Branch.__table__.c.name.label("branch_name"),
        Device.__table__.c.name.label("device_name"),
        func.coalesce(_cause.c.id, _till.c.id).label("to_account"),
        _is_member(_redemption.person_id, _redemption.partner_id).label("own_partner"),
        or_(
            bindparam("branch", type_=_redemption.branch_id.type).is_(None),
            ~exists().where(_branch_row.reward_id == _redemption.reward_id),
            exists().where(
                _branch_row.reward_id == _redemption.reward_id,
                _branch_row.branch_id == bindparam("branch", type_=_redemption.branch_id.type),
            ),
        ).label("branch_allowed"),
    )
    .select_from(Redemption.__table__)
    .join(Reward.__table__, _reward.id == _redemption.reward_id)
    .join(Partner.__table__, Partner.__table__.c.id == _redemption.partner_id)
    .outerjoin(Branch.__table__, Branch.__table__.c.id == _redemption.branch_id)
    .outerjoin(Device.__table__, Device.__table__.c.id == _redemption.device_id)
    .outerjoin(_till, _till.c.partner_id == _redemption.partner_id)
    .outerjoin(
        _cause,
        and_(_reward.kind == "good_cause", _cause.c.name == "good_cause:" + _reward.good_cause),
    )
)


@lru_cache
def _voucher_by(count: int) -> Prepared:
    """By the hashes of a code under each of the city's keys: ``hash0``, ``hash1`` …"""
    hashes = (bindparam(f"hash{place}", type_=String()) for place in range(count))
    return Prepared(_VOUCHER.where(or_(*(_redemption.code_hash == one for one in hashes))))


#: The partner a member redeems for.
MEMBER = select(_member.role).where(
    _member.person_id == bindparam("person"),
    _member.partner_id == bindparam("partner"),
    _member.removed_at.is_(None),
)


def find_voucher(session: Session, code: str, branch_id: uuid.UUID | None) -> Any:
    """The redemption of a typed or scanned code, with all that decides about it."""
    hashes = list(keys_of(session).hashes(code))
    named = {f"hash{place}": one for place, one in enumerate(hashes)}
    row = _voucher_by(len(hashes)).first(session, {**named, "branch": branch_id})
    return SimpleNamespace(**row) if row is not None else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reward and the person who wants it, before the account is locked."""

    reward: Any
    taker: Any
    facts: RewardFacts
    person: TakerFacts


def get_wanted(
    session: Session, reward_id: uuid.UUID, person_id: uuid.UUID, now: datetime
) -> Wanted:
    """Reward, partner and person in one statement.

    Raises NotFound for an unknown or unpublished reward.
    """
    attended = exists().where(Attendance.person_id == Person.id, Attendance.annulled_at.is_(None))
    scanned = attended.where(Attendance.way.in_(SCANNED))
    card = exists().where(Pass.person_id == Person.id, Pass.kind == "K", Pass.revoked_at.is_(None))
    row: Any = session.execute(
        select(
            *Reward.__table__.c,
            Partner.status.label("partner_status"),
            Partner.budget_points,
            ACCOUNTS.c.id.label("account_id"),
            Person.email,
            Person.email_confirmed_at,
            Person.is_adult,
            Person.born_year,
            Person.born_month,
            Person.guardian_consent_at,
            _is_member(Person.id, Partner.id).label("own_partner"),
            attended.label("attended"),
            scanned.label("was_scanned"),
            card.label("has_card"),
        )
        .join(Partner, Partner.id == Reward.partner_id)
        .join(Person, true())
        .join(ACCOUNTS, ACCOUNTS.c.person_id == Person.id)
        .where(Reward.id == reward_id, Person.id == person_id, Person.erased_at.is_(None))
    ).one_or_none()
    if row is None or row.status in HIDDEN:
        raise NotFound()
    return Wanted(row, row, _reward_facts(session, row, now), _person_facts(row))


#: Rewards that only their partner and the office know.
HIDDEN = ("draft", "submitted")

_STATES = {
    "published": RewardState.ACTIVE,
    "paused": RewardState.PAUSED,
    "ended": RewardState.ENDED,
}


def limit_of(row: Any) -> Limit | None:
    """How often a person may have a reward."""
    if row.limit_count is None or row.limit_period is None:
        return None
    return Limit(row.limit_count, Period(row.limit_period))


def hands_over(row: Any, tz: tzinfo) -> HandingOver:
    """When the till gives a reward; of a row with its period and hours."""
    if not (row.redeemable_from or row.redeemable_until or row.redeem_hours):
        return WHENEVER
    return HandingOver(row.redeemable_from, row.redeemable_until, read_hours(row.redeem_hours), tz)


def _reward_facts(session: Session, row: Any, now: datetime) -> RewardFacts:
    tz = zone_of(session)
    today = day_of(now, tz)
    return RewardFacts(
        left_today=left_today(row.daily_stock, row.daily_taken, row.daily_on, today),
        when=hands_over(row, tz),
        life=timedelta(minutes=row.reserve_minutes),
        cost=row.cost,
        state=_STATES[row.status],
        starts_at=row.reservable_from,
        ends_at=row.reservable_until,
        partner_suspended=row.partner_status != "verified",
        stock=row.stock,
        limit=limit_of(row),
        age_need=AgeNeed(row.minimum_age, 0, 0),
        value_cents=row.face_value_cents,
        welcome=row.kind == "welcome",
    )


def _person_facts(row: Any) -> TakerFacts:
    born = (row.born_year, row.born_month) if row.born_year else None
    return TakerFacts(
        mail_confirmed=row.email_confirmed_at is not None,
        card_issued=row.has_card,
        attendances=int(row.attended),
        scanned_attendances=int(row.was_scanned),
        own_partner=row.own_partner,
        age=Age(row.is_adult, born, row.guardian_consent_at is not None),
    )


@dataclass(frozen=True, slots=True)
class Usage:
    """What a person has reserved and redeemed; read under the lock of the account.

    used_times:  of this reward in all its versions.
    value_cents: in the city's calendar year.
    """

    open_count: int
    has_this_open: bool
    used_times: tuple[datetime, ...]
    value_cents: int
    welcomed: bool


def get_usage(
    session: Session, wanted: Wanted, person_id: uuid.UUID, now: datetime, tz: tzinfo
) -> Usage:
    rows = session.execute(
        select(
            Redemption.reward_id,
            Redemption.state,
            Redemption.reserved_at,
            Redemption.face_value_cents,
            Redemption.partner_id,
            Reward.series_id,
            Reward.kind,
        )
        .join(Reward, Reward.id == Redemption.reward_id)
        .where(Redemption.person_id == person_id, Redemption.state.in_(COUNTED))
    ).all()
    start, end = year_of(now, tz)
    reward = wanted.reward
    return Usage(
        open_count=sum(row.state == OPEN for row in rows),
        has_this_open=any(row.state == OPEN and row.series_id == reward.series_id for row in rows),
        used_times=tuple(row.reserved_at for row in rows if row.series_id == reward.series_id),
        value_cents=sum(row.face_value_cents for row in rows if start <= row.reserved_at < end),
        welcomed=any(row.kind == "welcome" and row.partner_id == reward.partner_id for row in rows)
        or bool(
            reward.kind == "welcome" and reward.email and was_erased_before(session, reward.email)
        ),
    )


def year_of(now: datetime, tz: tzinfo) -> tuple[datetime, datetime]:
    """The city's calendar year around an instant; its end belongs to the next."""
    year = day_of(now, tz).year
    return day_start(date(year, 1, 1), tz), day_start(date(year + 1, 1, 1), tz)


def partner_budget_left(
    session: Session, partner_id: uuid.UUID, now: datetime, tz: tzinfo
) -> int | None:
    """Points the city still settles with a partner this year; None without a limit.

    Holds the partner's row, so that two reservations cannot both take the rest.
    """
    budget = session.scalar(
        select(Partner.budget_points)
        .where(Partner.id == partner_id)
        .with_for_update(key_share=True)
    )
    if budget is None:
        return None
    start, end = year_of(now, tz)
    used = session.scalar(
        select(func.coalesce(func.sum(Redemption.cost), 0)).where(
            Redemption.partner_id == partner_id,
            Redemption.state.in_(COUNTED),
            Redemption.reserved_at >= start,
            Redemption.reserved_at < end,
        )
    )
    return budget - int(used or 0)


def count_guesses(
    session: Session, caller_id: uuid.UUID, since: datetime
) -> tuple[int, datetime | None]:
    """Distinct well-formed codes of a caller that nobody knows, and when the first came."""
    row = session.execute(
        select(
            func.count(func.distinct(RedemptionAttempt.subject)), func.min(RedemptionAttempt.at)
        ).where(
            RedemptionAttempt.caller_id == caller_id,
            RedemptionAttempt.at > since,
            RedemptionAttempt.code == "code_unknown",
            RedemptionAttempt.subject.not_like("malformed:%"),
        )
    ).one()
    return int(row[0]), row[1]


def get_reward(session: Session, reward_id: uuid.UUID) -> Reward:
    """Raises NotFound."""
    found = session.get(Reward, reward_id)
    if found is None:
        raise NotFound()
    return found


def get_redemption(session: Session, redemption_id: uuid.UUID) -> Redemption:
    """Raises NotFound."""
    found = session.get(Redemption, redemption_id)
    if found is None:
        raise NotFound()
    return found


def get_own_redemption(
    session: Session, redemption_id: uuid.UUID, person_id: uuid.UUID
) -> Redemption:
    """A citizen's own redemption. Raises NotFound, also for somebody else's."""
    found = get_redemption(session, redemption_id)
    if found.person_id != person_id:
        raise NotFound()
    return found


def code_of(session: Session, redemption: Redemption) -> str:
    """The 10 typed characters, for the citizen's page alone."""
    return keys_of(session).decrypt(redemption.code_sealed).decode()


def list_open_ids(session: Session, person_id: uuid.UUID) -> list[uuid.UUID]:
    """Open reservations of a person, the newest first."""
    return list(
        session.scalars(
            select(Redemption.id)
            .where(Redemption.person_id == person_id, Redemption.state == OPEN)
            .order_by(Redemption.reserved_at.desc(), Redemption.id.desc())
        )
    )


def list_open_of_partner(session: Session, partner_id: uuid.UUID) -> list[uuid.UUID]:
    return list(
        session.scalars(
            select(Redemption.id)
            .where(Redemption.partner_id == partner_id, Redemption.state == OPEN)
            .order_by(Redemption.id)
        )
    )


def list_due_ids(session: Session, before: datetime, limit: int) -> list[uuid.UUID]:
    """Reservations whose time ended before an instant, the oldest first."""
    return list(
        session.scalars(
            select(Redemption.id)
            .where(Redemption.state == OPEN, Redemption.expires_at < before)
            .order_by(Redemption.expires_at)
            .limit(limit)
        )
    )


def list_with_accounts(session: Session, ids: Iterable[uuid.UUID]) -> list[Any]:
    """Redemptions with the account of their person, in the order in which accounts are locked."""
    return list(
        session.execute(
            select(
                Redemption.id,
                Redemption.person_id,
                Redemption.reward_id,
                Redemption.partner_id,
                Redemption.cost,
                Redemption.state,
                Redemption.reserved_at,
                ACCOUNTS.c.id.label("account_id"),
            )
            .join(ACCOUNTS, ACCOUNTS.c.person_id == Redemption.person_id)
            .where(Redemption.id.in_(list(ids)))
            .order_by(ACCOUNTS.c.id, Redemption.id)
        )
    )
