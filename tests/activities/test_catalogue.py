"""The catalogue: what is found, how it is grouped, what it costs the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from engage.activities import queries
from engage.activities.models import Activity, Occurrence
from engage.activities.queries import Wish
from engage.storage.base import new_id
from tests.clock import NOON
from tests.factories import activities as make
from tests.factories.organisations import organisation as make_organisation
from tests.html import read

if TYPE_CHECKING:
    from apiflask import APIFlask

    from engage.accounts.models import Person
    from engage.organisations.models import Organisation
    from tests.application import Browser

SOON = NOON + timedelta(hours=3)


def titles(session: Session, **wish: Any) -> list[str]:
    return [one.title for one in queries.list_upcoming(session, Wish(**wish), now=NOON)]


@pytest.fixture
def offers(session: Session, organisation: Organisation) -> list[Occurrence]:
    """Three different ones: beds, a park, reading."""
    beds = make.activity(
        session, organisation, title="Gärten gießen", step_free=True, category="nature"
    )
    park = make.activity(
        session,
        organisation,
        title="Pop-up-Park",
        kind="participation",
        format="pop_up_park",
        little_german=True,
    )
    reading = make.activity(session, organisation, title="Vorlesen", description="Für Kinder")
    return [
        make.occurrence(session, beds, starts_at=SOON, district_code="hoerde", hours=3),
        make.occurrence(session, park, starts_at=SOON + timedelta(days=1), place="Möllerbrücke"),
        make.occurrence(session, reading, starts_at=SOON + timedelta(days=8), capacity=None),
    ]


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({}, ["Gärten gießen", "Pop-up-Park", "Vorlesen"]),
        ({"words": "GAERTEN"}, ["Gärten gießen"]),
        ({"words": "garten giess"}, ["Gärten gießen"]),
        ({"words": "mollerbrucke"}, ["Pop-up-Park"]),
        ({"words": "kinder vorlesen"}, ["Vorlesen"]),
        ({"words": "green yard"}, ["Gärten gießen", "Pop-up-Park", "Vorlesen"]),
        ({"words": "100%_"}, []),
        ({"kind": "participation"}, ["Pop-up-Park"]),
        ({"format": "pop_up_park"}, ["Pop-up-Park"]),
        ({"district": "hoerde"}, ["Gärten gießen"]),
        ({"step_free": True}, ["Gärten gießen"]),
        ({"little_german": True}, ["Pop-up-Park"]),
        ({"until": SOON + timedelta(days=2)}, ["Gärten gießen", "Pop-up-Park"]),
        ({"since": SOON + timedelta(days=2)}, ["Vorlesen"]),
        ({"organisation": "green-yard", "kind": "volunteering"}, ["Gärten gießen", "Vorlesen"]),
    ],
)
def test_a_search_finds_what_people_mean(
    session: Session, offers: list[Occurrence], wish: dict[str, Any], found: list[str]
) -> None:
    assert titles(session, **wish) == found
    assert queries.count_upcoming(session, Wish(**wish), now=NOON) == len(found)


def test_what_is_not_offered_is_not_found(session: Session, organisation: Organisation) -> None:
    closed = make_organisation(session, "Closed Club", status="suspended")
    for status in ("draft", "archived"):
        hidden = make.activity(session, organisation, title=status, status=status)
        make.occurrence(session, hidden, starts_at=SOON)
    make.occurrence(session, make.activity(session, closed), starts_at=SOON)
    shown = make.activity(session, organisation, title="Shown")
    make.occurrence(session, shown, starts_at=SOON, status="cancelled")
    make.occurrence(session, shown, starts_at=NOON - timedelta(hours=3))

    assert titles(session) == []


def test_points_follow_the_rule_at_the_start(session: Session, offers: list[Occurrence]) -> None:
    found = queries.list_upcoming(session, now=NOON)

    assert [one.points for one in found] == [30, 15, 30]


def test_a_page_follows_the_other_without_gap_or_repeat(
    session: Session, organisation: Organisation
) -> None:
    activity = make.activity(session, organisation)
    for _number in range(5):
        make.occurrence(session, activity, starts_at=SOON)
    first = queries.list_upcoming(session, now=NOON, limit=3)
    last = first[-1]

    second = queries.list_upcoming(session, now=NOON, limit=3, after=(last.starts_at, last.id))

    assert len({one.id for one in [*first, *second]}) == 5


@contextmanager
def counted(app: APIFlask) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.extend([statement] if statement != "BEGIN" else [])

    event.listen(app.extensions["engine"], "before_cursor_execute", note)
    yield said
    event.remove(app.extensions["engine"], "before_cursor_execute", note)


def test_the_catalogue_costs_the_same_for_3_and_for_3000_dates(
    app: APIFlask, client: Browser, session: Session, offers: list[Occurrence], mina: Person
) -> None:
    with counted(app) as few:
        client(mina).get("/activities")
    _many(session, offers[0], 3000)

    with counted(app) as many:
        page = client(mina).page("/activities?q=wand")

    assert len(many) == len(few) <= 7
    assert len(page.with_class("e-item")) == 20
    assert "3.000" in page.text


def _many(session: Session, like: Occurrence, count: int) -> None:
    activities, dates = [], []
    base = {
        "organisation_id": like.organisation_id,
        "kind": "volunteering",
        "format": "shift",
        "category": "nature",
        "status": "published",
        "created_at": NOON,
    }
    for number in range(count):
        one = new_id()
        title = f"Wand {number}"
        activities.append({**base, "id": one, "title": title, "words": title.lower()})
        starts_at = SOON + timedelta(minutes=number)
        dates.append(
            {
                "id": new_id(),
                "activity_id": one,
                "organisation_id": like.organisation_id,
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(hours=2),
                "timezone": "Europe/Berlin",
                "number": uuid4().hex[:12],
                "secret": "x",
            }
        )
    session.execute(insert(Activity), activities)
    session.execute(insert(Occurrence), dates)
    session.commit()


def test_the_page_groups_dates_and_says_points_and_places(
    client: Browser, offers: list[Occurrence], omar: Person
) -> None:
    page = client(omar).page("/activities")

    headings = [one.text for one in page.all("h2")]
    assert headings == ["Heute", "Morgen", "Nächste Woche"]
    assert "30 Punkte" in page.text
    assert "noch 10 Plätze" in page.text
    assert "3 Angebote" in page.text


def test_nothing_found_says_so_and_shows_a_way_on(
    client: Browser, offers: list[Occurrence]
) -> None:
    page = client().page("/activities?q=einhorn&when=today&district=nirgends&cursor=quatsch")

    assert "Nichts gefunden" in page.text


def test_filters_in_the_address_are_kept_and_can_be_taken_off(
    client: Browser, offers: list[Occurrence]
) -> None:
    page = client().page("/activities?when=week&step_free=1&from=xx&kind=volunteering")

    chosen = [one.text for one in page.all("a") if one["aria-current"] == "true"]
    assert chosen == ["Diese Woche", "Ohne Stufen"]
    assert [one.text for one in page.all("h3")] == ["Gärten gießen"]


def test_suspended_organisations_and_drafts_have_no_page(
    client: Browser, session: Session, organisation: Organisation
) -> None:
    draft = make.activity(session, organisation, status="draft")
    closed = make_organisation(session, "Closed Club", status="suspended")
    hidden = make.activity(session, closed)

    for activity in (draft, hidden):
        client().get(f"/activities/{activity.id}", status=404)


def test_an_activity_says_what_when_where_and_what_it_gives(
    client: Browser, offers: list[Occurrence], omar: Person
) -> None:
    page = client(omar).page(f"/activities/{offers[0].activity_id}")

    assert page.one("h1").text == "Gärten gießen"
    for words in ("Samstag, 4. Mai 2030", "17–20 Uhr", "Hörde", "10 von 10 frei", "30 Punkte"):
        assert words in page.text


def test_naughty_words_come_out_as_they_went_in(
    client: Browser, session: Session, organisation: Organisation, sample_data: Path
) -> None:
    strings = [
        one
        for one in json.loads((sample_data / "nasty/blns.json").read_text(encoding="utf-8"))
        if one.strip() and "\x00" not in one
    ]
    activity = make.activity(session, organisation, title="Harmless")
    make.occurrence(session, activity, starts_at=SOON, place=strings[5])
    activity.description = "\n\n".join(strings)
    session.commit()

    reply = client().plain.get(f"/activities/{activity.id}")  # words look like mistakes of ours

    said = "".join(read(reply.text).all("main")[0].text.split())
    missing = [one for one in strings if "".join(one.split()) not in said]
    assert missing == []
