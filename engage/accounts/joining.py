"""Signing up, confirming an address, a new password by mail. Nobody learns who is known here."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.attempts import Guess, ensure_not_paused, note_try
from engage.accounts.links import get_link, make_link, use_link, void_links
from engage.accounts.models import MailLink, Person
from engage.accounts.passwords import PasswordHash
from engage.accounts.service import ONE_ADDRESS_ONE_ACCOUNT, tidy_email, welcome
from engage.accounts.signing import Entered, enter
from engage.core.accounts import ensure_may_join, is_birth_worth_keeping
from engage.core.ages import Age
from engage.core.errors import InvalidInput, MailTaken, SignInPaused
from engage.mail.service import Addressee, send
from engage.storage.conflicts import refuse_duplicate
from engage.storage.engine import zone_of

CONFIRM, RESET, GUARDIAN = "confirm_email", "reset_password", "guardian_consent"

#: As long as an account without a confirmed address is kept (PRI-2).
CONFIRM_LIFETIME = timedelta(days=7)
#: A link that sets a password is a key: it lives shorter than others.
RESET_LIFETIME = timedelta(hours=24)
#: Mails to one address, and asked for from one network, before the pauses begin (FAI-7).
FREE_MAILS, FREE_MAILS_OF_A_NETWORK = 5, 30


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody who signs up brings along.

    guardian_email: of a parent or guardian, needed from 14 to 15.
    next:           where they were heading, so that the mail leads back there.
    """

    display_name: str
    email: str
    password: PasswordHash
    language: str
    age: Age
    guardian_email: str = ""
    next: str = ""


def sign_up(session: Session, newcomer: Newcomer, network: str, *, now: datetime) -> Entered:
    """Open an account that its browser may use at once; the address waits to be confirmed.

    A known address gets an account as well, and a mail that says so: whoever typed it, and whatever
    they do with the account, learns nothing about it (ACC-5).

    Raises TooYoung, GuardianConsentNeeded (ACC-2), InvalidInput, SignInPaused.
    """
    today = now.astimezone(zone_of(session)).date()
    email = tidy_email(newcomer.email)
    guardian = tidy_email(newcomer.guardian_email) if newcomer.guardian_email.strip() else ""
    if guardian == email:
        raise InvalidInput(fields={"guardian_email": "invalid"})
    ensure_may_join(newcomer.age, today, has_guardian=bool(guardian))
    _ensure_network_may_mail(session, network, now)
    age = newcomer.age
    if age.born is not None and not is_birth_worth_keeping(age.born, today):
        age = Age(adult=True)
    person = welcome(
        session,
        newcomer.display_name,
        now=now,
        password=newcomer.password,
        language=newcomer.language,
        age=age,
    )
    person.wanted_email, person.wanted_email_at = email, now
    _ask_to_confirm(session, person, email, now=now, then=newcomer.next)
    if guardian:
        _ask_guardian(session, person, guardian, now)
    return enter(person, now=now)


def _ask_to_confirm(
    session: Session, person: Person, email: str, *, now: datetime, then: str = ""
) -> None:
    """Write to an address that is to become the person's; older such links end.

    The link is made for a known address too, and thrown away: the person's own data must not tell.

    then: path to lead to after the confirmation.
    """
    void_links(session, CONFIRM, person.id, now=now)
    token = make_link(
        session,
        CONFIRM,
        now=now,
        person_id=person.id,
        email=email,
        facts={"next": then},
        lifetime=CONFIRM_LIFETIME,
    )
    known = queries.find_by_email(session, email)
    if not _may_mail(session, email, now):
        return
    if known is not None:
        _tell_known(session, known, now)
        return
    send(
        session,
        to=Addressee(email, person.language, person.id),
        template="confirm_email",
        facts={"name": person.display_name, "token": token},
        now=now,
    )


def resend_confirmation(session: Session, person_id: uuid.UUID, *, now: datetime) -> None:
    """Once more, for an address that is not confirmed yet."""
    person = queries.get_person(session, person_id)
    if person.wanted_email is not None:
        _ask_to_confirm(session, person, person.wanted_email, now=now)


