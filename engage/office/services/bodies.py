"""Who may offer and who may reward: admit, refuse, suspend organisations and partners (ACT-11)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.acts.service import By, note
from engage.core.activities import BodyState, next_body_state
from engage.core.claims import ensure_reason
from engage.core.errors import NotFound
from engage.core.periods import day_of
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.mail import service as mail
from engage.organisations import budget
from engage.organisations.models import Budget, Member, Organisation
from engage.partners.models import Partner, PartnerMember
from engage.policies.queries import policy_at
from engage.rewards import service as rewards
from engage.rewards.models import Reward
from engage.storage.engine import zone_of


def verify_organisation(session: Session, organisation_id: uuid.UUID, by: By) -> None:
    """Admit an organisation, new or suspended; a new one gets the year's budget of the policy.

    Raises NotFound, NotATransition.
    """
    body = _organisation(session, organisation_id)
    _move(session, body, BodyState.VERIFIED, by)
    year = day_of(by.at, zone_of(session)).year
    has_budget = session.scalar(
        select(Budget.id).where(Budget.organisation_id == body.id, Budget.year == year)
    )
    if not has_budget:
        budget.grant(session, body.id, year, policy_at(session, by.at).organisation_budget)


def refuse_organisation(session: Session, organisation_id: uuid.UUID, by: By) -> None:
    """Say no to an application; its members read the reason.

    Raises NotFound, NotATransition, ReasonNeeded.
    """
    ensure_reason(by.reason)
    _move(session, _organisation(session, organisation_id), BodyState.REFUSED, by)


def suspend_organisation(session: Session, organisation_id: uuid.UUID, by: By) -> None:
    """Nobody is checked in there until it is admitted again; attendances so far stand.

    Raises NotFound, NotATransition, ReasonNeeded.
    """
    ensure_reason(by.reason)
    _move(session, _organisation(session, organisation_id), BodyState.SUSPENDED, by)


def grant_budget(
    session: Session, organisation_id: uuid.UUID, year: int, points: int, by: By
) -> None:
    """Set what an organisation may give in a year; never below what is already set aside.

    Raises NotFound, BudgetShort, ReasonNeeded.
    """
    ensure_reason(by.reason)
    body = _organisation(session, organisation_id)
    budget.grant(session, body.id, year, points)
    facts = {"year": year, "points": points}
    note(session, by, "budget_granted", "organisation", body.id, facts)


def verify_partner(session: Session, partner_id: uuid.UUID, by: By) -> None:
    """Admit a partner, new or suspended; a new one gets an account for the points it takes.

    Raises NotFound, NotATransition.
    """
    partner = _partner(session, partner_id)
    _move(session, partner, BodyState.VERIFIED, by)
    try:
        ledger_queries.partner_account_id(session, partner.id)
    except NotFound:
        ledger.open_partner_account(session, partner.id)


def refuse_partner(session: Session, partner_id: uuid.UUID, by: By) -> None:
    """Raises NotFound, NotATransition, ReasonNeeded."""
    ensure_reason(by.reason)
    _move(session, _partner(session, partner_id), BodyState.REFUSED, by)


def suspend_partner(session: Session, partner_id: uuid.UUID, by: By) -> int:
    """Nothing is reserved or redeemed there; what is reserved ends, and the people are told.

    Returns how many reservations ended. Raises NotFound, NotATransition, ReasonNeeded.
    """
    ensure_reason(by.reason)
    partner = _partner(session, partner_id)
    _move(session, partner, BodyState.SUSPENDED, by)
    ended = rewards.cancel_all_of_partner(session, partner.id, now=by.at, actor_id=by.actor_id)
    titles = _titles(session, [one.reward_id for one in ended])
    for one in ended:
        facts = {"reward": titles[one.reward_id], "points": one.points, "partner": partner.name}
        mail.send(session, to=one.person_id, template="reservation_ended", facts=facts, now=by.at)
    return len(ended)


def _organisation(session: Session, organisation_id: uuid.UUID) -> Organisation:
    found = session.get(Organisation, organisation_id, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


def _partner(session: Session, partner_id: uuid.UUID) -> Partner:
    found = session.get(Partner, partner_id, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


def _move(session: Session, body: Organisation | Partner, wanted: BodyState, by: By) -> None:
    body.status = next_body_state(BodyState(body.status), wanted).value
    body.status_reason = "" if wanted is BodyState.VERIFIED else by.reason.strip()
    body.decided_at, body.decided_by = by.at, by.actor_id
    kind = "organisation" if isinstance(body, Organisation) else "partner"
    note(session, by, f"{kind}_{wanted.value}", kind, body.id)
    facts = {"name": body.name, "kind": kind, "state": wanted.value, "reason": body.status_reason}
    for person_id in _managers(session, body):
        mail.send(session, to=person_id, template="body_decided", facts=facts, now=by.at)


def _managers(session: Session, body: Organisation | Partner) -> Sequence[uuid.UUID]:
    if isinstance(body, Organisation):
        members = select(Member.person_id).where(
            Member.organisation_id == body.id,
            Member.role == "manager",
            Member.removed_at.is_(None),
        )
    else:
        members = select(PartnerMember.person_id).where(
            PartnerMember.partner_id == body.id,
            PartnerMember.role == "manager",
            PartnerMember.removed_at.is_(None),
        )
    return session.scalars(members).all()


def _titles(session: Session, reward_ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(select(Reward.id, Reward.title).where(Reward.id.in_(reward_ids)))
    return {row.id: row.title for row in rows}
