from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import passes, queries, service
from engage.accounts.models import Pass
from engage.core.errors import InvalidInput, NotFound, PhonesFull
from engage.storage.keys import Keyring
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON
from tests.factories.accounts import make_person

PIN = "4711"


def test_a_browser_stays_the_same_phone_and_its_secret_is_encrypted(session: Session) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina")
        first = passes.ensure_phone(session, mina.id, [], name="  My\nphone ", now=NOON)
        again = passes.ensure_phone(session, mina.id, [first.pass_id], name="Other", now=NOON)

    kept = session.scalars(select(Pass)).one()
    assert again == first
    assert (kept.name, len(first.secret)) == ("My phone", passes.PHONE_SECRET)
    assert first.secret.hex() not in str(kept.secret)


def test_a_fourth_phone_asks_which_one_to_replace(session: Session) -> None:
    with unit_of_work(session):
        mina, omar = make_person(session, "Mina"), make_person(session, "Omar")
        phones = [
            passes.ensure_phone(session, mina.id, [], name=f"Phone {n}", now=NOON) for n in "123"
        ]
        foreign = passes.ensure_phone(session, omar.id, [], name="Omar's", now=NOON)

        with pytest.raises(PhonesFull):
            passes.ensure_phone(session, mina.id, [foreign.pass_id], name="Phone 4", now=NOON)
        with pytest.raises(NotFound):
            passes.ensure_phone(
                session, mina.id, [], name="Phone 4", now=NOON, replace=foreign.pass_id
            )
        new = passes.ensure_phone(
            session, mina.id, [], name="Phone 4", now=NOON, replace=phones[0].pass_id
        )

    names = [phone.name for phone in queries.list_passes(session, mina.id, "P")]
    assert names == ["Phone 2", "Phone 3", "Phone 4"]
    assert passes.find_phone(session, mina.id, [phones[0].pass_id]) is None
    assert passes.find_phone(session, mina.id, [new.pass_id]) == new


def test_case_56_a_new_code_key_keeps_phones_cards_and_pins(session: Session) -> None:
    card = _card_with_pin(session)
    with unit_of_work(session):
        omar = make_person(session, "Omar")
        phone = passes.ensure_phone(session, omar.id, [], name="Phone", now=NOON)

    session.info["keys"] = Keyring((("new", b"n" * 32), ("demo", _demo_key())))

    assert passes.find_phone(session, omar.id, [phone.pass_id]) == phone
    assert passes.find_card(session, card) is not None
    with unit_of_work(session):
        assert passes.verify_pin(session, card, PIN, now=NOON) is None


def _demo_key() -> bytes:
    from config import DEMO_CODE_KEYS

    return DEMO_CODE_KEYS.partition(":")[2].encode()


def _card_with_pin(session: Session) -> str:
    pin = passes.hash_pin(session, PIN, quick=True)
    with unit_of_work(session):
        mina = make_person(session, "Mina")
        card = service.issue_card(session, mina.id, actor_id=mina.id, now=NOON)
        passes.set_pin(session, card.pass_id, pin, person_id=mina.id)
    return card.code


def _try(session: Session, card: str, pin: str, after: timedelta = timedelta()) -> str:
    with unit_of_work(session):
        refusal = passes.verify_pin(session, card, pin, now=NOON + after)
    return "right" if refusal is None else refusal.code


def test_case_40_three_wrong_pins_pause_the_card_and_ten_end_the_pin(session: Session) -> None:
    card = _card_with_pin(session)

    assert _try(session, card, PIN) == "right"
    assert [_try(session, card, "0000") for _ in range(3)] == [
        "pin_wrong",
        "pin_wrong",
        "pin_locked",
    ]
    assert _try(session, card, PIN, timedelta(minutes=14)) == "pin_locked"
    assert _try(session, card, PIN, timedelta(minutes=16)) == "right"
    for hours in range(1, 8):
        _try(session, card, "0000", timedelta(hours=hours))
    assert _try(session, card, PIN, timedelta(days=2)) == "pin_locked"


def test_case_40_a_card_that_is_lost_or_foreign_is_refused(session: Session) -> None:
    card = _card_with_pin(session)
    kept = session.scalars(select(Pass)).one()

    assert _try(session, card[:-1] + ("A" if card[-1] != "A" else "B"), PIN) == "code_unknown"
    assert _try(session, "no code at all", PIN) == "code_unknown"
    with unit_of_work(session):
        passes.revoke(session, kept.person_id, kept.id, now=NOON)
    assert _try(session, card, PIN) == "card_revoked"


def test_a_card_without_a_pin_redeems_nothing_and_a_pin_has_four_to_six_digits(
    session: Session,
) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina")
        card = service.issue_card(session, mina.id, actor_id=mina.id, now=NOON)

    assert _try(session, card.code, PIN) == "no_pin"
    for wrong in ("123", "1234567", "12a4", "¹²³⁴"):
        with pytest.raises(InvalidInput):
            passes.hash_pin(session, wrong, quick=True)
