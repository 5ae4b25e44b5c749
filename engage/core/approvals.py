"""What no single person decides: adjustments and joined accounts. Rules PTS-16 to PTS-18."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from engage.core.claims import ensure_reason
from engage.core.errors import OwnReview, ProofNeeded, SameAccount, SecondPersonNeeded


def ensure_second_person(asked_by: UUID, approved_by: UUID | None, reason: str) -> None:
    """A manual adjustment has a reason and two different people (PTS-16).

    Raises ReasonNeeded, SecondPersonNeeded.
    """
    ensure_reason(reason)
    if approved_by is None or approved_by == asked_by:
        raise SecondPersonNeeded()


def ensure_not_own(decided_by: UUID, concerns: UUID) -> None:
    """Nobody decides about their own points. Raises OwnReview (PTS-16)."""
    if decided_by == concerns:
        raise OwnReview()


class Proof(StrEnum):
    """How a signed-in citizen proves that the other account is theirs too."""

    CLAIM_SLIP = "claim_slip"
    CARD = "card"
    MAIL_LINK = "mail_link"
    OFFICE = "office"  # with a reason and a second person


def ensure_can_merge(kept: UUID, joined: UUID, proof: Proof | None) -> None:
    """Join two accounts of one person, both proven (PTS-17).

    Raises SameAccount, ProofNeeded.
    """
    if kept == joined:
        raise SameAccount()
    if proof is None:
        raise ProofNeeded()


@dataclass(frozen=True, slots=True)
class Attended:
    """One live attendance of either account."""

    id: UUID
    occurrence_id: UUID
    checked_in_at: datetime


def attendances_to_annul(attended: Sequence[Attended]) -> tuple[UUID, ...]:
    """The later of two attendances of one person at the same date (PTS-18)."""
    first: dict[UUID, Attended] = {}
    for one in sorted(attended, key=lambda each: (each.checked_in_at, str(each.id))):
        first.setdefault(one.occurrence_id, one)
    kept = {one.id for one in first.values()}
    return tuple(one.id for one in attended if one.id not in kept)
