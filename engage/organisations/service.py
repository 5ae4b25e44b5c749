"""What people do with an organisation: apply, describe it, build a team."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts import links
from engage.core.errors import AlreadyMember, LastManager, NotFound
from engage.core.geography import code_from_name
from engage.mail import service as mail
from engage.organisations import queries
from engage.organisations.models import Member, Organisation
from engage.organisations.profile import Profile
from engage.storage.base import new_id
from engage.storage.conflicts import refuse_duplicate

#: What the link of an invitation is for.
JOIN_TEAM = "join_team"

#: Words in addresses below ``/organise/`` that are no organisation.
RESERVED = frozenset({"occurrences", "apply", "new"})


def apply(
    session: Session, profile: Profile, *, person_id: uuid.UUID, now: datetime
) -> Organisation:
    """Ask the office to be admitted. The applicant manages it; nothing is public before."""
    organisation = Organisation(
        id=new_id(),
        slug=_free_slug(session, profile.name),
        applied_at=now,
        applied_by=person_id,
        **asdict(profile),
    )
    session.add(organisation)
    session.flush()  # the member needs it
    session.add(
        Member(organisation_id=organisation.id, person_id=person_id, role="manager", joined_at=now)
    )
    return organisation


def apply_again(session: Session, organisation: Organisation, *, now: datetime) -> None:
    """Ask once more after a refusal, the profile mended."""
    if organisation.status == "refused":
        organisation.status, organisation.applied_at = "pending", now


def describe(session: Session, organisation: Organisation, profile: Profile) -> None:
    """Change the profile. The address of its pages stays."""
    for name, value in asdict(profile).items():
        setattr(organisation, name, value)


def invite(  # noqa: PLR0913  # an invitation has that many parts, all by name
    session: Session,
    organisation: Organisation,
    email: str,
    *,
    role: str,
    paid: bool,
    inviter: str,
    now: datetime,
) -> str:
    """Send somebody a link into the team; returns its token. Works once, 28 days.

    inviter: the display name that the letter says.
    """
    token = links.make_link(
        session,
        JOIN_TEAM,
        now=now,
        email=email,
        subject_id=organisation.id,
        facts={"role": role, "paid": paid},
    )
    facts = {"organisation": organisation.name, "invited_by": inviter, "token": token}
    mail.send(session, to=email, template="join_team", facts=facts, now=now)
    return token


def join(session: Session, token: str, person_id: uuid.UUID, *, now: datetime) -> Organisation:
    """Accept an invitation. Who was a member before comes back with the new role.

    Raises MailLinkUnknown, MailLinkUsed, MailLinkExpired, AlreadyMember.
    """
    link = links.get_link(session, token, JOIN_TEAM, now=now)
    organisation = queries.get_by_id(session, link.subject_id or uuid.UUID(int=0))
    facts = link.facts or {}
    links.use_link(session, link, now=now)
    member = _find_any(session, organisation.id, person_id)
    if member is not None and member.removed_at is None:
        raise AlreadyMember()
    if member is None:
        member = Member(organisation_id=organisation.id, person_id=person_id)
    member.role, member.paid = str(facts.get("role", "organiser")), bool(facts.get("paid"))
    member.joined_at, member.removed_at = now, None
    with refuse_duplicate(
        session, "uq_organisation_members_organisation_id_person_id", AlreadyMember()
    ):
        session.add(member)
    return organisation


def change_member(
    session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID, *, role: str, paid: bool
) -> None:
    """Change what somebody may do, and whether they are on the payroll.

    Raises NotFound, LastManager.
    """
    member = _get(session, organisation_id, person_id)
    if role != "manager":
        _ensure_another_manager(session, member)
    member.role, member.paid = role, paid


def remove_member(
    session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> None:
    """Take somebody out of the team, or leave it. Raises NotFound, LastManager."""
    member = _get(session, organisation_id, person_id)
    _ensure_another_manager(session, member)
    member.removed_at = now


def _get(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> Member:
    member = _find_any(session, organisation_id, person_id)
    if member is None or member.removed_at is not None:
        raise NotFound()
    return member


def _find_any(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> Member | None:
    return session.scalars(
        select(Member).where(
            Member.organisation_id == organisation_id, Member.person_id == person_id
        )
    ).one_or_none()


def _ensure_another_manager(session: Session, member: Member) -> None:
    """Managers are counted under the lock of their organisation: two cannot leave at once."""
    if member.role != "manager":
        return
    session.get(Organisation, member.organisation_id, with_for_update=True)
    others = session.scalar(
        select(func.count()).where(
            Member.organisation_id == member.organisation_id,
            Member.role == "manager",
            Member.removed_at.is_(None),
            Member.id != member.id,
        )
    )
    if not others:
        raise LastManager()


def _free_slug(session: Session, name: str) -> str:
    slug = code_from_name(name)[:60].strip("-") or "organisation"
    taken = session.scalar(select(Organisation.id).where(Organisation.slug == slug))
    if taken is None and slug not in RESERVED:
        return slug
    return f"{slug}-{secrets.token_hex(3)}"
