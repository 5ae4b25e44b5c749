"""Case 51: two accounts of one person become one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import queries, service
from engage.accounts.models import Person
from engage.activities.models import Occurrence, Registration
from engage.attendance.models import Attendance
from engage.audit.verify import verify
from engage.core.approvals import Proof
from engage.core.errors import (
    MailLinkUnknown,
    NotAllowed,
    Outcome,
    ProofNeeded,
    ReasonNeeded,
    SameAccount,
    SecondPersonNeeded,
)
from engage.ledger import queries as ledger
from engage.organisations.models import Organisation
from engage.partners.models import Partner
from engage.privacy import joining
from engage.privacy.joining import Joined
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON
from tests.factories.accounts import make_person
from tests.factories.mail import letters_to, token_in
from tests.factories.rewards import engaged, reserved, reward


@pytest.fixture
def second(session: Session, juno: Person) -> Person:
    """Mina's account that was made at the door."""
    with unit_of_work(session):
        return make_person(session, "Mina at the door", email=None, created_by=juno.id)


def test_case_51_attendances_and_points_come_along_and_the_books_hold(
    session: Session, omar: Person, second: Person, juno: Person, partner: Partner
) -> None:
    engaged(session, second, 100)
    with unit_of_work(session):
        slip = service.make_claim_slip(session, second.id, actor_id=juno.id, now=NOON)
        card = service.issue_card(session, second.id, actor_id=juno.id, now=NOON)
    reserved(session, second, reward(session, partner))

    with unit_of_work(session):
        joined = joining.join_by_slip(session, omar.id, slip.code, now=NOON)

    assert joined == Joined(points=100, attendances=1)
    assert ledger.balance_of(session, omar.id) == 100
    owners = session.scalars(select(Attendance.person_id)).all()
    assert owners == [omar.id]
    assert [one.number for one in queries.list_passes(session, omar.id, "K")] == [card.serial]
    assert queries.find_person(session, second.id) is None
    assert verify(session) == []


def test_case_51_of_the_same_date_the_earlier_stays_and_counts_once(
    session: Session, omar: Person, second: Person
) -> None:
    engaged(session, omar, 30)
    engaged(session, second, 30)
    later = session.scalars(select(Attendance).where(Attendance.person_id == omar.id)).one()
    later.checked_in_at += timedelta(minutes=5)
    session.commit()

    with unit_of_work(session):
        joining.join(session, omar.id, second.id, Proof.CLAIM_SLIP, now=NOON)

    session.expire_all()
    live = session.scalars(select(Attendance).where(Attendance.annulled_at.is_(None))).one()
    assert (live.person_id, live.id != later.id) == (omar.id, True)
    assert ledger.balance_of(session, omar.id) == 30
    account = ledger.get_account(session, omar.id)
    day = live.work_on
    assert ledger.earned_between(session, account.id, day, day + timedelta(days=1)) == 30
    assert verify(session) == []


def test_case_51_a_place_that_both_hold_is_held_once(
    session: Session, mina: Person, second: Person, occurrence: Occurrence
) -> None:
    session.add(
        Registration(
            occurrence_id=occurrence.id, person_id=second.id, state="registered", made_at=NOON
        )
    )
    occurrence.taken = 2
    session.commit()

    with unit_of_work(session):
        joining.join(session, mina.id, second.id, Proof.OFFICE, now=NOON)

    session.expire_all()
    states = session.scalars(select(Registration.state).order_by(Registration.state)).all()
    assert states == ["cancelled", "registered"]
    assert session.scalars(select(Occurrence.taken)).one() == 1


def test_pts_17_a_slip_works_once_and_a_wrong_one_is_written_down(
    session: Session, omar: Person, second: Person, juno: Person
) -> None:
    with unit_of_work(session):
        slip = service.make_claim_slip(session, second.id, actor_id=juno.id, now=NOON)

    with unit_of_work(session):
        other = slip.code[:-1] + ("0" if slip.code[-1] != "0" else "1")
        wrong = joining.join_by_slip(session, omar.id, other, now=NOON)
    with unit_of_work(session):
        joining.join_by_slip(session, omar.id, slip.code, now=NOON)
    with unit_of_work(session):
        again = joining.join_by_slip(session, omar.id, slip.code, now=NOON)

    assert isinstance(wrong, Outcome)
    assert isinstance(again, Outcome)
    assert wrong.code == "claim_code_wrong"


def test_pts_17_a_found_card_takes_no_account_that_has_its_own_key(
    session: Session, mina: Person, omar: Person
) -> None:
    with unit_of_work(session):
        card = service.issue_card(session, mina.id, actor_id=mina.id, now=NOON)

    with unit_of_work(session):
        refused = joining.join_by_card(session, omar.id, card.code, now=NOON)

    assert isinstance(refused, Outcome)
    assert refused.code == ProofNeeded.code
    assert queries.find_person(session, mina.id) is not None


def test_pts_17_an_account_with_an_address_is_joined_by_its_mail(
    session: Session, mina: Person, omar: Person
) -> None:
    with unit_of_work(session):
        joining.request_join(session, omar.id, "mina@example.org", now=NOON)
        joining.request_join(session, omar.id, "nobody@example.org", now=NOON)
    token = token_in(session, letters_to(session, "mina@example.org")[-1])

    with pytest.raises(MailLinkUnknown):
        joining.get_join_link(session, token, mina.id, now=NOON)
    with unit_of_work(session):
        joining.join_by_mail(session, omar.id, token, now=NOON)

    assert queries.find_person(session, mina.id) is None
    assert queries.find_by_email(session, "mina@example.org") is None


def test_pts_17_nobody_joins_themselves_or_an_account_with_a_role(
    session: Session, omar: Person, juno: Person, ada: Person, organisation: Organisation
) -> None:
    with unit_of_work(session):
        with pytest.raises(SameAccount):
            joining.join(session, omar.id, omar.id, Proof.CARD, now=NOON)
        with pytest.raises(NotAllowed):
            joining.join(session, omar.id, juno.id, Proof.MAIL_LINK, now=NOON)
        with pytest.raises(NotAllowed):
            joining.join(session, omar.id, ada.id, Proof.OFFICE, now=NOON)
        with pytest.raises(ProofNeeded):
            joining.join(session, omar.id, juno.id, None, now=NOON)


def test_pts_16_the_office_joins_with_a_reason_and_a_second_person(
    session: Session, omar: Person, second: Person, ada: Person, vera: Person
) -> None:
    with unit_of_work(session):
        with pytest.raises(SecondPersonNeeded):
            _office(session, omar, second, ada, ada, "One person, two cards.")
        with pytest.raises(ReasonNeeded):
            _office(session, omar, second, ada, vera, "")
        _office(session, omar, second, ada, vera, "One person, two cards.")

    assert queries.find_person(session, second.id) is None


def _office(
    session: Session, kept: Person, joined: Person, asked: Person, approved: Person, reason: str
) -> None:
    joining.join_by_office(
        session,
        kept.id,
        joined.id,
        asked_by=asked.id,
        approved_by=approved.id,
        reason=reason,
        now=NOON,
    )
