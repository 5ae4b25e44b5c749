"""People with accounts, and what identifies them at the door."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engage.accounts.models import Pass, Person
from engage.core import codes
from engage.ledger import service as ledger
from engage.storage.keys import keys_of
from tests.clock import NOON


def person(session: Session, name: str, **given: Any) -> Person:
    """An adult with a confirmed address and an account at 0."""
    fields = {
        "display_name": name,
        "email": f"{name.lower()}@example.org",
        "email_confirmed_at": NOON,
        "is_adult": True,
        "created_at": NOON,
        **given,
    }
    made = Person(**fields)
    session.add(made)
    session.flush()  # the account needs the id
    ledger.open_account(session, made.id)
    session.commit()
    return made


def phone(session: Session, owner: Person, **given: Any) -> Pass:
    """A phone that shows rotating codes; see ``shown_by``."""
    made = Pass(
        person_id=owner.id,
        kind="P",
        number=codes.make_number(os.urandom(5)),
        secret=keys_of(session).encrypt(os.urandom(20)),
        name="Phone",
        created_at=NOON,
        **given,
    )
    session.add(made)
    session.commit()
    return made


def shown_by(session: Session, phone: Pass, at: datetime = NOON) -> str:
    """The code on this phone's screen at an instant."""
    secret = keys_of(session).decrypt(phone.secret or "")
    return codes.pass_code(secret, phone.number, codes.step_of(at)).text


def card(session: Session, owner: Person, **given: Any) -> tuple[Pass, str]:
    """A printed card and the code on it."""
    number, secret = codes.make_number(os.urandom(5)), codes.make_secret(os.urandom(8))
    code = codes.Code(codes.CodeType.CARD, number, secret).text
    made = Pass(
        person_id=owner.id,
        kind="K",
        number=number,
        secret_hash=keys_of(session).hash(code),
        created_at=NOON,
        **given,
    )
    session.add(made)
    session.commit()
    return made, code
