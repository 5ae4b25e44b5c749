"""Partners, their branches, and who stands at the till."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.ledger import service as ledger
from engage.partners.models import Branch, Partner, PartnerMember
from tests.clock import NOON


def partner(
    session: Session,
    name: str = "Corner Bakery",
    *,
    tills: Iterable[Person] = (),
    managers: Iterable[Person] = (),
    **given: Any,
) -> Partner:
    """A verified partner with one branch and an account."""
    fields = {
        "slug": name.lower().replace(" ", "-"),
        "status": "verified",
        "applied_at": NOON,
        **given,
    }
    made = Partner(name=name, **fields)
    session.add(made)
    session.flush()  # branch, members and account need the id
    ledger.open_partner_account(session, made.id)
    session.add(Branch(partner_id=made.id, name="Market square"))
    for role, people in (("till", tills), ("manager", managers)):
        for person in people:
            session.add(
                PartnerMember(partner_id=made.id, person_id=person.id, role=role, joined_at=NOON)
            )
    session.commit()
    return made
