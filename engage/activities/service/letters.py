"""Letters about a date: each goes into the outbox with the change it tells of."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engage.accounts import links
from engage.activities import queries
from engage.activities.models import Occurrence
from engage.mail import service as mail

#: Letters that always come: the date itself is another, or the place is gone.
ALWAYS = frozenset({"date_cancelled", "date_changed", "place_withdrawn"})

#: What the link of an offered place is for.
TAKE_PLACE = "take_place"


def tell(
    session: Session,
    template: str,
    person_id: uuid.UUID,
    occurrence: Occurrence,
    *,
    now: datetime,
    **facts: Any,
) -> None:
    """Write to one person about one date. People without a confirmed address get no letter."""
    mail.send(
        session,
        to=person_id,
        template=template,
        facts=facts_of(session, occurrence) | facts,
        now=now,
        event=None if template in ALWAYS else "places",
    )


def facts_of(session: Session, occurrence: Occurrence) -> dict[str, Any]:
    """What every letter about a date says."""
    activity = queries.get_activity(session, occurrence.activity_id)
    return {
        "title": activity.title,
        "activity_id": activity.id,
        "occurrence_id": occurrence.id,
        "starts_at": occurrence.starts_at,
        "ends_at": occurrence.ends_at,
        "timezone": occurrence.timezone,
        "place": occurrence.place,
        "address": occurrence.address,
    }


def offer_place(
    session: Session,
    person_id: uuid.UUID,
    occurrence: Occurrence,
    *,
    until: datetime,
    now: datetime,
) -> None:
    """Offer a free place by link; it is theirs until then."""
    token = links.make_link(
        session,
        TAKE_PLACE,
        now=now,
        person_id=person_id,
        subject_id=occurrence.id,
        lifetime=until - now,
    )
    tell(session, "place_offered", person_id, occurrence, now=now, token=token, until_at=until)
