"""Hours that citizens report themselves, and what their organisation says to them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.accounts import links
from engage.accounts.models import MailLink, Person
from engage.accounts.queries import find_person, get_person
from engage.attendance import crediting
from engage.attendance.crediting import Work
from engage.attendance.models import HoursClaim
from engage.core.activities import Kind
from engage.core.claims import (
    ClaimState,
    ensure_can_claim,
    ensure_can_decide,
    ensure_reason,
)
from engage.core.errors import (
    ClaimDecided,
    NotAllowed,
    NotFound,
    OrganisationSuspended,
    OwnClaim,
    PaidDuty,
)
from engage.core.periods import day_of
from engage.core.points import minutes_between
from engage.mail import service as mail
from engage.mail.service import Addressee
from engage.organisations.models import Member, Organisation
from engage.policies.queries import policy_at
from engage.storage.base import new_id
from engage.storage.engine import zone_of
from engage.storage.once import change_once

#: What the mailed links are for.
PURPOSE = "decide_claim"


@dataclass(frozen=True, slots=True)
class Report:
    """What a citizen says they did: for whom, when on one day, and what."""

    organisation_id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim with the words around it, for lists and mails."""

    claim: HoursClaim
    display_name: str
    organisation: str
    slug: str


def submit(session: Session, person_id: uuid.UUID, report: Report, *, now: datetime) -> HoursClaim:
    """Report hours; managers and organisers are asked by mail, each with a link of their own.

    Raises NotFound, OrganisationSuspended, PaidDuty, ClaimEmpty, ClaimNotOneDay, ClaimTooLong,
    ClaimInFuture, ClaimTooOld. Source: CLM-1, CLM-2.
    """
    person = get_person(session, person_id)
    organisation = session.get(Organisation, report.organisation_id)
    if organisation is None or organisation.status not in {"verified", "suspended"}:
        raise NotFound()
    if organisation.status == "suspended":
        raise OrganisationSuspended()
    if _is_paid(session, organisation.id, person_id):
        raise PaidDuty()
    ensure_can_claim(report.starts_at, report.ends_at, now, zone_of(session))
    claim = HoursClaim(
        id=new_id(),
        person_id=person_id,
        organisation_id=organisation.id,
        work_on=day_of(report.starts_at, zone_of(session)),
        starts_at=report.starts_at,
        ends_at=report.ends_at,
        minutes=minutes_between(report.starts_at, report.ends_at),
        what=ensure_reason(report.what),
        submitted_at=now,
    )
    session.add(claim)
    session.flush()  # the links below point to it
    _ask(session, claim, person, organisation, now)
    return claim


