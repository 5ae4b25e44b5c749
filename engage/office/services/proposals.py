"""What one person of the office proposes and another does or refuses, once (PTS-16, PTS-17)."""

from __future__ import annotations

import uuid
from typing import TypeVar

from sqlalchemy.orm import Session

from engage.acts.service import By, note
from engage.core.approvals import ensure_not_own, ensure_second_person
from engage.core.errors import AdjustmentDecided, NotFound
from engage.office.models import Adjustment, Joining
from engage.storage.once import change_once

Proposal = TypeVar("Proposal", Adjustment, Joining)


def decide(
    session: Session,
    kind: type[Proposal],
    proposal_id: uuid.UUID,
    state: str,
    by: By,
    *,
    about: tuple[str, ...],
) -> Proposal:
    """Let the second person's word count, unless somebody was a moment faster.

    state: what the proposal is from now on.
    about: the columns that name the people it is about; none of them decides.

    Raises NotFound, SecondPersonNeeded, OwnReview, AdjustmentDecided.
    """
    proposal = session.get(kind, proposal_id)
    if proposal is None:
        raise NotFound()
    ensure_second_person(proposal.proposed_by, by.actor_id, proposal.reason)
    for column in about:
        ensure_not_own(by.actor_id, getattr(proposal, column))
    decision = {"state": state, "decided_by": by.actor_id, "decided_at": by.at}
    change_once(session, proposal, kind.state == "proposed", AdjustmentDecided(), **decision)
    name = kind.__name__.lower()
    note(session, by, f"{name}_{state}", name, proposal.id)
    return proposal
