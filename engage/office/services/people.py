"""What the office does for one person: find them, give them a card or a new PIN."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import passes
from engage.accounts.models import Pass
from engage.accounts.passwords import PasswordHash
from engage.accounts.queries import find_by_email, find_person, get_person
from engage.accounts.service import (
    IssuedCard,
    issue_card,
    note_read,
    tidy_email,
    welcome,
)
from engage.acts.service import By, note
from engage.core.ages import Age
from engage.core.codes import CodeType, read_serial
from engage.core.errors import InvalidInput, NotFound

#: Digits of a PIN that the office makes.
PIN_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Assisted:
    """Somebody who joins at the desk, without an address of their own."""

    display_name: str
    age: Age


def look_up(session: Session, text: str, by: By) -> uuid.UUID:
    """Open the file of one person by the serial of a pass or by the exact address.

    Names are not searched: the office finds who asks for it, it does not browse. The reading is
    written down for the person. Raises NotFound.
    """
    person_id = _find(session, text)
    if person_id is None:
        raise NotFound()
    note_read(session, by.actor_id, person_id, "file", now=by.at)
    return person_id


def open_file(session: Session, person_id: uuid.UUID, by: By) -> None:
    """Read the file of a person that another page led to. Raises NotFound."""
    note_read(session, by.actor_id, get_person(session, person_id).id, "file", now=by.at)


def assist(session: Session, joining: Assisted, by: By) -> uuid.UUID:
    """Open an account at the desk for somebody without a phone; a card follows.

    Raises InvalidInput, TooYoung.
    """
    person = welcome(
        session, joining.display_name, now=by.at, age=joining.age, created_by=by.actor_id
    )
    note(session, by, "person_assisted", "person", person.id)
    note_read(session, by.actor_id, person.id, "file", now=by.at)
    return person.id


def hand_out_card(session: Session, person_id: uuid.UUID, pin: PasswordHash, by: By) -> IssuedCard:
    """Issue a printed card with a PIN; older cards of the person end.

    pin: made by ``passes.hash_pin`` before the unit of work.

    Raises NotFound.
    """
    for older in _cards(session, person_id):
        older.revoked_at = by.at
    card = issue_card(session, person_id, actor_id=by.actor_id, now=by.at)
    passes.set_pin(session, card.pass_id, pin, person_id=person_id)
    note(session, by, "card_issued", "person", person_id, {"serial": card.serial})
    return card


def renew_pin(session: Session, person_id: uuid.UUID, pin: PasswordHash, by: By) -> None:
    """A new PIN for the card the person holds, after ten wrong ones or when it is forgotten.

    Raises NotFound without a valid card.
    """
    cards = _cards(session, person_id)
    if not cards:
        raise NotFound()
    passes.set_pin(session, cards[-1].id, pin, person_id=person_id)
    note(session, by, "pin_renewed", "person", person_id)


def block_pass(session: Session, person_id: uuid.UUID, pass_id: uuid.UUID, by: By) -> None:
    """A card or phone that was lost opens no door any more. Raises NotFound."""
    passes.revoke(session, person_id, pass_id, now=by.at)
    note(session, by, "pass_blocked", "person", person_id)


def make_pin() -> str:
    """Random digits, shown once and handed over with the card."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def _cards(session: Session, person_id: uuid.UUID) -> list[Pass]:
    return list(
        session.scalars(
            select(Pass)
            .where(
                Pass.person_id == person_id,
                Pass.kind == CodeType.CARD.value,
                Pass.revoked_at.is_(None),
            )
            .order_by(Pass.id)
        )
    )


def _find(session: Session, text: str) -> uuid.UUID | None:
    if "@" in text:
        try:
            found = find_by_email(session, tidy_email(text))
        except InvalidInput:
            return None
        return found.id if found and found.merged_into_id is None else None
    serial = read_serial(text)
    if serial is None:
        return None
    owner = session.scalar(select(Pass.person_id).where(Pass.number == serial))
    return owner if owner is not None and find_person(session, owner) else None
