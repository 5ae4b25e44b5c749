"""Activities, their dates, and who has a place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence, Registration
from engage.core import codes
from engage.organisations.models import Organisation
from engage.storage.keys import keys_of
from tests.clock import NOON


def activity(session: Session, organisation: Organisation, **given: Any) -> Activity:
    """Published volunteering without a minimum age."""
    fields = {
        "title": "Clean the river bank",
        "description": "Gloves and bags are there.",
        "kind": "volunteering",
        "format": "shift",
        "category": "nature",
        "status": "published",
        "created_at": NOON,
        "published_at": NOON,
        **given,
    }
    made = Activity(organisation_id=organisation.id, **fields)
    session.add(made)
    session.commit()
    return made


def occurrence(
    session: Session,
    activity: Activity,
    *,
    starts_at: datetime = NOON,
    hours: float = 2,
    places: Iterable[Person] = (),
    **given: Any,
) -> Occurrence:
    """Starts at noon, lasts two hours, has ten places."""
    people = list(places)
    fields = {
        "ends_at": starts_at + timedelta(hours=hours),
        "timezone": "Europe/Berlin",
        "place": "Emscher bridge",
        "capacity": 10,
        "taken": len(people),
        "number": codes.make_number(os.urandom(5)),
        "secret": keys_of(session).encrypt(os.urandom(20)),
        **given,
    }
    made = Occurrence(
        activity_id=activity.id,
        organisation_id=activity.organisation_id,
        starts_at=starts_at,
        **fields,
    )
    session.add(made)
    session.flush()  # the places need the id
    for person in people:
        session.add(
            Registration(
                occurrence_id=made.id, person_id=person.id, state="registered", made_at=NOON
            )
        )
    session.commit()
    return made
