"""A reward goes online, waits for the office, is paused, ends, and is made anew (RED-8, RED-17)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from engage.core.errors import (
    NotATransition,
    NotFound,
    PartnerNotVerified,
    ReasonNeeded,
    VoucherCodesNeeded,
)
from engage.core.points import good_cause
from engage.core.redemption import Approved, Waits, ensure_event, ensure_face_value, waits_for
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.partners.models import Partner
from engage.policies.queries import policy_at
from engage.rewards import offers, pictures, vouchers
from engage.rewards.models import Reward
from engage.rewards.offers import Price, Terms, Words
from engage.rewards.pictures import Look
from engage.storage.base import new_id

#: From which status a step leads where; publishing may lead to the office first.
STEPS = {
    "publish": ({"draft", "paused"}, "published"),
    "withdraw": ({"submitted"}, "draft"),
    "pause": ({"published"}, "paused"),
    "end": ({"published", "paused"}, "ended"),
}

#: What a new version begins with.
COPIED = (
    "partner_id",
    "series_id",
    "kind",
    "category",
    "title",
    "description",
    "hand_over",
    "picture",
    "picture_alt",
    "cost",
    "face_value_cents",
    "no_value_reason",
    "stock",
    "daily_stock",
    "own_codes",
    "limit_count",
    "limit_period",
    "minimum_age",
    "for_families",
    "good_cause",
    "shown_from",
    "shown_until",
    "reservable_from",
    "reservable_until",
    "redeemable_from",
    "redeemable_until",
    "redeem_hours",
    "event_starts_at",
    "event_ends_at",
    "event_place",
    "reserve_minutes",
    "approved_value_cents",
    "approved_age",
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new reward begins with; its terms start as wide as they can be."""

    words: Words
    look: Look
    price: Price


def begin(
    session: Session,
    partner_id: uuid.UUID,
    given: Beginning,
    *,
    actor_id: uuid.UUID,
    now: datetime,
) -> Reward:
    """A draft with words, picture and price; nobody sees it before it is published.

    Raises FaceValueReasonNeeded.
    """
    made = offers.draft(session, partner_id, given.words, actor_id=actor_id, now=now)
    session.flush()  # its picture and its codes name it
    pictures.put_on(session, made, given.look, now=now)
    offers.price(session, made, given.price)
    return made


def reword(session: Session, reward: Reward, words: Words, look: Look, *, now: datetime) -> None:
    """Change the words and the picture."""
    offers.describe(reward, words)
    pictures.put_on(session, reward, look, now=now)


def reprice(
    session: Session, reward: Reward, given: Price, *, actor_id: uuid.UUID | None, now: datetime
) -> bool:
    """Change the price; True if a reward that is online went to the office with it.

    Raises FrozenReward, FaceValueReasonNeeded.
    """
    offers.price(session, reward, given)
    return _look_again(session, reward, now=now, actor_id=actor_id)


def change_terms(
    session: Session, reward: Reward, terms: Terms, *, actor_id: uuid.UUID, now: datetime
) -> bool:
    """Change the terms; True if a reward that is online went to the office with it.

    Raises FrozenReward, EventIncomplete.
    """
    offers.set_terms(session, reward, terms)
    return _look_again(session, reward, now=now, actor_id=actor_id)


def step(
    session: Session,
    reward: Reward,
    name: str,
    *,
    now: datetime,
    actor_id: uuid.UUID | None = None,
) -> str:
    """Publish, withdraw, pause or end a reward. Open reservations are honoured in any case.

    name: one of STEPS. A new version that is published ends the one before. Publishing leads to
          ``submitted`` where the office looks first (RED-17).

    Returns the status afterwards. Raises NotATransition, PartnerNotVerified,
    FaceValueReasonNeeded, EventIncomplete, VoucherCodesNeeded.
    """
    before, after = STEPS[name]
    if reward.status not in before:
        raise NotATransition()
    if name == "publish":
        _ensure_complete(session, reward)
        why = why_it_waits(session, reward, now)
        if why:
            _submit(reward, why, actor_id, now)
        else:
            _go_online(session, reward, now)
        return reward.status
    reward.status = after
    if name == "withdraw":
        reward.waits_for = ""
    if name == "withdraw" and reward.published_at is not None:
        reward.status = "paused"
    return reward.status


def _go_online(session: Session, reward: Reward, now: datetime) -> None:
    _end_older(session, reward)
    reward.published_at = reward.published_at or now
    reward.approved_value_cents = max(reward.approved_value_cents or 0, reward.face_value_cents)
    reward.approved_age = reward.minimum_age
    reward.status, reward.waits_for = "published", ""


def _submit(
    reward: Reward, why: tuple[Waits, ...], actor_id: uuid.UUID | None, now: datetime
) -> None:
    reward.status, reward.waits_for = "submitted", ",".join(why)
    reward.submitted_at, reward.submitted_by = now, actor_id
    reward.decided_at = reward.decided_by = None
    reward.refused_because = ""


def why_it_waits(session: Session, reward: Reward, now: datetime) -> tuple[Waits, ...]:
    """Reasons for the office to look before citizens see it; none for most rewards."""
    is_first = not session.scalar(
        select(
            exists().where(Reward.partner_id == reward.partner_id, Reward.published_at.is_not(None))
        )
    )
    return waits_for(
        reward.face_value_cents,
        reward.minimum_age,
        Approved(reward.approved_value_cents, reward.approved_age),
        is_first=is_first,
        most_cents=policy_at(session, now).review_value_cents,
    )