def _is_paid(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    found = session.scalar(
        select(Member.id).where(
            Member.organisation_id == organisation_id,
            Member.person_id == person_id,
            Member.removed_at.is_(None),
            Member.paid.is_(True),
        )
    )
    return found is not None


def _ask(
    session: Session, claim: HoursClaim, author: Person, organisation: Organisation, now: datetime
) -> None:
    """Write to every stored member but the author (case 53)."""
    members = session.scalars(
        select(Person)
        .join(Member, Member.person_id == Person.id)
        .where(
            Member.organisation_id == organisation.id,
            Member.removed_at.is_(None),
            Person.id != author.id,
            Person.email.is_not(None),
            Person.email_confirmed_at.is_not(None),
            Person.erased_at.is_(None),
        )
    )
    for member in members:
        token = links.make_link(session, PURPOSE, now=now, person_id=member.id, subject_id=claim.id)
        mail.send(
            session,
            to=Addressee(member.email or "", member.language, member.id),
            template="claim_asked",
            facts={
                "token": token,
                "display_name": author.display_name,
                "organisation": organisation.name,
                "work_on": claim.work_on,
                "minutes": claim.minutes,
                "what": claim.what,
            },
            now=now,
        )


def confirm(session: Session, claim_id: uuid.UUID, *, by: uuid.UUID, now: datetime) -> HoursClaim:
    """Somebody else in the organisation says the hours are right; the points follow.

    Raises NotFound, NotAllowed, OwnClaim, ClaimDecided. Source: CLM-3, CLM-4.
    """
    claim = _get_for(session, claim_id, by)
    crediting.hold_account(session, claim.person_id)
    _settle(session, claim, "confirmed", by, "", now)
    person = get_person(session, claim.person_id)
    policy = policy_at(session, claim.starts_at)
    rule = policy.rule_for(Kind.VOLUNTEERING)
    claim.points = int(rule.points_for(claim.minutes)) if person.collects_points else 0
    claim.policy_version = policy.version
    booked = crediting.credit(
        session,
        Work(
            kind="claim",
            id=claim.id,
            person_id=claim.person_id,
            organisation_id=claim.organisation_id,
            starts_at=claim.starts_at,
            ends_at=claim.ends_at,
            work_on=claim.work_on,
            points=claim.points,
            caps=policy.caps,
            policy_version=policy.version,
            actor_id=by,
        ),
        now=now,
    )
    claim.credited = booked.credited
    _tell(session, claim, now, waiting=booked.waiting)
    return claim


def refuse(
    session: Session, claim_id: uuid.UUID, *, by: uuid.UUID, reason: str, now: datetime
) -> HoursClaim:
    """The hours are not right; the citizen is told why.

    Raises NotFound, NotAllowed, OwnClaim, ClaimDecided, ReasonNeeded.
    """
    claim = _get_for(session, claim_id, by)
    _settle(session, claim, "refused", by, ensure_reason(reason), now)
    _tell(session, claim, now)
    return claim


def withdraw(
    session: Session, claim_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> HoursClaim:
    """The author takes the report back before it was decided.

    Raises NotFound (also for somebody else's), ClaimDecided.
    """
    claim = session.get(HoursClaim, claim_id)
    if claim is None or claim.person_id != person_id:
        raise NotFound()
    _settle(session, claim, "withdrawn", person_id, "", now)
    return claim


def _get_for(session: Session, claim_id: uuid.UUID, by: uuid.UUID) -> HoursClaim:
    """The claim, for a member of its organisation who is not its author."""
    claim = session.get(HoursClaim, claim_id)
    if claim is None:
        raise NotFound()
    state = ClaimState.OPEN if claim.state == "submitted" else ClaimState(claim.state)
    if claim.person_id == by:
        raise OwnClaim()
    organisation = session.get(Organisation, claim.organisation_id)
    if organisation is None or not _is_member(session, claim.organisation_id, by):
        raise NotFound()
    if organisation.status != "verified":
        raise NotAllowed()
    ensure_can_decide(state, claim.person_id, by)
    return claim


def _is_member(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    found = session.scalar(
        select(Member.id).where(
            Member.organisation_id == organisation_id,
            Member.person_id == person_id,
            Member.removed_at.is_(None),
        )
    )
    return found is not None


def _settle(
    session: Session, claim: HoursClaim, state: str, by: uuid.UUID, answer: str, now: datetime
) -> None:
    """Of two answers at the same moment one wins; the other links are used up with it."""
    decision = {"state": state, "decided_at": now, "decided_by": by, "answer": answer}
    change_once(session, claim, HoursClaim.state == "submitted", ClaimDecided(), **decision)
    session.execute(
        update(MailLink)
        .where(
            MailLink.purpose == PURPOSE,
            MailLink.subject_id == claim.id,
            MailLink.used_at.is_(None),
        )
        .values(used_at=now)
    )
    session.refresh(claim)


def _tell(session: Session, claim: HoursClaim, now: datetime, *, waiting: int = 0) -> None:
    organisation = session.get(Organisation, claim.organisation_id)
    mail.send(
        session,
        to=claim.person_id,
        template="claim_decided",
        facts={
            "confirmed": claim.state == "confirmed",
            "organisation": organisation.name if organisation else "",
            "work_on": claim.work_on,
            "minutes": claim.minutes,
            "points": claim.credited,
            "waiting": waiting,
            "answer": claim.answer,
        },
        now=now,
    )


def find_linked(session: Session, token: str, *, now: datetime) -> tuple[MailLink, ClaimLine]:
    """What a mailed link asks about. Changes nothing: a mail scanner may open it.

    Raises MailLinkUnknown, MailLinkUsed, MailLinkExpired, NotFound.
    """
    link = links.get_link(session, token, PURPOSE, now=now)
    if link.subject_id is None or link.person_id is None:
        raise NotFound()
    if find_person(session, link.person_id) is None:
        raise NotFound()
    return link, get_line(session, link.subject_id)


def decide_by_link(
    session: Session, token: str, *, confirms: bool, reason: str, now: datetime
) -> HoursClaim:
    """The button behind a mailed link; works once, for whoever it was sent to."""
    link, line = find_linked(session, token, now=now)
    if link.person_id is None:
        raise NotFound()
    if confirms:
        return confirm(session, line.claim.id, by=link.person_id, now=now)
    return refuse(session, line.claim.id, by=link.person_id, reason=reason, now=now)


_LINES = (
    select(HoursClaim, Person.display_name, Organisation.name, Organisation.slug)
    .join(Person, Person.id == HoursClaim.person_id)
    .join(Organisation, Organisation.id == HoursClaim.organisation_id)
)


def get_line(session: Session, claim_id: uuid.UUID) -> ClaimLine:
    """Raises NotFound."""
    row = session.execute(_LINES.where(HoursClaim.id == claim_id)).one_or_none()
    if row is None:
        raise NotFound()
    return ClaimLine(*row)


def list_of_person(session: Session, person_id: uuid.UUID, *, limit: int = 100) -> list[ClaimLine]:
    """A citizen's own reports, the newest first."""
    rows = session.execute(
        _LINES.where(HoursClaim.person_id == person_id).order_by(HoursClaim.id.desc()).limit(limit)
    )
    return [ClaimLine(*row) for row in rows]


def list_of_organisation(
    session: Session, organisation_id: uuid.UUID, *, open_only: bool = True, limit: int = 100
) -> list[ClaimLine]:
    """What an organisation has to answer, the oldest first; or what it has answered lately."""
    wanted = _LINES.where(HoursClaim.organisation_id == organisation_id)
    if open_only:
        wanted = wanted.where(HoursClaim.state == "submitted").order_by(HoursClaim.id)
    else:
        wanted = wanted.where(HoursClaim.state.in_(("confirmed", "refused"))).order_by(
            HoursClaim.decided_at.desc()
        )
    return [ClaimLine(*row) for row in session.execute(wanted.limit(limit))]


def search_organisations(
    session: Session, text: str, *, limit: int = 10
) -> list[tuple[uuid.UUID, str, str]]:
    """Verified organisations by a part of their name: id, name, town."""
    wanted = text.strip().replace("\\", "").replace("%", "").replace("_", "")
    if len(wanted) < 2:
        return []
    rows = session.execute(
        select(Organisation.id, Organisation.name, Organisation.town)
        .where(
            Organisation.status == "verified",
            Organisation.name.ilike(f"%{wanted}%"),
        )
        .order_by(Organisation.name)
        .limit(limit)
    )
    return [(row.id, row.name, row.town) for row in rows]


def find_organisation(session: Session, organisation_id: str) -> list[tuple[uuid.UUID, str, str]]:
    """The verified organisation that was chosen before, for showing the form again."""
    try:
        found = session.get(Organisation, uuid.UUID(organisation_id))
    except ValueError:
        return []
    if found is None or found.status != "verified":
        return []
    return [(found.id, found.name, found.town)]


def read_id(text: str | None) -> uuid.UUID:
    """The id of the chosen organisation. Raises NotFound for anything else."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise NotFound() from None
