"""Questions about organisations and their members."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.accounts.queries import Role
from engage.core.errors import NotAllowed, NotFound
from engage.organisations.models import Budget, Member, Organisation


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


def get_by_id(session: Session, organisation_id: uuid.UUID) -> Organisation:
    """Raises NotFound."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A person of the team as its managers see them."""

    person_id: uuid.UUID
    display_name: str
    email: str | None
    role: str
    paid: bool


def list_members(session: Session, organisation_id: uuid.UUID) -> list[TeamMember]:
    """Everybody of the team, managers first."""
    rows = session.execute(
        select(Person.id, Person.display_name, Person.email, Member.role, Member.paid)
        .join(Member, Member.person_id == Person.id)
        .where(Member.organisation_id == organisation_id, Member.removed_at.is_(None))
        .order_by(Member.role, Person.display_name, Person.id)
    )
    return [TeamMember(*row) for row in rows]


def list_manager_ids(session: Session, organisation_id: uuid.UUID) -> list[uuid.UUID]:
    """Whom letters to the organisation reach."""
    return list(
        session.scalars(
            select(Member.person_id).where(
                Member.organisation_id == organisation_id,
                Member.role == "manager",
                Member.removed_at.is_(None),
            )
        )
    )


def find_budget(session: Session, organisation_id: uuid.UUID, year: int) -> Budget | None:
    """What the organisation may give in a year."""
    return session.scalars(
        select(Budget).where(Budget.organisation_id == organisation_id, Budget.year == year)
    ).one_or_none()