def request_email(session: Session, person_id: uuid.UUID, email: str, *, now: datetime) -> None:
    """Ask for another address: it counts once confirmed. One that is taken gets a mail itself.

    Raises InvalidInput.
    """
    wanted = tidy_email(email)
    person = queries.get_person(session, person_id)
    if wanted == person.email:
        person.wanted_email = person.wanted_email_at = None
        return
    person.wanted_email, person.wanted_email_at = wanted, now
    _ask_to_confirm(session, person, wanted, now=now)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Whose address was confirmed, and where they were heading."""

    person_id: uuid.UUID
    next: str


def confirm_email(session: Session, token: str, *, now: datetime) -> Confirmed:
    """Believe an address. Of a changed one, the old address is told.

    Raises MailLinkUnknown, MailLinkUsed, MailLinkExpired, MailTaken, NotFound.
    """
    link = get_link(session, token, CONFIRM, now=now)
    use_link(session, link, now=now)
    person = queries.get_person(session, _person_of(link))
    before = person.email
    _believe(session, person, link.email, now)
    if before is not None and before != link.email:
        facts = {"name": person.display_name}
        to = Addressee(before, person.language, person.id)
        send(session, to=to, template="email_changed", facts=facts, now=now)
    return Confirmed(person.id, str((link.facts or {}).get("next", "")))


def _believe(session: Session, person: Person, email: str | None, now: datetime) -> None:
    """The address is the person's: they could read what was sent there. Raises MailTaken."""
    with refuse_duplicate(session, ONE_ADDRESS_ONE_ACCOUNT, MailTaken()):
        person.email = email
        person.email_confirmed_at = now
    if person.wanted_email == email:
        person.wanted_email = person.wanted_email_at = None


def request_reset(session: Session, email: str, network: str, *, now: datetime) -> None:
    """Mail a link for a new password, if there is an account; nobody learns whether.

    Raises InvalidInput, SignInPaused.
    """
    wanted = tidy_email(email)
    _ensure_network_may_mail(session, network, now)
    may_mail = _may_mail(session, wanted, now)
    person = queries.find_by_email(session, wanted) or queries.find_newcomer(session, wanted)
    if person is None or not may_mail:
        return
    void_links(session, RESET, person.id, now=now)
    token = make_reset_link(session, person, now=now)
    to = Addressee(wanted, person.language, person.id)
    facts = {"name": person.display_name, "token": token}
    send(session, to=to, template="reset_password", facts=facts, now=now)


def make_reset_link(session: Session, person: Person, *, now: datetime) -> str:
    """The token of a link that sets a password once."""
    return make_link(
        session,
        RESET,
        now=now,
        person_id=person.id,
        email=person.email or person.wanted_email,
        lifetime=RESET_LIFETIME,
    )


def reset_password(
    session: Session, token: str, password: PasswordHash, *, now: datetime
) -> Person:
    """Set a new password. Every session ends; who could read the mail has proven the address.

    Raises MailLinkUnknown, MailLinkUsed, MailLinkExpired, MailTaken, NotFound.
    """
    link = get_link(session, token, RESET, now=now)
    use_link(session, link, now=now)
    person = queries.get_person(session, _person_of(link))
    person.password_hash = str(password)
    person.session_epoch += 1
    person.claimed_at = person.claimed_at or now
    if link.email is not None and person.email is None and link.email == person.wanted_email:
        _believe(session, person, link.email, now)
    if link.email is not None and link.email == person.email:
        note_try(session, Guess.PASSWORD, link.email, now=now, succeeded=True)
    void_links(session, RESET, person.id, now=now)
    tell_password_changed(session, person, now=now)
    return person


def tell_password_changed(session: Session, person: Person, *, now: datetime) -> None:
    """So that nobody's password is changed behind their back."""
    send(
        session,
        to=person.id,
        template="password_changed",
        facts={"name": person.display_name, "at": now},
        now=now,
    )


def consent(session: Session, token: str, *, now: datetime) -> None:
    """A parent or guardian agrees. Raises as ``get_link`` does."""
    link = get_link(session, token, GUARDIAN, now=now)
    use_link(session, link, now=now)
    person = queries.get_person(session, _person_of(link))
    person.guardian_consent_at = person.guardian_consent_at or now


def _ask_guardian(session: Session, person: Person, guardian: str, now: datetime) -> None:
    token = make_link(session, GUARDIAN, now=now, person_id=person.id, email=guardian)
    send(
        session,
        to=Addressee(guardian, person.language, person.id),
        template="guardian_consent",
        facts={"name": person.display_name, "token": token},
        now=now,
    )


def _tell_known(session: Session, known: Person, now: datetime) -> None:
    """The owner of an address hears that somebody typed it, and what to do if it was them."""
    send(
        session,
        to=known.id,
        template="already_registered",
        facts={"name": known.display_name},
        now=now,
    )


def _person_of(link: MailLink) -> uuid.UUID:
    if link.person_id is None:
        raise AssertionError("links of accounts name their person")
    return link.person_id


def _may_mail(session: Session, email: str, now: datetime) -> bool:
    """Nobody's mailbox is flooded: after a few mails the pauses grow, silently."""
    try:
        ensure_not_paused(session, Guess.MAIL, email, now=now, free=FREE_MAILS)
    except SignInPaused:
        return False
    note_try(session, Guess.MAIL, email, now=now, succeeded=False)
    return True


def _ensure_network_may_mail(session: Session, network: str, now: datetime) -> None:
    who = f"network:{network}"
    ensure_not_paused(session, Guess.MAIL, who, now=now, free=FREE_MAILS_OF_A_NETWORK)
    note_try(session, Guess.MAIL, who, now=now, succeeded=False)
