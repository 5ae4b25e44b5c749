"""Questions about partners, their branches and members."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.queries import Role
from engage.core.errors import NotAllowed, NotFound
from engage.partners.models import Branch, Partner, PartnerMember


def list_roles(session: Session, person_id: uuid.UUID) -> list[Role]:
    """The partners a person works for, by name."""
    rows = session.execute(
        select(Partner.slug, Partner.name, PartnerMember.role)
        .join(PartnerMember, PartnerMember.partner_id == Partner.id)
        .where(PartnerMember.person_id == person_id, PartnerMember.removed_at.is_(None))
        .order_by(Partner.name)
    )
    return [Role(*row) for row in rows]


def get_own(session: Session, slug: str, person_id: uuid.UUID, *, manager: bool = False) -> Partner:
    """A partner the person works for.

    manager: only for its managers.

    Raises NotFound for people who are not of it, NotAllowed where a manager is needed.
    """
    row = session.execute(
        select(Partner, PartnerMember.role)
        .join(PartnerMember, PartnerMember.partner_id == Partner.id)
        .where(
            Partner.slug == slug,
            PartnerMember.person_id == person_id,
            PartnerMember.removed_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    partner, role = row
    if manager and role != "manager":
        raise NotAllowed()
    return partner


def list_branches(session: Session, partner_id: uuid.UUID) -> list[Branch]:
    """Open branches, by name."""
    return list(
        session.scalars(
            select(Branch)
            .where(Branch.partner_id == partner_id, Branch.closed_at.is_(None))
            .order_by(Branch.name, Branch.id)
        )
    )
