from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import links, queries, service
from engage.accounts.models import Pass
from engage.accounts.passwords import hash_password, is_password
from engage.core.codes import CodeType, read_code
from engage.core.errors import (
    MailLinkExpired,
    MailLinkUnknown,
    MailLinkUsed,
    MailTaken,
    NotFound,
    PasswordWeak,
)
from engage.ledger import queries as ledger
from engage.storage.keys import keys_of
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON
from tests.factories.accounts import make_person


def test_a_new_person_starts_with_an_account_at_zero(session: Session) -> None:
    with unit_of_work(session):
        mina = service.welcome(session, "  Mina\n K. ", now=NOON, email="Mina@Example.ORG ")

    assert (mina.display_name, mina.email) == ("Mina K.", "mina@example.org")
    assert mina.claimed_at == NOON
    assert ledger.balance_of(session, mina.id) == 0


def test_an_address_has_one_account_and_a_refused_one_leaves_nothing(session: Session) -> None:
    with unit_of_work(session):
        make_person(session, "Mina", email="mina@example.org")

    with pytest.raises(MailTaken), unit_of_work(session):
        service.welcome(session, "Other", now=NOON, email="MINA@example.org")

    with unit_of_work(session):
        assert queries.find_by_email(session, "mina@example.org") is not None


def test_a_card_is_known_by_its_hash_alone_and_brings_a_claim_code(session: Session) -> None:
    with unit_of_work(session):
        ada = make_person(session, "Ada")
        omar = make_person(session, "Omar", email=None, created_by=ada.id)
        card = service.issue_card(session, omar.id, actor_id=ada.id, now=NOON)

    kept = session.scalars(select(Pass)).one()
    code = read_code(card.code)
    assert code is not None
    assert (code.type, code.number) == (CodeType.CARD, card.serial)
    assert kept.secret_hash is not None
    assert keys_of(session).matches(kept.secret_hash, card.code)
    assert code.secret not in str(vars(kept))
    assert card.claim_code is not None
    assert len(card.claim_code) == service.CLAIM_CODE_LENGTH


def test_a_card_for_somebody_who_signs_in_has_no_claim_code(session: Session) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina", password=True)
        card = service.issue_card(session, mina.id, actor_id=mina.id, now=NOON)

    assert card.claim_code is None
    assert queries.has_card(session, mina.id)


def test_a_new_claim_slip_ends_the_older_one(session: Session) -> None:
    with unit_of_work(session):
        juno = make_person(session, "Juno")
        omar = make_person(session, "Omar", email=None, created_by=juno.id)
        service.make_claim_slip(session, omar.id, actor_id=juno.id, now=NOON)
        newer = service.make_claim_slip(session, omar.id, actor_id=juno.id, now=NOON)

    assert [slip.id for slip in queries.list_passes(session, omar.id, "C")] == [newer.pass_id]
    assert newer.code.startswith("C")


def test_a_link_is_single_use_and_of_one_purpose(session: Session) -> None:
    with unit_of_work(session):
        mina = make_person(session, "Mina")
        token = links.make_link(session, "confirm_email", now=NOON, person_id=mina.id)

    with pytest.raises(MailLinkUnknown):
        links.get_link(session, token, "reset_password", now=NOON)
    with pytest.raises(MailLinkExpired):
        links.get_link(session, token, "confirm_email", now=NOON + links.LIFETIME)
    with unit_of_work(session):
        links.use_link(session, links.get_link(session, token, "confirm_email", now=NOON), now=NOON)
    with pytest.raises(MailLinkUsed):
        links.get_link(session, token, "confirm_email", now=NOON + timedelta(minutes=1))


def test_reads_by_others_are_kept_and_own_ones_are_not(session: Session) -> None:
    with unit_of_work(session):
        ada, mina = make_person(session, "Ada"), make_person(session, "Mina")
        service.note_read(session, ada.id, mina.id, "account", now=NOON)
        service.note_read(session, mina.id, mina.id, "account", now=NOON)

    assert queries.list_reads(session, mina.id) == [(NOON, "Ada", "account")]


def test_nobody_is_found_under_an_unknown_id(session: Session) -> None:
    with pytest.raises(NotFound):
        queries.get_person(session, uuid4())


def test_acc_1_a_weak_password_is_refused_and_a_good_one_is_known_again() -> None:
    kept = hash_password("three unrelated words", quick=True)

    assert is_password(kept, "three unrelated words", quick=True)
    assert not is_password(kept, "three unrelated word", quick=True)
    assert not is_password(None, "nobody has this password", quick=True)
    for weak in ("short", "aaaaaaaaaaaa", "Passwort 1234"):
        with pytest.raises(PasswordWeak):
            hash_password(weak, quick=True)
