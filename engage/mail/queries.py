"""Questions about letters."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.errors import NotFound
from engage.mail.models import Letter


def list_letters(session: Session, address: str = "", *, limit: int = 50) -> list[Letter]:
    """The newest letters, of all people or to one address."""
    wanted = select(Letter).order_by(Letter.created_at.desc(), Letter.id.desc()).limit(limit)
    if address:
        wanted = wanted.where(Letter.to_address == address)
    return list(session.scalars(wanted))


def get_letter(session: Session, letter_id: uuid.UUID) -> Letter:
    """Raises NotFound."""
    letter = session.get(Letter, letter_id)
    if letter is None:
        raise NotFound()
    return letter
