"""Questions about partners, their branches and members."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
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


def get_partner(session: Session, partner_id: uuid.UUID) -> Partner:
    """Raises NotFound."""
    found = session.get(Partner, partner_id)
    if found is None:
        raise NotFound()
    return found


def find_by_slug(session: Session, slug: str) -> Partner | None:
    return session.scalars(select(Partner).where(Partner.slug == slug)).one_or_none()


def list_branches(session: Session, partner_id: uuid.UUID) -> list[Branch]:
    """Open branches, by name."""
    return list(
        session.scalars(
            select(Branch)
            .where(Branch.partner_id == partner_id, Branch.closed_at.is_(None))
            .order_by(Branch.name, Branch.id)
        )
    )


def get_branch(session: Session, branch_id: uuid.UUID, partner_id: uuid.UUID) -> Branch:
    """An open branch of this partner. Raises NotFound."""
    branch = session.scalars(
        select(Branch).where(
            Branch.id == branch_id, Branch.partner_id == partner_id, Branch.closed_at.is_(None)
        )
    ).one_or_none()
    if branch is None:
        raise NotFound()
    return branch


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody who works for a partner, as its managers see them."""

    person_id: uuid.UUID
    display_name: str
    role: str
    joined_at: datetime


def list_team(session: Session, partner_id: uuid.UUID) -> list[TeamMember]:
    """Managers first, then by name."""
    rows = session.execute(
        select(
            PartnerMember.person_id,
            Person.display_name,
            PartnerMember.role,
            PartnerMember.joined_at,
        )
        .join(Person, Person.id == PartnerMember.person_id)
        .where(PartnerMember.partner_id == partner_id, PartnerMember.removed_at.is_(None))
        .order_by(PartnerMember.role, Person.display_name, PartnerMember.person_id)
    )
    return [TeamMember(*row) for row in rows]


def find_member(
    session: Session, partner_id: uuid.UUID, person_id: uuid.UUID
) -> PartnerMember | None:
    """The membership of a person, also one that has ended."""
    return session.scalars(
        select(PartnerMember).where(
            PartnerMember.partner_id == partner_id, PartnerMember.person_id == person_id
        )
    ).one_or_none()


def list_public(
    session: Session, *, words: str = "", limit: int = 100, offset: int = 0
) -> list[Partner]:
    """Verified partners by name: for everybody."""
    conditions: list[ColumnElement[bool]] = [Partner.status == "verified"]
    if words:
        part = f"%{words.replace('%', '').replace('_', '')}%"
        conditions.append(or_(Partner.name.ilike(part), Partner.about.ilike(part)))
    return list(
        session.scalars(
            select(Partner)
            .where(*conditions)
            .order_by(Partner.name, Partner.id)
            .limit(limit)
            .offset(offset)
        )
    )


def list_branches_of(session: Session, partner_ids: list[uuid.UUID]) -> list[Branch]:
    """Open branches of several partners in one statement."""
    return list(
        session.scalars(
            select(Branch)
            .where(Branch.partner_id.in_(partner_ids), Branch.closed_at.is_(None))
            .order_by(Branch.name, Branch.id)
        )
    )


def list_manager_ids(session: Session, partner_id: uuid.UUID) -> list[uuid.UUID]:
    """Who decides for a partner and reads its letters."""
    return list(
        session.scalars(
            select(PartnerMember.person_id).where(
                PartnerMember.partner_id == partner_id,
                PartnerMember.role == "manager",
                PartnerMember.removed_at.is_(None),
            )
        )
    )
