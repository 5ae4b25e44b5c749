"""Two accounts of one person become one (domain §3, PTS-17 and PTS-18, case 51)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.attempts import Guess, ensure_not_paused, mark_right, note_try
from engage.accounts.claiming import refusal_of_slip
from engage.accounts.links import get_link, make_link, use_link
from engage.accounts.models import MailLink, Pass, Person
from engage.accounts.passes import find_card, find_slip
from engage.accounts.service import tidy_email
from engage.activities.models import Favourite
from engage.activities.service.registration import move_registrations
from engage.attendance import roster
from engage.attendance.models import Attendance, MissingPoints, Review
from engage.core.approvals import (
    Attended,
    Proof,
    attendances_to_annul,
    ensure_can_merge,
    ensure_second_person,
)
from engage.core.errors import (
    ClaimCodeWrong,
    MailLinkUnknown,
    NotAllowed,
    Outcome,
    ProofNeeded,
)
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.mail.service import Addressee, send
from engage.organisations.models import Member
from engage.organisations.queries import list_roles as list_organisations
from engage.partners.models import PartnerMember
from engage.partners.queries import list_roles as list_partners
from engage.privacy.erasing import empty
from engage.privacy.holdings import HOLDINGS
from engage.rewards.models import RewardFavourite
from engage.rewards.returning import cancel_all_of_person, free_points

#: A person has one of these for each activity, date or body: what both have, stays with the other.
ONE_EACH: tuple[tuple[Any, str], ...] = (
    (Favourite, "activity_id"),
    (RewardFavourite, "series_id"),
    (MissingPoints, "occurrence_id"),
    (Member, "organisation_id"),
    (PartnerMember, "partner_id"),
)

JOIN = "join_accounts"
LINK_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Joined:
    """What came along."""

    points: int
    attendances: int


def join_by_slip(
    session: Session, kept_id: uuid.UUID, slip: str, *, now: datetime
) -> Joined | Outcome:
    """Add the account of a claim slip. A wrong slip is written down. Raises SignInPaused."""
    attempt = _begin(session, kept_id, now)
    row = find_slip(session, slip)
    refusal = refusal_of_slip(session, row)
    if row is None or refusal is not None:
        return Outcome.of(refusal or ClaimCodeWrong())
    mark_right(session, attempt)
    row.claimed_at = now
    return join(session, kept_id, row.person_id, Proof.CLAIM_SLIP, now=now)


def join_by_card(
    session: Session, kept_id: uuid.UUID, card: str, *, now: datetime
) -> Joined | Outcome:
    """Add the account of a printed card, scanned or typed whole. A wrong one is written down.

    An account that its owner opens by address or password is not taken by its card alone: a lost
    card would do. That one is joined by mail.

    Raises SignInPaused, NotAllowed, SameAccount.
    """
    attempt = _begin(session, kept_id, now)
    row = find_card(session, card)
    if row is None or row.revoked_at is not None:
        return Outcome.of(ClaimCodeWrong())
    owner = queries.get_person(session, row.person_id)
    has_own_key = owner.password_hash is not None or owner.email_confirmed_at is not None
    if has_own_key and owner.id != kept_id:
        return Outcome.of(ProofNeeded())
    mark_right(session, attempt)
    return join(session, kept_id, owner.id, Proof.CARD, now=now)


def request_join(session: Session, kept_id: uuid.UUID, email: str, *, now: datetime) -> None:
    """Write to the other account's address; nobody learns whether there is one.

    Raises InvalidInput, SignInPaused.
    """
    wanted = tidy_email(email)
    who = str(kept_id)
    ensure_not_paused(session, Guess.MAIL, who, now=now)
    note_try(session, Guess.MAIL, who, now=now, succeeded=False)
    other = queries.find_by_email(session, wanted)
    if other is None or other.id == kept_id:
        return
    kept = queries.get_person(session, kept_id)
    token = make_link(
        session,
        JOIN,
        now=now,
        person_id=other.id,
        email=wanted,
        subject_id=kept_id,
        lifetime=LINK_LIFETIME,
    )
    send(
        session,
        to=Addressee(wanted, other.language, other.id),
        template="join_accounts",
        facts={"name": other.display_name, "kept": kept.display_name, "token": token},
        now=now,
    )


def get_join_link(session: Session, token: str, kept_id: uuid.UUID, *, now: datetime) -> MailLink:
    """The link, opened by who asked for it. Raises as ``links.get_link`` does."""
    link = get_link(session, token, JOIN, now=now)
    if link.subject_id != kept_id:
        raise MailLinkUnknown()
    return link


def join_by_mail(session: Session, kept_id: uuid.UUID, token: str, *, now: datetime) -> Joined:
    """Add the account whose mail was read. Raises as ``get_join_link``, NotAllowed, SameAccount."""
    link = get_join_link(session, token, kept_id, now=now)
    use_link(session, link, now=now)
    if link.person_id is None:
        raise MailLinkUnknown()
    return join(session, kept_id, link.person_id, Proof.MAIL_LINK, now=now)


def join_by_office(  # noqa: PLR0913  # two accounts, two people, a reason and a time
    session: Session,
    kept_id: uuid.UUID,
    joined_id: uuid.UUID,
    *,
    asked_by: uuid.UUID,
    approved_by: uuid.UUID | None,
    reason: str,
    now: datetime,
) -> Joined:
    """Join two accounts at the office, with a reason and a second person.

    Raises ReasonNeeded, SecondPersonNeeded, SameAccount, NotFound.
    """
    ensure_second_person(asked_by, approved_by, reason)
    return join(session, kept_id, joined_id, Proof.OFFICE, now=now, actor_id=approved_by)


def join(
    session: Session,
    kept_id: uuid.UUID,
    joined_id: uuid.UUID,
    proof: Proof | None,
    *,
    now: datetime,
    actor_id: uuid.UUID | None = None,
) -> Joined:
    """Everything of ``joined`` becomes ``kept``'s; limits and caps count both from now on.

    Raises SameAccount, ProofNeeded, NotAllowed (an account with a role or a second factor is
    joined by the office alone), NotFound.
    """
    ensure_can_merge(kept_id, joined_id, proof)
    kept, joined = queries.get_person(session, kept_id), queries.get_person(session, joined_id)
    if joined.office_role is not None or (
        proof is not Proof.OFFICE and _has_power(session, joined)
    ):
        raise NotAllowed()
    accounts = [ledger_queries.get_account(session, one).id for one in (kept_id, joined_id)]
    for account in sorted(accounts):
        ledger.lock(session, account)
    cancel_all_of_person(session, joined_id, now=now)
    _annul_doubles(session, kept_id, joined_id, now)
    cause = ledger.Cause("person", joined_id, now, actor_id=actor_id or kept_id)
    points = ledger.merge(session, accounts[1], accounts[0], cause)
    moved = _move(session, kept_id, joined_id, now)
    _complete(kept, joined)
    email, confirmed_at = joined.email, joined.email_confirmed_at
    empty(session, joined, now=now)
    joined.merged_into_id = kept_id
    session.flush()  # the address is free before it moves
    if kept.email is None and confirmed_at is not None:
        kept.email, kept.email_confirmed_at = email, confirmed_at
        if kept.wanted_email == email:
            kept.wanted_email = kept.wanted_email_at = None
    session.execute(
        update(Person).where(Person.merged_into_id == joined_id).values(merged_into_id=kept_id)
    )
    roster.renew(session, [kept_id, joined_id], now=now)
    return Joined(points, moved)


def _begin(session: Session, kept_id: uuid.UUID, now: datetime) -> uuid.UUID:
    ensure_not_paused(session, Guess.CLAIM, str(kept_id), now=now)
    return note_try(session, Guess.CLAIM, str(kept_id), now=now, succeeded=False)


def _has_power(session: Session, joined: Person) -> bool:
    roles = [*list_organisations(session, joined.id), *list_partners(session, joined.id)]
    return bool(roles) or joined.totp_confirmed_at is not None


def _annul_doubles(
    session: Session, kept_id: uuid.UUID, joined_id: uuid.UUID, now: datetime
) -> None:
    """At the same date the earlier stays, and the other's points go back (PTS-18)."""
    live = session.scalars(
        select(Attendance).where(
            Attendance.person_id.in_((kept_id, joined_id)), Attendance.annulled_at.is_(None)
        )
    ).all()
    known = [Attended(one.id, one.occurrence_id, one.checked_in_at) for one in live]
    doubled = set(attendances_to_annul(known))
    for attendance in sorted(live, key=lambda one: one.id):
        if attendance.id in doubled:
            _annul(session, attendance, now)


