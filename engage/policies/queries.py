"""Which points rules apply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.policy import DEFAULT, Policy
from engage.policies.models import PolicyVersion


def policy_at(session: Session, instant: datetime) -> Policy:
    """The policy of work that starts at ``instant``; the default where the city has set nothing.

    Source: POL-2.
    """
    row = session.execute(
        select(PolicyVersion.version, PolicyVersion.rules)
        .where(PolicyVersion.effective_from <= instant)
        .order_by(PolicyVersion.effective_from.desc(), PolicyVersion.version.desc())
        .limit(1)
    ).one_or_none()
    return read_policy(row.rules) if row else DEFAULT


def list_versions(session: Session) -> list[PolicyVersion]:
    """Newest first."""
    return list(session.scalars(select(PolicyVersion).order_by(PolicyVersion.version.desc())))


def read_policy(rules: Mapping[str, Any] | None) -> Policy:
    """A stored version as rules; a version never changes, so it is read once per process."""
    if rules is None:
        return DEFAULT
    return _read(json.dumps(rules, sort_keys=True))


@lru_cache(maxsize=64)
def _read(text: str) -> Policy:
    return Policy.from_json(json.loads(text))
