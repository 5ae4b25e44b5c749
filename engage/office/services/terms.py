"""What is agreed with a partner: the reimbursement from a month on, and the year's budget."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.acts.service import By, note
from engage.core.claims import ensure_reason
from engage.core.errors import NotFound
from engage.partners.models import Partner
from engage.settlement import service as settlement
from engage.settlement.service import Agreement


@dataclass(frozen=True, slots=True)
class Terms:
    """rate: cents for 100 points from ``month`` on; budget: points a year, None for no limit."""

    month: date
    rate: int
    budget: int | None


def agree(session: Session, partner_id: uuid.UUID, terms: Terms, by: By) -> None:
    """Set both and write it down. Closed months keep their rate; what is reserved stays.

    Raises NotFound, ReasonNeeded, StatementClosed.
    """
    ensure_reason(by.reason)
    partner = session.scalars(
        select(Partner).where(Partner.id == partner_id).with_for_update(key_share=True)
    ).one_or_none()
    if partner is None:
        raise NotFound()
    settlement.agree_rate(
        session, partner.id, Agreement(terms.month, terms.rate, by.actor_id, by.at)
    )
    partner.budget_points = terms.budget
    facts = {"month": terms.month.isoformat(), "cents_per_100": terms.rate, "budget": terms.budget}
    note(session, by, "terms_agreed", "partner", partner.id, facts)
