"""The office looks at rewards before citizens see them: yes, or no with a reason (RED-17)."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from engage.acts.service import By, note
from engage.mail import service as mail
from engage.partners import queries as partners
from engage.rewards import publishing
from engage.rewards.models import Reward


def approve(session: Session, reward_id: uuid.UUID, by: By) -> None:
    """The reward goes online, and its partner hears so.

    Raises NotFound, NotATransition, PartnerNotVerified and what publishing raises.
    """
    reward = publishing.approve(session, reward_id, actor_id=by.actor_id, now=by.at)
    _tell(session, reward, "approved", by)


def refuse(session: Session, reward_id: uuid.UUID, by: By) -> None:
    """Not like this: the partner reads why, by mail and on the desk, and can mend it.

    Raises NotFound, NotATransition, ReasonNeeded.
    """
    reward = publishing.refuse(session, reward_id, by.reason, actor_id=by.actor_id, now=by.at)
    _tell(session, reward, "refused", by)


def _tell(session: Session, reward: Reward, state: str, by: By) -> None:
    note(session, by, f"reward_{state}", "partner", reward.partner_id, {"reward": reward.title})
    partner = partners.get_partner(session, reward.partner_id)
    facts = {
        "reward": reward.title,
        "partner": partner.name,
        "slug": partner.slug,
        "reward_id": reward.id,
        "state": state,
        "reason": by.reason.strip() if state == "refused" else "",
    }
    for person_id in partners.list_manager_ids(session, reward.partner_id):
        mail.send(session, to=person_id, template="reward_decided", facts=facts, now=by.at)
