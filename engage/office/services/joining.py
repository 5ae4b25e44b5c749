"""Two accounts of one person, joined by two people of the office (PTS-17, case 51)."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from engage.accounts.queries import get_person
from engage.acts.service import By, note
from engage.core.approvals import Proof, ensure_can_merge, ensure_not_own
from engage.core.claims import ensure_reason
from engage.office.models import Joining
from engage.office.services import people
from engage.office.services.proposals import decide
from engage.privacy.joining import Joined, join_by_office
from engage.storage.base import new_id

#: Whom a proposal is about: they do not decide it.
ABOUT = ("kept_id", "joined_id")


def propose(session: Session, kept_id: uuid.UUID, other: str, by: By) -> Joining:
    """Ask a colleague to join two accounts; nothing moves yet.

    other: serial or exact address of the account that becomes part of the first; reading it is
           written down too.

    Raises NotFound, SameAccount, ReasonNeeded, OwnReview.
    """
    reason = ensure_reason(by.reason)
    kept = get_person(session, kept_id)
    joined_id = people.look_up(session, other, by)
    ensure_can_merge(kept.id, joined_id, Proof.OFFICE)
    ensure_not_own(by.actor_id, kept.id)
    ensure_not_own(by.actor_id, joined_id)
    joining = Joining(
        id=new_id(),
        kept_id=kept.id,
        joined_id=joined_id,
        reason=reason,
        proposed_by=by.actor_id,
        proposed_at=by.at,
    )
    session.add(joining)
    note(session, by, "joining_proposed", "joining", joining.id)
    return joining


def join(session: Session, joining_id: uuid.UUID, by: By) -> Joined:
    """The second person agrees: one account is left, with everything of both.

    Raises NotFound, SecondPersonNeeded, AdjustmentDecided, OwnReview.
    """
    joining = decide(session, Joining, joining_id, "done", by, about=ABOUT)
    return join_by_office(
        session,
        joining.kept_id,
        joining.joined_id,
        asked_by=joining.proposed_by,
        approved_by=by.actor_id,
        reason=joining.reason,
        now=by.at,
    )


def refuse(session: Session, joining_id: uuid.UUID, by: By) -> None:
    """Both accounts stay as they are.

    Raises NotFound, SecondPersonNeeded, AdjustmentDecided, OwnReview.
    """
    decide(session, Joining, joining_id, "refused", by, about=ABOUT)
