"""Erasure: the person is emptied everywhere, the books still hold (case 46)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.models import Attempt, Erasure, MailLink, Pass, Person
from engage.activities.service.registration import leave_all
from engage.attendance import roster
from engage.attendance.models import Scan
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.mail.models import Letter
from engage.organisations.models import Member
from engage.partners.models import PartnerMember
from engage.privacy.export import attempt_names
from engage.privacy.holdings import HOLDINGS
from engage.rewards.returning import cancel_all_of_person
from engage.rewards.vouchers import forget_own
from engage.storage.base import new_id
from engage.storage.keys import keys_of

#: What stands where the name was.
NOBODY = "–"


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did with the points."""

    points: int
    given_to: str | None


def erase(
    session: Session, person_id: uuid.UUID, *, now: datetime, good_cause: str | None = None
) -> Erased:
    """Empty an account for good; attendances and movements stay under its bare number.

    good_cause: slug of the cause that gets the points; else they are written off.

    Raises NotFound.
    """
    person = queries.get_person(session, person_id)
    account = ledger_queries.get_account(session, person_id).id
    ledger.lock(session, account)
    cancel_all_of_person(session, person_id, now=now)
    cause = ledger.Cause("erasure", person_id, now, actor_id=person_id)
    if good_cause is None:
        points = ledger.write_off(session, account, cause)
    else:
        target = ledger_queries.named_account_id(session, f"good_cause:{good_cause}")
        points = ledger.give_away(session, account, target, cause)
    leave_all(session, person_id, now=now, because="erased")
    session.add(
        Erasure(id=new_id(), person_id=person_id, email_hash=_email_hash(session, person), at=now)
    )
    empty(session, person, now=now)
    person.erased_at = now
    roster.renew(session, [person_id], now=now)
    return Erased(points, good_cause)


def empty(session: Session, person: Person, *, now: datetime) -> None:
    """Take every word about a person out of every table; ids and numbers stay."""
    session.flush()  # what was written in this unit is emptied as well
    session.execute(delete(Attempt).where(Attempt.who.in_(attempt_names(session, person))))
    if person.email is not None:
        session.execute(delete(Letter).where(Letter.to_address == person.email))
        session.execute(delete(MailLink).where(MailLink.email == person.email))
    forget_own(session, person.id)
    for holding in HOLDINGS:
        mine = getattr(holding.model, holding.person) == person.id
        if holding.removed:
            session.execute(delete(holding.model).where(mine))
        elif holding.emptied:
            values = dict.fromkeys(holding.emptied, "")
            session.execute(update(holding.model).where(mine).values(values))
    _empty_scans(session, person.id)
    _end_roles(session, person.id, now)
    _empty_passes(session, person.id, now)
    _empty_person(person)


def _email_hash(session: Session, person: Person) -> str | None:
    """Kept for 12 months, so that a welcome reward is given once (case 54)."""
    if person.email is None or person.email_confirmed_at is None:
        return None
    return keys_of(session).hash(f"erased:{person.email}")


def _empty_scans(session: Session, person_id: uuid.UUID) -> None:
    """What was said at the door holds names: only the numbers among its facts stay."""
    for scan in session.scalars(select(Scan).where(Scan.person_id == person_id)):
        scan.facts = {name: fact for name, fact in scan.facts.items() if name not in NAMES_IN_FACTS}


#: Facts of an answer at the door that name the person or open their account.
NAMES_IN_FACTS = frozenset({"display_name", "card_serial", "claim_slip", "slip", "claim_code"})


def _end_roles(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    for model in (Member, PartnerMember):
        session.execute(
            update(model)
            .where(model.person_id == person_id, model.removed_at.is_(None))
            .values(removed_at=now)
        )


def _empty_passes(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """A number that is printed on somebody's card leads nowhere any more."""
    for one in session.scalars(select(Pass).where(Pass.person_id == person_id)):
        one.number = f"-{one.id.hex}"
        one.name = ""
        one.revoked_at = one.revoked_at or now
        one.secret = one.secret_hash = one.claim_hash = one.pin_hash = None


def _empty_person(person: Person) -> None:
    person.display_name = NOBODY
    person.email = person.email_confirmed_at = person.password_hash = None
    person.wanted_email = person.wanted_email_at = None
    person.born_year = person.born_month = person.guardian_consent_at = None
    person.is_adult = False
    person.district_code = person.office_role = person.muted = person.wished = None
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    person.recovery_hashes = person.last_seen_at = None
    person.session_epoch += 1


def replay(session: Session, person_ids: Iterable[uuid.UUID], *, now: datetime) -> int:
    """Erase again who came back with a restored backup; returns how many there were."""
    erased = 0
    for person_id in sorted(set(person_ids)):
        if queries.find_person(session, person_id) is not None:
            erase(session, person_id, now=now)
            erased += 1
    return erased
