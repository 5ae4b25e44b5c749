"""What happened on a scanner after a check-in, and to a scanner that was switched off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engage.attendance.models import Scan
from engage.devices import service as devices
from engage.ledger.models import Account, Transfer
from tests.attendance.door import Door, code_of, make_citizen, nonce
from tests.attendance.stored import Phone, reasons
from tests.clock import NOON, Clock

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MINUTE = timedelta(minutes=1)


def test_case_21_a_revoked_phone_uploads_for_72_hours_what_it_scanned_before_and_to_review(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina, omar = make_citizen(session, "Mina", door), make_citizen(session, "Omar", door)
    devices.revoke(door.device, now=NOON + 20 * MINUTE)
    session.commit()
    clock.advance(timedelta(hours=71))
    before = phone.scan("a", code_of(mina), NOON)
    after = phone.scan("b", code_of(omar, NOON + 21 * MINUTE), NOON + 21 * MINUTE)
    undated = {**phone.scan("c", code_of(omar, clock.now), NOON), "scanned_at": None}
    online = {**phone.scan("d", code_of(omar), NOON), "offline": False}

    told = phone.codes(before, after, undated, online)

    assert told == ["credited", "not_permitted", "not_permitted", "device_revoked"]
    assert "revoked_device" in reasons(session, mina)
    assert session.scalar(select(func.count()).select_from(Transfer)) == 0
    assert session.scalar(select(func.count()).where(Scan.code == "device_revoked")) == 0
    clock.advance(timedelta(hours=2))
    assert phone.codes(phone.scan("e", code_of(omar), NOON)) == ["device_revoked"]
    assert phone.codes(before) == ["device_revoked"]


def test_case_21_what_a_phone_annulled_before_it_was_revoked_counts_too(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    devices.revoke(door.device, now=NOON + 20 * MINUTE)
    session.commit()
    clock.advance(timedelta(hours=4))

    told = phone.codes(
        phone.scan("a", code_of(mina), NOON), phone.later("annul", "b", "a", NOON + 5 * MINUTE)
    )

    assert told == ["credited", "annulled"]


def test_case_29_annulling_without_a_network_is_judged_by_when_it_was_done(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina, omar = make_citizen(session, "Mina", door), make_citizen(session, "Omar", door)
    session.commit()
    clock.advance(timedelta(hours=6))

    told = phone.codes(
        phone.scan("a", code_of(mina), NOON),
        phone.later("annul", "b", "a", NOON + 15 * MINUTE),
        phone.scan("c", code_of(mina, NOON + 16 * MINUTE), NOON + 16 * MINUTE),
        phone.scan("d", code_of(omar), NOON),
        phone.later("annul", "e", "d", NOON + 16 * MINUTE),
    )

    assert told == ["credited", "annulled", "credited", "credited", "annul_too_late"]
    session.rollback()
    balances = session.scalars(select(Account.balance).where(Account.person_id.is_not(None)))
    assert balances.all() == [30, 30]
    at = session.scalar(select(Scan.scanned_at).where(Scan.nonce == nonce("b")))
    assert at == NOON + 15 * MINUTE


def test_case_29_a_scan_made_with_a_network_is_annulled_without_one(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    online = {**phone.scan("a", code_of(mina), NOON), "offline": False}
    assert phone.codes(online) == ["credited"]
    clock.advance(timedelta(hours=3))

    assert phone.codes(phone.later("annul", "b", "a", NOON + 10 * MINUTE)) == ["annulled"]


def test_an_annulment_that_arrives_before_its_scan_waits_for_it(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    mina = make_citizen(session, "Mina", door)
    session.commit()
    clock.advance(timedelta(hours=1))
    annul = phone.later("annul", "b", "a", NOON + 5 * MINUTE)

    alone = phone.upload(annul)[0]
    told = phone.codes(phone.scan("a", code_of(mina), NOON), annul)
    orphan = phone.later("annul", "c", "nobody", NOON)
    clock.advance(timedelta(days=8))

    assert (alone["status"], alone["code"]) == (425, "scan_unknown")
    assert told == ["credited", "annulled"]
    assert phone.codes(orphan) == ["not_checked_in"]


def test_case_15_the_door_is_open_to_the_second_by_the_time_of_the_scan_not_of_the_upload(
    session: Session, phone: Phone, clock: Clock, door: Door
) -> None:
    people = [make_citizen(session, name, door) for name in ("Mina", "Omar", "Lena", "Theo")]
    session.commit()
    opens, closes = NOON - 60 * MINUTE, NOON + 180 * MINUTE
    second = timedelta(seconds=1)
    clock.advance(timedelta(hours=9))
    times = (opens - second, opens, closes, closes + second)

    results = phone.upload(
        *(
            phone.scan(f"n{index}", code_of(person, at), at)
            for index, (person, at) in enumerate(zip(people, times, strict=True))
        )
    )

    told = [one["code"] for one in results]
    assert told == ["too_early", "credited", "credited", "too_late"]
    window = {"opens_at": "2030-05-04T11:00:00Z", "closes_at": "2030-05-04T15:00:00Z"}
    assert window.items() <= results[0].items()
    assert "17:00" in results[3]["message"] or "5:00" in results[3]["message"]  # in Berlin
