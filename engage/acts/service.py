"""The office's own record: nothing it does stays without a name and a reason."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engage.acts.models import OfficeAct
from engage.storage.base import new_id


@dataclass(frozen=True, slots=True)
class By:
    """Who of the office acts, when, and why."""

    actor_id: uuid.UUID
    at: datetime
    reason: str = ""


def note(
    session: Session,
    by: By,
    act: str,
    subject_kind: str,
    subject_id: uuid.UUID | None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Write an act down, in the unit of work that does it.

    act:   a stable word, e.g. ``organisation_verified``; shown translated.
    facts: numbers and words without personal data; the page shows ``points``, ``month`` (its
           first day, ISO 8601), ``cause`` and ``version``.
    """
    session.add(
        OfficeAct(
            id=new_id(),
            actor_id=by.actor_id,
            act=act,
            subject_kind=subject_kind,
            subject_id=subject_id,
            facts=facts,
            reason=by.reason,
            at=by.at,
        )
    )
