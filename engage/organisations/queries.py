"""Questions about organisations and their members."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.queries import Role
from engage.core.errors import NotAllowed, NotFound
from engage.organisations.models import Member, Organisation


def list_roles(session: Session, person_id: uuid.UUID) -> list[Role]:
    """The organisations a person works for, by name."""
    rows = session.execute(
        select(Organisation.slug, Organisation.name, Member.role)
        .join(Member, Member.organisation_id == Organisation.id)
        .where(Member.person_id == person_id, Member.removed_at.is_(None))
        .order_by(Organisation.name)
    )
    return [Role(*row) for row in rows]


def get_organisation(session: Session, slug: str) -> Organisation:
    """The organisation. Raises NotFound."""
    found = session.scalars(select(Organisation).where(Organisation.slug == slug)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def get_own(
    session: Session, slug: str, person_id: uuid.UUID, *, manager: bool = False
) -> Organisation:
    """An organisation the person works for.

    manager: only for its managers.

    Raises NotFound for people who are not of it, NotAllowed for an organiser where a manager
    is needed.
    """
    row = session.execute(
        select(Organisation, Member.role)
        .join(Member, Member.organisation_id == Organisation.id)
        .where(
            Organisation.slug == slug,
            Member.person_id == person_id,
            Member.removed_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    organisation, role = row
    if manager and role != "manager":
        raise NotAllowed()
    return organisation


def get_member_role(
    session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID
) -> str | None:
    """``manager``, ``organiser`` or None."""
    return session.scalar(
        select(Member.role).where(
            Member.organisation_id == organisation_id,
            Member.person_id == person_id,
            Member.removed_at.is_(None),
        )
    )
