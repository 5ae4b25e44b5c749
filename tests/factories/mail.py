"""Letters, as their readers get them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.mail.models import Letter


def letters_to(session: Session, address: str) -> list[Letter]:
    """What was written to an address, oldest first."""
    from sqlalchemy import select

    from engage.mail.models import Letter

    session.rollback()  # look again
    found = select(Letter).where(Letter.to_address == address).order_by(Letter.id)
    return list(session.scalars(found))


def token_in(session: Session, letter: Letter) -> str:
    """The token of the link in a letter."""
    from engage.mail.facts import unpack
    from engage.storage.keys import keys_of

    return str(unpack(letter.facts, keys_of(session))["token"])
