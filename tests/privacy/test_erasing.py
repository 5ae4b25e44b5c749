"""Case 46: nothing that names the person stays, and the books hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from engage.accounts import passes, queries, service
from engage.accounts.links import make_link
from engage.accounts.models import Erasure, Person
from engage.activities.models import Favourite, Occurrence, Registration
from engage.attendance.models import HoursClaim, Scan
from engage.audit.verify import verify
from engage.core.errors import NotFound
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.mail.service import send
from engage.partners.models import Partner
from engage.privacy.erasing import erase, replay
from engage.rewards.models import Redemption
from engage.storage.base import Model
from engage.storage.unit_of_work import unit_of_work
from engage.tables import metadata
from tests.clock import NOON
from tests.factories.accounts import make_person
from tests.factories.rewards import engaged, reserved, reward

NAME, ADDRESS, WORDS = "Wilhelmine", "wilhelmine@example.org", "unmistakable"


@pytest.fixture
def someone(session: Session, partner: Partner, occurrence: Occurrence) -> Person:
    """Somebody who has left a trace in every part of the city."""
    with unit_of_work(session):
        person = make_person(session, NAME, password=True)
        service.issue_card(session, person.id, actor_id=person.id, now=NOON)
        passes.ensure_phone(session, person.id, [], name=f"{NAME}'s phone", now=NOON)
        make_link(session, "reset_password", now=NOON, person_id=person.id, email=ADDRESS)
        facts = {"name": NAME, "title": WORDS}
        send(session, to=person.id, template="reminder", facts=facts, now=NOON)
        session.add(Favourite(person_id=person.id, activity_id=occurrence.activity_id))
        session.add(
            Registration(
                occurrence_id=occurrence.id, person_id=person.id, state="registered", made_at=NOON
            )
        )
        session.add(
            HoursClaim(
                person_id=person.id,
                organisation_id=occurrence.organisation_id,
                work_on=NOON.date(),
                starts_at=NOON,
                ends_at=NOON,
                minutes=60,
                what=WORDS,
                answer=WORDS,
                submitted_at=NOON,
            )
        )
        session.add(
            Scan(
                caller_id=person.id,
                nonce="0" * 26,
                verb="check_in",
                subject="x",
                subject_kind="code",
                person_id=person.id,
                code="too_early",
                facts={"display_name": NAME, "opens_at": "soon"},
                scanned_at=NOON,
                received_at=NOON,
            )
        )
    engaged(session, person, 100)
    reserved(session, person, reward(session, partner))
    return person


def _everything(session: Session) -> str:
    session.rollback()  # look again
    tables: list[Table] = list(metadata.tables.values())
    return "\n".join(
        str(row) for table in tables for row in session.execute(select(table)).mappings()
    )


def test_case_46_no_table_holds_the_name_or_address_and_the_books_hold(
    session: Session, someone: Person
) -> None:
    before = _everything(session)
    assert all(word in before for word in (NAME, ADDRESS, WORDS))

    with unit_of_work(session):
        erased = erase(session, someone.id, now=NOON)

    after = _everything(session).lower()
    for word in (NAME, ADDRESS, WORDS):
        assert word.lower() not in after
    assert erased.points == 100
    assert ledger_queries.balance_of(session, someone.id) == 0
    assert session.scalars(select(Redemption.state)).one() == "cancelled"
    assert verify(session) == []


def test_case_46_the_same_address_may_come_back_and_is_a_stranger(
    session: Session, someone: Person
) -> None:
    with unit_of_work(session):
        erase(session, someone.id, now=NOON)

    with unit_of_work(session):
        again = service.welcome(session, "Mina", now=NOON, email=ADDRESS)
    assert again.id != someone.id
    assert queries.was_erased_before(session, ADDRESS)
    with pytest.raises(NotFound):
        queries.get_person(session, someone.id)


def test_points_may_go_to_a_good_cause_instead(session: Session, someone: Person) -> None:
    with unit_of_work(session):
        cause = ledger.open_good_cause(session, "trees")
        session.flush()
        erased = erase(session, someone.id, now=NOON, good_cause="trees")

    assert (erased.points, erased.given_to) == (100, "trees")
    assert ledger_queries.sum_of(session, cause) == 100


def test_an_erasure_is_applied_again_after_a_restore_and_only_once(
    session: Session, someone: Person
) -> None:
    with unit_of_work(session):
        assert replay(session, [someone.id], now=NOON) == 1
    with unit_of_work(session):
        assert replay(session, [someone.id], now=NOON + timedelta(days=1)) == 0

    assert session.scalars(select(Erasure.person_id)).all() == [someone.id]


def test_every_column_with_a_person_in_it_has_its_place_in_the_list() -> None:
    from engage.privacy.holdings import ACTORS, ELSEWHERE, HOLDINGS

    known = {(one.model.__tablename__, one.person) for one in HOLDINGS}
    known |= {(model.__tablename__, column) for model, column in (*ACTORS, *ELSEWHERE)}
    by_reference = {
        (table.name, column.name)
        for table in Model.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "people"
    }

    assert by_reference - known - {("accounts", "person_id")} == set()