def _annul(session: Session, attendance: Attendance, now: datetime) -> None:
    reviews = select(Review.id).where(Review.attendance_id == attendance.id)
    sources = [attendance.id, *session.scalars(reviews)]
    earned = ledger_queries.list_earned(session, sources)
    if earned:
        free_points(session, attendance.person_id, sum(one.amount for one in earned), now=now)
        cause = ledger.Cause("attendance", attendance.id, now)
        ledger.reverse(session, attendance.person_id, earned, cause)
    attendance.annulled_at = now
    attendance.annulled_because = "merged"
    session.execute(
        update(Review)
        .where(Review.attendance_id == attendance.id, Review.state == "open")
        .values(state="refused", decided_at=now)
    )
    session.flush()  # the index on live attendances lets the other one move


def _move(session: Session, kept_id: uuid.UUID, joined_id: uuid.UUID, now: datetime) -> int:
    """Give the rows their new person; returns how many live attendances came along."""
    moved = session.scalars(
        select(Attendance.id).where(
            Attendance.person_id == joined_id, Attendance.annulled_at.is_(None)
        )
    ).all()
    move_registrations(session, joined_id, kept_id, now=now)
    for model, column in ONE_EACH:
        mine = select(getattr(model, column)).where(model.person_id == kept_id)
        session.execute(
            update(model)
            .where(model.person_id == joined_id, getattr(model, column).not_in(mine))
            .values(person_id=kept_id)
        )
    for holding in HOLDINGS:
        if holding.moves:
            column = getattr(holding.model, holding.person)
            session.execute(
                update(holding.model).where(column == joined_id).values({holding.person: kept_id})
            )
    session.execute(
        update(Pass)
        .where(Pass.person_id == joined_id, Pass.kind == "K", Pass.revoked_at.is_(None))
        .values(person_id=kept_id, claim_hash=None)
    )
    session.flush()  # nothing unwritten is lost when the rows are read anew
    session.expire_all()
    return len(moved)


def _complete(kept: Person, joined: Person) -> None:
    """What only the other account knew."""
    if not kept.is_adult and kept.born_year is None:
        kept.is_adult = joined.is_adult
        kept.born_year, kept.born_month = joined.born_year, joined.born_month
    kept.guardian_consent_at = kept.guardian_consent_at or joined.guardian_consent_at
    kept.district_code = kept.district_code or joined.district_code