def _look_again(
    session: Session, reward: Reward, *, now: datetime, actor_id: uuid.UUID | None
) -> bool:
    """After a change of a reward that is online: does the office have to look first?

    True if it went from the shelf to the office. Vouchers that are out stay valid.
    """
    if reward.status not in {"published", "paused"}:
        return False
    why = why_it_waits(session, reward, now)
    if why:
        _submit(reward, why, actor_id, now)
    return bool(why)


def _ensure_complete(session: Session, reward: Reward) -> None:
    partner = session.get_one(Partner, reward.partner_id)
    if partner.status != "verified":
        raise PartnerNotVerified()
    ensure_face_value(reward.face_value_cents, reward.no_value_reason)
    if reward.kind == "event":
        ensure_event(reward.event_starts_at, reward.event_ends_at, reward.event_place)
    if reward.own_codes != "none" and not (reward.stock or _older_stock(session, reward)):
        raise VoucherCodesNeeded()
    if reward.kind == "good_cause" and reward.good_cause:
        name = good_cause(reward.good_cause)
        try:
            ledger_queries.named_account_id(session, name)
        except NotFound:
            ledger.open_good_cause(session, reward.good_cause)


def _older(session: Session, reward: Reward) -> list[Reward]:
    return list(
        session.scalars(
            select(Reward)
            .where(
                Reward.series_id == reward.series_id,
                Reward.version < reward.version,
                Reward.status != "ended",
            )
            .order_by(Reward.id)
        )
    )


def _older_stock(session: Session, reward: Reward) -> int:
    return sum(one.stock or 0 for one in _older(session, reward))


def _end_older(session: Session, reward: Reward) -> None:
    for older in _older(session, reward):
        if reward.own_codes != "none" and older.own_codes != "none":
            vouchers.move(session, older, reward)
        older.status = "ended"
    session.flush()


def new_version(session: Session, reward: Reward, *, actor_id: uuid.UUID, now: datetime) -> Reward:
    """A draft with the same words and terms; old vouchers keep their cost (RED-8).

    Own codes stay with the old version until the new one goes online.
    Returns the draft that is there already, if there is one.
    """
    waiting = session.scalars(
        select(Reward).where(
            Reward.series_id == reward.series_id, Reward.status.in_(("draft", "submitted"))
        )
    ).first()
    if waiting is not None:
        return waiting
    newest = session.scalar(
        select(func.max(Reward.version)).where(Reward.series_id == reward.series_id)
    )
    made = Reward(
        id=new_id(),
        version=int(newest or reward.version) + 1,
        status="draft",
        created_at=now,
        created_by=actor_id,
        **{name: getattr(reward, name) for name in COPIED},
    )
    if made.own_codes != "none":
        made.stock = 0
    session.add(made)
    session.flush()  # its branches need the id
    offers.limit_branches(session, made.id, offers.branches_of(session, reward.id))
    return made


# --- the office ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Submitted:
    """A reward that waits for the office, with who brings it."""

    reward: Reward
    partner: Partner

    @property
    def waits_for(self) -> tuple[str, ...]:
        return tuple(filter(None, self.reward.waits_for.split(",")))


def list_submitted(session: Session) -> list[Submitted]:
    """What waits for the office, the oldest first."""
    rows = session.execute(
        select(Reward, Partner)
        .join(Partner, Partner.id == Reward.partner_id)
        .where(Reward.status == "submitted")
        .order_by(Reward.submitted_at, Reward.id)
    )
    return [Submitted(*row) for row in rows]


def get_submitted(session: Session, reward_id: uuid.UUID) -> Submitted:
    """Raises NotFound, also for one that does not wait any more."""
    row = session.execute(
        select(Reward, Partner)
        .join(Partner, Partner.id == Reward.partner_id)
        .where(Reward.id == reward_id, Reward.status == "submitted")
    ).one_or_none()
    if row is None:
        raise NotFound()
    return Submitted(*row)


def approve(
    session: Session, reward_id: uuid.UUID, *, actor_id: uuid.UUID, now: datetime
) -> Reward:
    """The office says yes: the reward goes online.

    Raises NotFound, NotATransition and what publishing raises.
    """
    reward = _decided(session, reward_id, "published", actor_id, now)
    _ensure_complete(session, reward)
    _go_online(session, reward, now)
    return reward


def refuse(
    session: Session, reward_id: uuid.UUID, reason: str, *, actor_id: uuid.UUID, now: datetime
) -> Reward:
    """The office says no, and why: the partner can mend it and ask again.

    Raises NotFound, NotATransition, ReasonNeeded.
    """
    if not reason.strip():
        raise ReasonNeeded()
    reward = _decided(session, reward_id, "draft", actor_id, now)
    if reward.published_at is not None:
        reward.status = "paused"
    reward.refused_because, reward.waits_for = reason.strip()[:500], ""
    return reward


def _decided(
    session: Session, reward_id: uuid.UUID, status: str, actor_id: uuid.UUID, now: datetime
) -> Reward:
    """One statement decides: two of the office, or the partner withdrawing, cannot both win."""
    changed = session.execute(
        update(Reward)
        .where(Reward.id == reward_id, Reward.status == "submitted")
        .values(status=status, decided_at=now, decided_by=actor_id)
        .returning(Reward.id)
        .execution_options(synchronize_session=False)
    ).first()
    reward = session.get(Reward, reward_id, populate_existing=True)
    if reward is None:
        raise NotFound()
    if changed is None:
        raise NotATransition()
    return reward
