"""What citizens and staff do with accounts: join, get a card or a claim slip; and who read what."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.models import DataRead, Pass, Person
from engage.accounts.passwords import PasswordHash
from engage.core.accounts import LONGEST_NAME
from engage.core.ages import Age
from engage.core.codes import Code, CodeType, encode_bits, make_number, make_secret
from engage.core.errors import InvalidInput, MailTaken
from engage.ledger import service as ledger
from engage.storage.base import new_id
from engage.storage.conflicts import refuse_duplicate
from engage.storage.keys import keys_of

ONE_ADDRESS_ONE_ACCOUNT = "uq_people_email"

#: They print nothing but join or part what does: in Persian and Hindi names, in emoji of families.
JOINERS = "\u200c\u200d"
#: How long the claim code that staff hand out with a card works.
CLAIM_CODE_LIFETIME = timedelta(days=28)
#: Characters of a claim code: 40 bits, guessing is slowed.
CLAIM_CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """A new printed card, known in full only now.

    serial:     8 characters, printed and read out; proves nothing.
    code:       the text of its QR code, ``K…``.
    claim_code: with it the person sets a password once; None if they already sign in.
    """

    pass_id: uuid.UUID
    serial: str
    code: str
    claim_code: str | None


@dataclass(frozen=True, slots=True)
class SlipIssued:
    """A claim slip: its QR ``C…`` lets a person take over the account made at the door."""

    pass_id: uuid.UUID
    serial: str
    code: str


def tidy_email(text: str) -> str:
    """An address in the form in which it is kept: lower case, no spaces around.

    Raises InvalidInput.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidInput(fields={"email": "invalid"}) from None
    return found.normalized.lower()


def tidy_name(text: str) -> str:
    """A display name on one line, without characters that do not print.

    Raises InvalidInput.
    """
    written = (c if c.isprintable() or c in JOINERS else " " for c in text)
    words = " ".join("".join(written).split()).strip(JOINERS)
    if not words or len(words) > LONGEST_NAME:
        raise InvalidInput(fields={"display_name": "invalid"})
    return words


def welcome(  # noqa: PLR0913  # what a person may bring along has that many parts, all by name
    session: Session,
    display_name: str,
    *,
    now: datetime,
    email: str | None = None,
    password: PasswordHash | None = None,
    language: str = "de",
    age: Age | None = None,
    created_by: uuid.UUID | None = None,
) -> Person:
    """Give a person an account, with points at 0.

    email:      one that is proven to be theirs; what they only typed waits for confirmation.
    password:   made by ``passwords.hash_password`` before the unit of work.
    age:        what the person told; None if nobody asked.
    created_by: who made the account at the door or at the office; the person takes it over later.

    Raises MailTaken, InvalidInput.
    """
    if password is not None and not isinstance(password, PasswordHash):
        raise TypeError("a password is hashed before it comes here")
    told = age or Age()
    person = Person(
        id=new_id(),
        display_name=tidy_name(display_name),
        email=tidy_email(email) if email else None,
        email_confirmed_at=now if email else None,
        password_hash=str(password) if password else None,
        language=language,
        is_adult=told.adult,
        born_year=told.born[0] if told.born else None,
        born_month=told.born[1] if told.born else None,
        guardian_consent_at=now if told.guardian_consent else None,
        claimed_at=None if created_by else now,
        created_at=now,
    )
    with refuse_duplicate(session, ONE_ADDRESS_ONE_ACCOUNT, MailTaken()):
        session.add(person)
    ledger.open_account(session, person.id)
    session.flush()  # what follows in the same unit may move points on the new account
    return person


def issue_card(
    session: Session, person_id: uuid.UUID, *, actor_id: uuid.UUID, now: datetime
) -> IssuedCard:
    """Print a card for a person. Its secret is not kept: a lost card is replaced, never reprinted.

    Raises NotFound.
    """
    person = queries.get_person(session, person_id)
    card, code = _make_sheet(session, person.id, CodeType.CARD, actor_id, now)
    claim_code = None
    if person.password_hash is None:
        claim_code = encode_bits(secrets.token_bytes(5), CLAIM_CODE_LENGTH)
        card.claim_hash = keys_of(session).hash(claim_text(card.number, claim_code))
        card.claim_expires_at = now + CLAIM_CODE_LIFETIME
    session.flush()  # the card is valid for whatever follows in this unit
    return IssuedCard(card.id, card.number, code.text, claim_code)


def make_claim_slip(
    session: Session, person_id: uuid.UUID, *, actor_id: uuid.UUID, now: datetime
) -> SlipIssued:
    """Print the slip with which a walk-in takes over the account later. An older slip ends.

    Raises NotFound.
    """
    person = queries.get_person(session, person_id)
    for older in queries.list_passes(session, person.id, CodeType.CLAIM.value):
        older.revoked_at = now
    slip, code = _make_sheet(session, person.id, CodeType.CLAIM, actor_id, now)
    session.flush()  # the slip is valid for whatever follows in this unit
    return SlipIssued(slip.id, slip.number, code.text)


def _make_sheet(
    session: Session, person_id: uuid.UUID, kind: CodeType, actor_id: uuid.UUID, now: datetime
) -> tuple[Pass, Code]:
    """Numbers have 40 bits; one met before breaks its constraint and nothing is kept."""
    code = Code(kind, make_number(secrets.token_bytes(5)), make_secret(secrets.token_bytes(8)))
    sheet = Pass(
        id=new_id(),
        person_id=person_id,
        kind=kind.value,
        number=code.number,
        secret_hash=keys_of(session).hash(code.text),
        created_at=now,
        created_by=actor_id,
    )
    session.add(sheet)
    return sheet, code


def claim_text(number: str, claim_code: str) -> str:
    """What is hashed of a card's claim code, so that it fits this card alone."""
    return f"claim:{number}:{claim_code}"


def note_read(
    session: Session, actor_id: uuid.UUID, person_id: uuid.UUID | None, what: str, *, now: datetime
) -> None:
    """Write down that staff or an organiser read a person's data; the person sees it.

    person_id: None for a list of many, e.g. an export.
    what:      short English word, shown translated, e.g. ``participants``, ``search``.
    """
    if actor_id != person_id:
        session.add(DataRead(actor_id=actor_id, person_id=person_id, what=what, at=now))
