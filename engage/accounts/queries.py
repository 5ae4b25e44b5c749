"""Questions about people."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import DataRead, Erasure, Pass, Person
from engage.core.ages import Age
from engage.core.errors import NotFound
from engage.storage.keys import keys_of


class Role(NamedTuple):
    """A person's part in an organisation or a partner."""

    slug: str
    name: str
    role: str


def get_person(session: Session, person_id: uuid.UUID) -> Person:
    """A person with an account. Raises NotFound, also for one erased or joined into another."""
    person = find_person(session, person_id)
    if person is None:
        raise NotFound()
    return person


def find_person(session: Session, person_id: uuid.UUID) -> Person | None:
    return session.scalars(
        select(Person).where(
            Person.id == person_id, Person.erased_at.is_(None), Person.merged_into_id.is_(None)
        )
    ).one_or_none()


def find_by_email(session: Session, email: str) -> Person | None:
    """email: in the form of ``service.tidy_email``."""
    return session.scalars(
        select(Person).where(Person.email == email, Person.erased_at.is_(None))
    ).one_or_none()


def find_newcomer(session: Session, email: str) -> Person | None:
    """Who signed up last with an address and has not confirmed it yet."""
    return session.scalars(
        select(Person)
        .where(
            Person.wanted_email == email,
            Person.email.is_(None),
            Person.password_hash.is_not(None),
            Person.erased_at.is_(None),
            Person.merged_into_id.is_(None),
        )
        .order_by(Person.wanted_email_at.desc(), Person.id.desc())
        .limit(1)
    ).one_or_none()


def age_of(person: Person) -> Age:
    """What a person told about their age, as the rules take it."""
    born = None
    if person.born_year is not None and person.born_month is not None:
        born = (person.born_year, person.born_month)
    return Age(
        adult=person.is_adult,
        born=born,
        guardian_consent=person.guardian_consent_at is not None,
    )


def list_passes(session: Session, person_id: uuid.UUID, kind: str) -> list[Pass]:
    """Passes of a kind that still open doors, oldest first."""
    return list(
        session.scalars(
            select(Pass)
            .where(Pass.person_id == person_id, Pass.kind == kind, Pass.revoked_at.is_(None))
            .order_by(Pass.id)
        )
    )


def get_pass(session: Session, person_id: uuid.UUID, pass_id: uuid.UUID, kinds: str) -> Pass:
    """A pass of this person that is valid. Raises NotFound.

    kinds: the letters it may have, e.g. ``PK``.
    """
    row = session.get(Pass, pass_id)
    if row is None or row.person_id != person_id or row.kind not in kinds or row.revoked_at:
        raise NotFound()
    return row


def has_card(session: Session, person_id: uuid.UUID) -> bool:
    """Whether the person holds a printed card that is valid."""
    return bool(list_passes(session, person_id, "K"))


def can_reserve(session: Session, person: Person) -> bool:
    """A confirmed address or an issued card: what a reservation needs of an account (case 54)."""
    return person.email_confirmed_at is not None or has_card(session, person.id)


def was_erased_before(session: Session, email: str) -> bool:
    """Whether an account with this address was erased lately: a welcome reward is given once."""
    found = session.scalar(
        select(Erasure.id)
        .where(Erasure.email_hash.in_(keys_of(session).hashes(f"erased:{email}")))
        .limit(1)
    )
    return found is not None


def list_reads(
    session: Session, person_id: uuid.UUID, *, limit: int = 100
) -> list[tuple[datetime, str, str]]:
    """Who read this person's data, newest first: when, by whom, what for."""
    rows = session.execute(
        select(DataRead.at, Person.display_name, DataRead.what)
        .join(Person, Person.id == DataRead.actor_id)
        .where(DataRead.person_id == person_id)
        .order_by(DataRead.at.desc(), DataRead.id.desc())
        .limit(limit)
    )
    return [(row.at, row.display_name, row.what) for row in rows]


def lock_phones(session: Session, person_id: uuid.UUID) -> list[Pass]:
    """The phones of a person that are in use; nobody else adds one until the commit."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    return list_passes(session, person_id, "P")


def lock_pass(session: Session, pass_id: uuid.UUID) -> Pass:
    """A pass as it is now; nobody else changes it until the commit."""
    return session.scalars(
        select(Pass)
        .where(Pass.id == pass_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
