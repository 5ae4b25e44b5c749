"""Put a letter into the outbox, in the same unit of work as the change it tells of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.core.news import wants
from engage.mail.facts import pack
from engage.mail.models import Letter
from engage.storage.base import new_id
from engage.storage.keys import keys_of


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where a letter goes when that is not (yet) the confirmed address of an account."""

    email: str
    language: str = "de"
    person_id: uuid.UUID | None = None
    hides_points: bool = False


def send(
    session: Session,
    *,
    to: uuid.UUID | str | Addressee,
    template: str,
    facts: Mapping[str, Any],
    now: datetime,
    event: str | None = None,
) -> uuid.UUID | None:
    """Write a letter; the worker sends it once this unit of work is safe.

    to:       a person's id (their confirmed address), an address, or an Addressee.
    template: name of ``templates/mail/<template>.txt``; first line = subject.
    facts:    what the template shows: words, numbers, ids, instants, days, lists of them;
              beside them ``hides_points``, for whoever does not want to see any.
              A fact named token, code or secret is encrypted until it is sent.
    event:    the kind of news, if the person may switch it off (MSG-1).

    Returns the letter, or None if there is nobody to write to or they do not want it.
    """
    addressee = _addressee(session, to, event)
    if addressee is None:
        return None
    letter = Letter(
        id=new_id(),
        person_id=addressee.person_id,
        to_address=addressee.email,
        language=addressee.language,
        template=template,
        facts=pack({**facts, **_hiding(addressee)}, keys_of(session)),
        event=event,
        created_at=now,
        due_at=now,
    )
    session.add(letter)
    return letter.id


def _addressee(
    session: Session, to: uuid.UUID | str | Addressee, event: str | None
) -> Addressee | None:
    if isinstance(to, Addressee):
        return to
    return _at(session, to) if isinstance(to, str) else _person(session, to, event)


def _hiding(addressee: Addressee) -> dict[str, bool]:
    return {"hides_points": True} if addressee.hides_points else {}


def _at(session: Session, email: str) -> Addressee:
    language = session.scalar(select(Person.language).where(Person.email == email))
    return Addressee(email, language or "de")


def _person(session: Session, person_id: uuid.UUID, event: str | None) -> Addressee | None:
    person = session.get(Person, person_id)
    if person is None or person.email is None or person.email_confirmed_at is None:
        return None
    if event is not None and not wants(event, person.muted or [], person.wished or []):
        return None
    return Addressee(person.email, person.language, person.id, person.hides_points)
