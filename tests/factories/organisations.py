"""Organisations and who works for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.organisations.models import Budget, Member, Organisation
from tests.clock import NOON


def organisation(
    session: Session,
    name: str = "Green Yard",
    *,
    organisers: Iterable[Person] = (),
    managers: Iterable[Person] = (),
    **given: Any,
) -> Organisation:
    """A verified organisation with 100,000 points for the year."""
    fields = {
        "slug": name.lower().replace(" ", "-"),
        "status": "verified",
        "applied_at": NOON,
        **given,
    }
    made = Organisation(name=name, **fields)
    session.add(made)
    session.flush()  # the members need the id
    session.add(Budget(organisation_id=made.id, year=NOON.year, granted=100_000))
    for role, people in (("organiser", organisers), ("manager", managers)):
        for person in people:
            member(session, made, person, role=role)
    session.commit()
    return made


def member(session: Session, organisation: Organisation, person: Person, **given: Any) -> Member:
    fields = {"role": "organiser", "joined_at": NOON, **given}
    made = Member(organisation_id=organisation.id, person_id=person.id, **fields)
    session.add(made)
    session.commit()
    return made
