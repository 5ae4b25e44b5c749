"""What people do with a partner: apply, describe it, open branches, build a team."""

from __future__ import annotations

import secrets
import unicodedata
import uuid
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts import links
from engage.accounts.models import MailLink
from engage.core.errors import AlreadyMember, LastManager, NotATransition, NotFound
from engage.core.geography import code_from_name
from engage.ledger import service as ledger
from engage.mail import service as mail
from engage.partners import queries
from engage.partners.models import Branch, Partner, PartnerMember
from engage.partners.profile import Place, Profile
from engage.storage.base import new_id
from engage.storage.conflicts import refuse_duplicate

#: What the link of an invitation is for.
JOIN_PARTNER = "join_partner"
ONCE_A_MEMBER = "uq_partner_members_partner_id_person_id"

#: Words in addresses below ``/partner/`` that are no partner.
RESERVED = frozenset({"apply", "new", "join"})

#: From which status the office can bring a partner to which.
STEPS = {
    "verify": ({"pending", "refused", "suspended"}, "verified"),
    "refuse": ({"pending"}, "refused"),
    "suspend": ({"verified"}, "suspended"),
}


def apply(
    session: Session,
    profile: Profile,
    place: Place,
    *,
    person_id: uuid.UUID | None,
    now: datetime,
) -> Partner:
    """Ask the office to be admitted, with a first branch. The applicant manages it.

    person_id: None for partners that the office imports; they have no team yet.
    """
    partner = Partner(
        id=new_id(),
        slug=free_slug(session, profile.name),
        applied_at=now,
        applied_by=person_id,
        **asdict(profile),
    )
    session.add(partner)
    session.flush()  # account, branch and member need it
    ledger.open_partner_account(session, partner.id)
    open_branch(session, partner.id, place)
    if person_id is not None:
        session.add(
            PartnerMember(partner_id=partner.id, person_id=person_id, role="manager", joined_at=now)
        )
    return partner


def apply_again(partner: Partner, *, now: datetime) -> None:
    """Ask once more after a refusal, the profile mended."""
    if partner.status == "refused":
        partner.status, partner.applied_at = "pending", now


def decide(
    session: Session,
    partner_id: uuid.UUID,
    step: str,
    *,
    reason: str = "",
    actor_id: uuid.UUID,
    now: datetime,
) -> Partner:
    """The office verifies, refuses or suspends a partner.

    step:  ``verify``, ``refuse`` or ``suspend``. After a suspension the caller cancels the open
           reservations (``rewards.service.cancel_all_of_partner``) in the same unit.

    Raises NotFound, NotATransition.
    """
    partner = session.get(Partner, partner_id, with_for_update=True)
    if partner is None:
        raise NotFound()
    before, after = STEPS[step]
    if partner.status not in before:
        raise NotATransition()
    partner.status, partner.status_reason = after, reason
    partner.decided_at, partner.decided_by = now, actor_id
    return partner


def describe(partner: Partner, profile: Profile) -> None:
    """Change the profile. The address of its pages stays."""
    for name, value in asdict(profile).items():
        setattr(partner, name, value)


def open_branch(session: Session, partner_id: uuid.UUID, place: Place) -> Branch:
    branch = Branch(id=new_id(), partner_id=partner_id, **asdict(place))
    session.add(branch)
    return branch


def change_branch(branch: Branch, place: Place) -> None:
    for name, value in asdict(place).items():
        setattr(branch, name, value)


def close_branch(branch: Branch, *, now: datetime) -> None:
    """A branch that is no more; what was redeemed there stays on record."""
    branch.closed_at = branch.closed_at or now


def invite(
    session: Session,
    partner: Partner,
    email: str,
    *,
    role: str,
    inviter: str,
    now: datetime,
) -> str:
    """Send somebody a link into the team; returns its token. Works once, 28 days.

    inviter: the display name that the letter says.
    """
    token = links.make_link(
        session,
        JOIN_PARTNER,
        now=now,
        email=email,
        subject_id=partner.id,
        facts={"role": role},
    )
    facts = {"partner": partner.name, "invited_by": inviter, "token": token}
    mail.send(session, to=email, template="join_partner", facts=facts, now=now)
    return token


def get_invitation(session: Session, token: str, *, now: datetime) -> tuple[MailLink, Partner]:
    """Raises MailLinkUnknown, MailLinkUsed, MailLinkExpired, NotFound."""
    link = links.get_link(session, token, JOIN_PARTNER, now=now)
    return link, queries.get_partner(session, link.subject_id or uuid.UUID(int=0))


def join(session: Session, token: str, person_id: uuid.UUID, *, now: datetime) -> Partner:
    """Accept an invitation. Who was a member before comes back with the new role.

    Raises MailLinkUnknown, MailLinkUsed, MailLinkExpired, AlreadyMember.
    """
    link, partner = get_invitation(session, token, now=now)
    links.use_link(session, link, now=now)
    member = queries.find_member(session, partner.id, person_id)
    if member is not None and member.removed_at is None:
        raise AlreadyMember()
    if member is None:
        member = PartnerMember(partner_id=partner.id, person_id=person_id)
    member.role = str((link.facts or {}).get("role", "till"))
    member.joined_at, member.removed_at = now, None
    with refuse_duplicate(session, ONCE_A_MEMBER, AlreadyMember()):
        session.add(member)
    return partner


def change_role(session: Session, partner_id: uuid.UUID, person_id: uuid.UUID, role: str) -> None:
    """Raises NotFound, LastManager."""
    member = _get(session, partner_id, person_id)
    if role != "manager":
        _ensure_another_manager(session, member)
    member.role = role


def remove_member(
    session: Session, partner_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> None:
    """Take somebody out of the team, or leave it. Raises NotFound, LastManager."""
    member = _get(session, partner_id, person_id)
    _ensure_another_manager(session, member)
    member.removed_at = now


def _get(session: Session, partner_id: uuid.UUID, person_id: uuid.UUID) -> PartnerMember:
    member = queries.find_member(session, partner_id, person_id)
    if member is None or member.removed_at is not None:
        raise NotFound()
    return member


def _ensure_another_manager(session: Session, member: PartnerMember) -> None:
    """Managers are counted under the lock of their partner: two cannot leave at once."""
    if member.role != "manager":
        return
    session.get(Partner, member.partner_id, with_for_update=True)
    others = session.scalar(
        select(func.count()).where(
            PartnerMember.partner_id == member.partner_id,
            PartnerMember.role == "manager",
            PartnerMember.removed_at.is_(None),
            PartnerMember.id != member.id,
        )
    )
    if not others:
        raise LastManager()


def free_slug(session: Session, name: str) -> str:
    """The words of the partner's address; with a few letters more where they are taken."""
    plain = unicodedata.normalize("NFKD", code_from_name(name)).encode("ascii", "ignore").decode()
    slug = plain[:60].strip("-") or "partner"
    taken = session.scalar(select(Partner.id).where(Partner.slug == slug))
    if taken is None and slug not in RESERVED:
        return slug
    return f"{slug}-{secrets.token_hex(3)}"
