"""The hot path of check-in, on both databases."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select, text

from engage.attendance.checkin import (
    CheckInRequest,
    DeviceCaller,
    OrganiserCaller,
    WalkIn,
    check_in,
)
from engage.attendance.models import Attendance, Review, Scan
from engage.core.errors import NonceDiffers, NotSignedIn
from engage.ledger import queries as ledger
from engage.storage.prepared import COUNT
from engage.storage.unit_of_work import run_work
from tests.attendance.door import (
    code_of,
    make_citizen,
    make_door,
    make_organiser,
    nonce,
)
from tests.clock import NOON

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    Sessions = sessionmaker[Session]


def test_case_1_a_pass_of_a_registered_citizen_is_credited_once(session: Session) -> None:
    door = make_door(session)
    mina = make_citizen(session, "Mina", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina))

    outcome = run_work(session, lambda s: check_in(s, DeviceCaller(door.token), request, now=NOON))

    [attendance] = session.scalars(select(Attendance)).all()
    assert (outcome.code, outcome.status) == ("credited", 201)
    assert outcome.facts == {
        "id": str(attendance.id),
        "points": 30,
        "display_name": "Mina",
        "checked_in_at": NOON,
    }
    assert ledger.balance_of(session, mina.id) == 30
    assert [(m.kind, m.points) for m in ledger.list_movements(session, mina.id)] == [("earn", 30)]


def test_case_5_a_check_in_uses_six_statements_and_two_on_postgresql(session: Session) -> None:
    door = make_door(session)
    mina = make_citizen(session, "Mina", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina))
    seen: list[str] = []

    def note(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    outcome = run_work(session, lambda s: check_in(s, DeviceCaller(door.token), request, now=NOON))

    transactional = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    counted = [one for one in seen if not one.upper().startswith(transactional)]
    counted += ["prepared"] * session.info.get(COUNT, 0)
    assert outcome.code == "credited"
    most = {"sqlite": 6, "postgresql": 2}[session.get_bind().dialect.name]
    assert len(counted) == most, "\n".join(counted)


def test_case_9_a_second_scan_says_since_when_and_pays_nothing(session: Session) -> None:
    door = make_door(session)
    mina = make_citizen(session, "Mina", door)
    session.commit()
    caller = DeviceCaller(door.token)
    later = NOON + timedelta(minutes=5)
    first = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina))
    second = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina, later))

    run_work(session, lambda s: check_in(s, caller, first, now=NOON))
    outcome = run_work(session, lambda s: check_in(s, caller, second, now=later))

    assert (outcome.code, outcome.status) == ("already_checked_in", 409)
    assert outcome.facts["first_checked_in_at"] == NOON
    assert ledger.balance_of(session, mina.id) == 30


def test_case_10_the_same_nonce_gives_the_first_answer_whatever_has_changed(
    session: Session,
) -> None:
    door = make_door(session)
    mina = make_citizen(session, "Mina", door)
    omar = make_citizen(session, "Omar")
    door.occurrence.walk_ins = False
    session.commit()
    caller = DeviceCaller(door.token)
    good = CheckInRequest(door.occurrence.id, nonce("g"), code=code_of(mina))
    bad = CheckInRequest(door.occurrence.id, nonce("b"), code=code_of(omar))
    run_work(session, lambda s: check_in(s, caller, good, now=NOON))
    run_work(session, lambda s: check_in(s, caller, bad, now=NOON))
    session.execute(text("UPDATE occurrences SET status = 'cancelled'"))
    session.commit()

    outcome = run_work(session, lambda s: check_in(s, caller, good, now=NOON))
    refused = run_work(session, lambda s: check_in(s, caller, bad, now=NOON))

    assert (outcome.code, outcome.status, outcome.replayed) == ("credited", 200, True)
    assert (refused.code, refused.status, refused.replayed) == ("not_registered", 409, True)
    assert len(session.scalars(select(Attendance)).all()) == 1


def test_case_11_the_same_nonce_for_another_person_names_the_difference(session: Session) -> None:
    door, other = make_door(session), make_door(session, "B")
    mina, omar = make_citizen(session, "Mina", door), make_citizen(session, "Omar", door)
    session.commit()
    caller = DeviceCaller(door.token)
    first = CheckInRequest(door.occurrence.id, nonce("n"), code=code_of(mina))
    run_work(session, lambda s: check_in(s, caller, first, now=NOON))
    person = CheckInRequest(door.occurrence.id, nonce("n"), code=code_of(omar))
    place = CheckInRequest(other.occurrence.id, nonce("n"), code=code_of(mina))
    spelt = CheckInRequest(door.occurrence.id, nonce("n"), code=code_of(mina).lower(), offline=True)

    with pytest.raises(NonceDiffers) as another_person:
        run_work(session, lambda s: check_in(s, caller, person, now=NOON))
    with pytest.raises(NonceDiffers) as another_place:
        run_work(session, lambda s: check_in(s, caller, place, now=NOON))
    replay = run_work(session, lambda s: check_in(s, caller, spelt, now=NOON))
    stranger = run_work(session, lambda s: check_in(s, DeviceCaller(other.token), place, now=NOON))

    assert another_person.value.facts == {"field": "code"}
    assert another_place.value.facts == {"field": "occurrence_id"}
    assert (replay.code, replay.replayed) == ("credited", True)
    assert stranger.replayed is False


def test_case_14_a_failed_scan_is_stored_and_blocks_no_later_one(session: Session) -> None:
    door = make_door(session)
    mina = make_citizen(session, "Mina", door)
    session.commit()
    caller = DeviceCaller(door.token)
    early = NOON - timedelta(hours=2)
    first = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina, early))
    second = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina))

    refused = run_work(session, lambda s: check_in(s, caller, first, now=early))
    outcome = run_work(session, lambda s: check_in(s, caller, second, now=NOON))

    assert refused.code == "too_early"
    assert refused.facts["opens_at"] == NOON - timedelta(hours=1)
    assert outcome.code == "credited"
    kept = session.scalars(select(Scan.code).order_by(Scan.id)).all()
    assert kept == ["too_early", "credited"]


def test_case_18_a_code_two_steps_old_has_expired_and_elsewhere_it_is_replayed(
    session: Session,
) -> None:
    door, other = make_door(session), make_door(session, "B")
    mina = make_citizen(session, "Mina", door)
    session.commit()
    caller = DeviceCaller(door.token)
    here = door.occurrence.id
    old = CheckInRequest(here, nonce(), code=code_of(mina, steps=-2))
    last = CheckInRequest(here, nonce(), code=code_of(mina, steps=-1))
    elsewhere = CheckInRequest(other.occurrence.id, nonce(), code=code_of(mina, steps=-1))

    expired = run_work(session, lambda s: check_in(s, caller, old, now=NOON))
    accepted = run_work(session, lambda s: check_in(s, caller, last, now=NOON))
    replayed = run_work(
        session, lambda s: check_in(s, DeviceCaller(other.token), elsewhere, now=NOON)
    )

    assert (expired.code, expired.status) == ("code_expired", 410)
    assert accepted.code == "credited"
    assert (replayed.code, replayed.status) == ("code_replayed", 409)
    assert ledger.balance_of(session, mina.id) == 30


def test_case_21_a_device_of_another_organisation_is_not_permitted(session: Session) -> None:
    door, other = make_door(session), make_door(session, "B")
    mina = make_citizen(session, "Mina", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina))

    outcome = run_work(session, lambda s: check_in(s, DeviceCaller(other.token), request, now=NOON))
    with pytest.raises(NotSignedIn):
        run_work(session, lambda s: check_in(s, DeviceCaller("dev_no"), request, now=NOON))

    assert (outcome.code, outcome.status) == ("not_permitted", 403)
    assert ledger.balance_of(session, mina.id) == 0


def test_case_8_a_walk_in_gets_a_claim_slip_and_a_replay_shows_the_same(session: Session) -> None:
    door = make_door(session)
    juno = make_organiser(session, "Juno", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce("w"), walk_in=WalkIn("Renate K."))

    outcome = run_work(session, lambda s: check_in(s, OrganiserCaller(juno.id), request, now=NOON))
    again = run_work(session, lambda s: check_in(s, OrganiserCaller(juno.id), request, now=NOON))

    [attendance] = session.scalars(select(Attendance)).all()
    assert (outcome.code, attendance.way) == ("credited", "walk_in")
    assert str(outcome.facts["claim_code"]).startswith("C")
    assert again.facts["claim_code"] == outcome.facts["claim_code"]
    assert again.replayed


def test_case_20_nobody_checks_themselves_in_and_paid_duty_earns_nothing(session: Session) -> None:
    door = make_door(session)
    juno = make_organiser(session, "Juno", door)
    paul = make_organiser(session, "Paul", door, paid=True)
    session.commit()
    own = CheckInRequest(door.occurrence.id, nonce(), code=code_of(juno))
    paid = CheckInRequest(door.occurrence.id, nonce(), code=code_of(paul))

    mine = run_work(session, lambda s: check_in(s, OrganiserCaller(juno.id), own, now=NOON))
    duty = run_work(session, lambda s: check_in(s, OrganiserCaller(juno.id), paid, now=NOON))

    assert (mine.code, mine.status) == ("own_occurrence", 403)
    assert (duty.code, duty.status) == ("paid_duty", 403)


def test_case_52_what_exceeds_the_cap_waits_and_an_overlap_waits_whole(session: Session) -> None:
    rule = {"kind": "flat", "points": 70}
    door = make_door(session)
    second = make_door(
        session, "B", starts_at=NOON + timedelta(hours=3), ends_at=NOON + timedelta(hours=5)
    )
    third = make_door(session, "C", starts_at=NOON + timedelta(hours=1))
    for one in (door, second, third):
        one.activity.points_rule = rule
    mina = make_citizen(session, "Mina", door)
    session.commit()

    codes = []
    for place, at in ((door, NOON), (second, NOON + timedelta(hours=3)), (third, NOON)):
        at += timedelta(minutes=1)
        request = CheckInRequest(place.occurrence.id, nonce(), code=code_of(mina, at, steps=1))
        if place is third:
            request = CheckInRequest(place.occurrence.id, nonce(), code=code_of(mina, at, steps=-1))
        caller = DeviceCaller(place.token)
        outcome = run_work(session, partial(check_in, caller=caller, request=request, now=at))
        codes.append(outcome.code)

    waiting = session.execute(select(Review.reason, Review.points).order_by(Review.id)).all()
    assert codes == ["credited"] * 3
    assert [tuple(row) for row in waiting] == [("cap", 40), ("overlap", 70)]
    assert ledger.balance_of(session, mina.id) == 100
