"""People. ``make_person(session, "Mina")`` has a confirmed address and a points account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.clock import NOON

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.accounts.models import Person

#: The password of everybody whom a test gives one.
PASSWORD = "three unrelated words"


def make_person(session: Session, name: str = "Mina", **changes: Any) -> Person:
    """A person as sign-up leaves them: grown up, address ``<name>@example.org`` confirmed.

    changes: fields of ``Person``; ``email=None`` for somebody without an address,
             ``email_confirmed_at=None`` for somebody whose address waits to be confirmed,
             ``password=True`` for somebody who can sign in with ``PASSWORD``.
    """
    from engage.accounts import service
    from engage.accounts.passwords import hash_password
    from engage.core.ages import Age

    password = hash_password(PASSWORD, quick=True) if changes.pop("password", False) else None
    email = changes.pop("email", f"{name.split()[0].lower()}@example.org")
    now = changes.pop("now", NOON)
    waits = changes.pop("email_confirmed_at", now) is None and email is not None
    person = service.welcome(
        session,
        name,
        now=now,
        email=None if waits else email,
        password=password,
        age=Age(adult=True),
        created_by=changes.pop("created_by", None),
    )
    if waits:
        person.wanted_email, person.wanted_email_at = email, now
    for field, value in changes.items():
        setattr(person, field, value)
    session.flush()  # the database sees the changes
    return person
