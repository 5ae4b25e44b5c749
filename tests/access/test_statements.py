"""A list costs the same number of statements for 3 rows and for 3,000."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence, Registration
from engage.attendance.models import Attendance, Review
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.organisations.models import Organisation
from engage.rewards.models import Redemption, Reward
from engage.storage.base import new_id
from tests.access.roles import Role, named
from tests.access.visiting import City
from tests.clock import NOON

FEW, MANY = 3, 3000
MINA, KAYA, PIA, ADA = map(
    named,
    ("the citizen whose it is", "a manager", "a manager of the partner", "the office"),
)


def add_organisations(session: Session, city: City, count: int) -> None:
    rows = [
        {"id": new_id(), "slug": f"o-{one}", "name": f"O {one}", "applied_at": NOON,
         "status": "verified", "words": f"o {one}"}
        for one in range(count)
    ]  # fmt: skip
    session.execute(insert(Organisation), rows)


def _dates(session: Session, city: City, count: int, *, days: int = 5) -> list[dict[str, object]]:
    body = city.world.parts["body_id"]
    offers = [
        {"id": new_id(), "organisation_id": body, "title": f"A {one}", "kind": "volunteering",
         "format": "shift", "category": "nature", "status": "published", "created_at": NOON,
         "published_at": NOON}
        for one in range(count)
    ]  # fmt: skip
    session.execute(insert(Activity), offers)
    at = NOON + timedelta(days=days)
    dates = [
        {"id": new_id(), "activity_id": offer["id"], "organisation_id": body,
         "starts_at": at + timedelta(minutes=one), "ends_at": at + timedelta(hours=2, minutes=one),
         "timezone": "Europe/Berlin", "place": "Here", "number": f"{one:08d}", "secret": ""}
        for one, offer in enumerate(offers)
    ]  # fmt: skip
    session.execute(insert(Occurrence), dates)
    return dates


def add_dates(session: Session, city: City, count: int) -> None:
    _dates(session, city, count)


def add_places(session: Session, city: City, count: int) -> None:
    mina = city.world.people["Mina"].id
    rows = [
        {"id": new_id(), "occurrence_id": date["id"], "person_id": mina, "state": "registered",
         "made_at": NOON}
        for date in _dates(session, city, count)
    ]  # fmt: skip
    session.execute(insert(Registration), rows)


def _people(session: Session, count: int) -> list[dict[str, object]]:
    people = [
        {"id": new_id(), "display_name": f"P {one}", "created_at": NOON, "is_adult": True}
        for one in range(count)
    ]
    session.execute(insert(Person), people)
    return people


def add_participants(session: Session, city: City, count: int) -> None:
    at = city.world.parts["occurrence_id"]
    rows = [
        {"id": new_id(), "occurrence_id": at, "person_id": person["id"], "state": "registered",
         "made_at": NOON}
        for person in _people(session, count)
    ]  # fmt: skip
    session.execute(insert(Registration), rows)


def _attendances(session: Session, city: City, count: int) -> list[dict[str, object]]:
    mina = city.world.people["Mina"].id
    rows = [
        {"id": new_id(), "occurrence_id": date["id"], "person_id": mina, "kind": "volunteering",
         "way": "scanned", "checked_in_at": NOON, "received_at": NOON,
         "starts_at": date["starts_at"], "ends_at": date["ends_at"], "minutes": 120,
         "work_on": NOON.date(), "points": 1, "credited": 1}
        for date in _dates(session, city, count, days=-40)
    ]  # fmt: skip
    session.execute(insert(Attendance), rows)
    return rows


def add_points(session: Session, city: City, count: int) -> None:
    mina = city.world.people["Mina"].id
    for row in _attendances(session, city, count):
        account = ledger_queries.get_account(session, mina)
        cause = ledger.Cause("attendance", row["id"], NOON, work_on=NOON.date())  # type: ignore[arg-type]  # made above
        ledger.earn(session, account, 1, cause)


def add_reviews(session: Session, city: City, count: int) -> None:
    rows = [
        {"id": new_id(), "reason": "cap", "person_id": one["person_id"],
         "attendance_id": one["id"], "points": 1, "opened_at": NOON,
         "due_at": NOON + timedelta(days=14)}
        for one in _attendances(session, city, count)
    ]  # fmt: skip
    session.execute(insert(Review), rows)


def add_rewards(session: Session, city: City, count: int) -> None:
    rows = [
        {"id": new_id(), "partner_id": city.world.parts["partner_body"], "series_id": new_id(),
         "title": f"R {one}", "hand_over": "It", "cost": 5, "face_value_cents": 100,
         "status": "published", "created_at": NOON, "published_at": NOON}
        for one in range(count)
    ]  # fmt: skip
    session.execute(insert(Reward), rows)


def add_redemptions(session: Session, city: City, count: int) -> None:
    rows = [
        {"id": new_id(), "person_id": city.world.people["Mina"].id,
         "reward_id": city.world.parts["reward_id"],
         "partner_id": city.world.parts["partner_body"], "state": "redeemed", "cost": 1,
         "face_value_cents": 1, "code_hash": f"h{one}", "code_sealed": "", "reserved_at": NOON,
         "expires_at": NOON, "redeemed_at": NOON}
        for one in range(count)
    ]  # fmt: skip
    session.execute(insert(Redemption), rows)


def add_settled(session: Session, city: City, count: int) -> None:
    """Redemptions with the transfers that a month of the partner holds."""
    add_redemptions(session, city, count)
    account = ledger_queries.partner_account_id(session, city.world.parts["partner_body"])  # type: ignore[arg-type]  # an id
    given = select(Redemption.id).where(Redemption.code_hash.startswith("h"))
    for one in session.scalars(given).all():
        ledger.redeem(session, account, 1, ledger.Cause("redemption", one, NOON))


Fill = Callable[[Session, City, int], None]
LISTS: tuple[tuple[str, Role, Fill], ...] = (
    ("/activities", MINA, add_dates),
    ("/api/v1/occurrences?limit=100", MINA, add_dates),
    ("/api/v1/activities?limit=100", MINA, add_dates),
    ("/me", MINA, add_places),
    ("/me/registrations", MINA, add_places),
    ("/organise/green-yard", KAYA, add_dates),
    ("/organise/green-yard/activities", KAYA, add_dates),
    ("/organise/occurrences/{occurrence_id}", KAYA, add_participants),
    ("/organise/green-yard/dates/{occurrence_id}/people", KAYA, add_participants),
    ("/me/points", MINA, add_points),
    ("/api/v1/me/transfers?limit=100", MINA, add_points),
    ("/me/attendances", MINA, add_points),
    ("/rewards", MINA, add_rewards),
    ("/api/v1/rewards?limit=100", MINA, add_rewards),
    ("/partner/corner-bakery/rewards", PIA, add_rewards),
    ("/partner/corner-bakery/redemptions", PIA, add_redemptions),
    ("/me/redemptions", MINA, add_redemptions),
    ("/office/reviews", ADA, add_reviews),
    ("/office/organisations", ADA, add_organisations),
    ("/office/figures", ADA, add_points),
    ("/partner/corner-bakery/statements", PIA, add_settled),
    ("/office/settlement", ADA, add_settled),
    ("/office/settlement/{partner_id}/{month}", ADA, add_settled),
    ("/office/settlement/budgets", ADA, add_settled),
    ("/office/settlement/value", ADA, add_settled),
    ("/office/settlement/liability", ADA, add_settled),
    ("/office/settlement/signs", ADA, add_settled),
    ("/office", ADA, add_settled),
    ("/figures", MINA, add_points),
)


@contextmanager
def counted(city: City) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            said.append(statement)

    event.listen(city.app.extensions["engine"], "before_cursor_execute", note)
    yield said
    event.remove(city.app.extensions["engine"], "before_cursor_execute", note)


def statements_of(city: City, address: str, role: Role, fill: Fill, count: int) -> int:
    """How many statements the page takes once this many rows are there."""
    city.restore()
    with city.session() as session:
        fill(session, city, count)
        session.commit()
    browser = city.browser(role)
    with counted(city) as said:
        reply = browser.plain.get(address.format(**city.world.parts))
    assert reply.status_code == 200, f"{address}: {reply.status}"
    return len(said)


@pytest.mark.parametrize(("address", "role", "fill"), LISTS, ids=[one[0] for one in LISTS])
def test_a_list_takes_as_many_statements_for_3000_rows_as_for_3(
    city: City, address: str, role: Role, fill: Fill
) -> None:
    few = statements_of(city, address, role, fill, FEW)
    many = statements_of(city, address, role, fill, MANY)

    assert many <= few
