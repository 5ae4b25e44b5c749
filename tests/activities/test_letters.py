"""Every letter about a date can be written, in both languages, with what its service gives it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities import service, tasks
from engage.activities.drafts import OccurrenceChange
from engage.mail.message import write
from engage.mail.models import Letter
from engage.organisations import service as organisations
from engage.organisations.models import Organisation
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories import activities as make

if TYPE_CHECKING:
    from apiflask import APIFlask

    from engage.accounts.models import Person
    from engage.activities.models import Activity, Occurrence

DAY = timedelta(days=1)


def _everything_happens(session: Session, date: Occurrence, mina: Person, omar: Person) -> None:
    """Registered, waiting, offered, moved, reminded, taken off, called off."""
    own, start = date.id, date.starts_at
    evening = start - timedelta(hours=5)
    change = OccurrenceChange(
        start, date.ends_at, "Halle", "Weg 1", None, 2, None, has_waiting_list=True, walk_ins=True
    )
    for one in (mina, omar):
        _register(session, own, one)
    run_work(session, lambda s: service.leave(s, own, mina.id, now=evening))
    run_work(session, lambda s: service.take_offer(s, own, omar.id, now=evening))
    run_work(
        session, lambda s: service.change_occurrence(s, own, change, reason="Regen", now=evening)
    )
    tasks.remind(session, evening)
    run_work(
        session,
        lambda s: service.remove_person(s, own, omar.id, reason="Doppelt", now=evening),
    )
    _register(session, own, omar)
    run_work(
        session,
        lambda s: service.cancel_occurrence(s, own, reason="Sturm", actor_id=omar.id, now=evening),
    )


def _register(session: Session, occurrence_id: object, one: Person) -> None:
    run_work(session, lambda s: service.register(s, occurrence_id, one.id, now=NOON))  # type: ignore[arg-type]  # an id


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_letter_of_activities_can_be_written(
    app: APIFlask,
    session: Session,
    activity: Activity,
    mina: Person,
    omar: Person,
    language: str,
) -> None:
    mina.language = omar.language = language
    date = make.occurrence(session, activity, starts_at=NOON + DAY, capacity=1)
    organisation = session.get_one(Organisation, activity.organisation_id)
    session.commit()
    _everything_happens(session, date, mina, omar)
    run_work(
        session,
        lambda s: organisations.invite(
            s, organisation, omar.email or "", role="manager", paid=False, inviter="Juno", now=NOON
        ),
    )

    letters = session.scalars(select(Letter)).all()
    with app.app_context():
        written = {one.template: write(one, session) for one in letters}

    assert set(written) == {
        "place_confirmed",
        "on_waiting_list",
        "place_offered",
        "date_changed",
        "place_reminder",
        "place_withdrawn",
        "date_cancelled",
        "join_team",
    }
    for one in written.values():
        assert one.subject
        assert "http://localhost/" in one.text
        assert "%(" not in one.text
