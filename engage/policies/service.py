"""What can happen to the city's points rules: a new version, from a day on."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.acts.service import By, note
from engage.core.periods import day_of
from engage.core.policy import Policy, ensure_not_in_past
from engage.policies.models import PolicyVersion
from engage.storage.engine import zone_of


def set_policy(
    session: Session, policy: Policy, *, reason: str, actor_id: uuid.UUID | None, now: datetime
) -> Policy:
    """Enact a new version of the points rules, from the start of its first day on.

    policy:  its version number is given here, one above the newest.
    reason:  one sentence for the public list of versions.

    Raises PolicyInPast (POL-3).
    """
    ensure_not_in_past(policy.starts_on, day_of(now, zone_of(session)))
    made = add_version(session, policy, reason=reason, actor_id=actor_id, now=now)
    if actor_id is not None:
        facts = {"version": made.version, "starts_on": made.starts_on.isoformat()}
        note(session, By(actor_id, now, reason), "policy_set", "policy", None, facts)
    return made


def add_version(
    session: Session, policy: Policy, *, reason: str, actor_id: uuid.UUID | None, now: datetime
) -> Policy:
    """Write a version down without asking for its day; only set-up does so directly."""
    newest = session.scalar(select(func.max(PolicyVersion.version))) or 0
    policy = replace(policy, version=newest + 1)
    starts = datetime.combine(policy.starts_on, time(), tzinfo=zone_of(session))
    session.add(
        PolicyVersion(
            version=policy.version,
            effective_from=starts,
            rules=policy.to_json(),
            reason=reason,
            created_at=now,
            created_by=actor_id,
        )
    )
    return policy
