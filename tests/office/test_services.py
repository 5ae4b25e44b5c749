"""What the office decides, with its reason, its second person and its record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts import passes
from engage.accounts.models import DataRead, Pass, Person
from engage.acts.models import OfficeAct
from engage.acts.service import By
from engage.audit.verify import verify
from engage.core import errors
from engage.core.ages import Age
from engage.ledger import queries as ledger
from engage.mail.models import Letter
from engage.office.services import adjustments, bodies, people
from engage.organisations import budget
from engage.organisations.models import Organisation
from engage.partners.models import Partner, PartnerMember
from engage.rewards.models import Reward
from tests.clock import NOON
from tests.factories import rewards as reward_factory
from tests.factories.people import card, person

LATER = NOON + timedelta(hours=1)


def by(who: Person, reason: str = "It was agreed at the meeting") -> By:
    return By(who.id, NOON, reason)


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(OfficeAct.act).order_by(OfficeAct.id)))


def templates(session: Session) -> list[str]:
    return list(session.scalars(select(Letter.template)))


def test_act_11_a_verified_organisation_gets_the_budget_of_the_policy(
    session: Session, organisation: Organisation, ada: Person
) -> None:
    organisation.status = "pending"

    bodies.verify_organisation(session, organisation.id, by(ada))

    assert organisation.status == "verified"
    assert budget.get_free_points(session, organisation.id, NOON.year) > 0
    assert acts(session) == ["organisation_verified"]


def test_a_refusal_and_a_suspension_need_a_reason(
    session: Session, organisation: Organisation, ada: Person
) -> None:
    with pytest.raises(errors.ReasonNeeded):
        bodies.suspend_organisation(session, organisation.id, by(ada, "  "))
    assert organisation.status == "verified"

    bodies.suspend_organisation(session, organisation.id, by(ada, "No insurance"))

    assert (organisation.status, organisation.status_reason) == ("suspended", "No insurance")
    with pytest.raises(errors.NotATransition):
        bodies.refuse_organisation(session, organisation.id, by(ada))


def test_a_budget_never_falls_below_what_is_set_aside(
    session: Session, organisation: Organisation, ada: Person
) -> None:
    bodies.grant_budget(session, organisation.id, 2031, 100, by(ada))
    budget.reserve(session, organisation.id, 2031, 80)

    with pytest.raises(errors.BudgetShort):
        bodies.grant_budget(session, organisation.id, 2031, 79, by(ada))
    bodies.grant_budget(session, organisation.id, 2031, 80, by(ada))

    assert budget.get_free_points(session, organisation.id, 2031) == 0


def test_a_partner_that_is_suspended_gives_points_and_stock_back(
    session: Session, partner: Partner, reward: Reward, mina: Person, vera: Person, ada: Person
) -> None:
    member = session.scalars(select(PartnerMember)).one()
    member.role = "manager"
    reward_factory.engaged(session, mina, 100)
    stock = reward.stock
    redemption, _code = reward_factory.reserved(session, mina, reward)
    before = ledger.balance_of(session, mina.id)

    ended = bodies.suspend_partner(session, partner.id, by(ada, "Moved away"))
    session.commit()
    session.expire_all()

    assert ended == 1
    assert redemption.state == "cancelled"
    assert ledger.balance_of(session, mina.id) == before + reward.cost
    session.refresh(reward)
    assert reward.stock == stock
    assert sorted(templates(session)) == ["body_decided", "reservation_ended"]
    assert verify(session) == []


def test_case_45_an_adjustment_needs_a_second_person(
    session: Session, mina: Person, ada: Person
) -> None:
    otto = person(session, "Otto", office_role="clerk")
    adjustment = adjustments.propose(session, mina.id, 25, by(ada))
    session.flush()
    assert ledger.balance_of(session, mina.id) == 0

    with pytest.raises(errors.SecondPersonNeeded):
        adjustments.book(session, adjustment.id, by(ada))
    adjustments.book(session, adjustment.id, by(otto))
    session.commit()

    assert ledger.balance_of(session, mina.id) == 25
    assert templates(session) == ["points_adjusted"]
    with pytest.raises(errors.AdjustmentDecided):
        adjustments.book(session, adjustment.id, by(otto))
    assert verify(session) == []


def test_pts_16_nobody_adjusts_their_own_points(
    session: Session, mina: Person, ada: Person
) -> None:
    otto = person(session, "Otto", office_role="clerk")
    with pytest.raises(errors.OwnReview):
        adjustments.propose(session, ada.id, 10, by(ada))

    for_otto = adjustments.propose(session, otto.id, 10, by(ada))
    session.flush()

    with pytest.raises(errors.OwnReview):
        adjustments.book(session, for_otto.id, by(otto))


def test_a_refused_adjustment_moves_nothing(session: Session, mina: Person, ada: Person) -> None:
    otto = person(session, "Otto", office_role="clerk")
    adjustment = adjustments.propose(session, mina.id, 25, by(ada))
    session.flush()

    adjustments.refuse(session, adjustment.id, by(otto, "There is no proof"))

    assert ledger.balance_of(session, mina.id) == 0
    assert acts(session) == ["adjustment_proposed", "adjustment_refused"]


def test_points_that_are_not_there_cannot_be_taken(
    session: Session, mina: Person, ada: Person
) -> None:
    otto = person(session, "Otto", office_role="clerk")
    adjustment = adjustments.propose(session, mina.id, -25, by(ada))
    session.flush()

    with pytest.raises(errors.PointsShort):
        adjustments.book(session, adjustment.id, by(otto))


def test_each_file_that_is_opened_is_written_down_for_the_person(
    session: Session, mina: Person, ada: Person
) -> None:
    mine, _code = card(session, mina)

    found = {
        people.look_up(session, mine.number.lower(), by(ada)),
        people.look_up(session, "Mina@Example.org", by(ada)),
    }
    session.flush()

    assert found == {mina.id}
    reads = session.scalars(select(DataRead)).all()
    assert {(read.actor_id, read.person_id) for read in reads} == {(ada.id, mina.id)}


@pytest.mark.parametrize("text", ["Mina", "00000000", "nobody@example.org", "@", "' OR 1=1"])
def test_the_office_finds_nobody_by_name_or_by_chance(
    session: Session, mina: Person, ada: Person, text: str
) -> None:
    with pytest.raises(errors.NotFound):
        people.look_up(session, text, by(ada))


def test_a_new_card_ends_the_old_one_and_has_a_pin(
    session: Session, mina: Person, ada: Person
) -> None:
    pin = passes.hash_pin(session, "123456", quick=True)
    first = people.hand_out_card(session, mina.id, pin, by(ada))
    second = people.hand_out_card(session, mina.id, pin, by(ada))
    session.flush()

    assert session.get_one(Pass, first.pass_id).revoked_at == NOON
    assert session.get_one(Pass, second.pass_id).revoked_at is None
    assert passes.verify_pin(session, second.code, "123456", now=LATER) is None


def test_a_pin_is_renewed_for_who_holds_a_card(session: Session, mina: Person, ada: Person) -> None:
    pin = passes.hash_pin(session, "654321", quick=True)
    with pytest.raises(errors.NotFound):
        people.renew_pin(session, mina.id, pin, by(ada))
    issued = people.hand_out_card(session, mina.id, pin, by(ada))

    people.renew_pin(session, mina.id, passes.hash_pin(session, "111222", quick=True), by(ada))

    assert passes.verify_pin(session, issued.code, "111222", now=LATER) is None
    assert passes.verify_pin(session, issued.code, "654321", now=LATER) is not None


def test_a_pin_has_six_digits_and_keeps_its_zeros() -> None:
    pins = [people.make_pin() for _ in range(50)]

    assert all(len(pin) == 6 and pin.isdecimal() for pin in pins)
    assert len(set(pins)) > 40


def test_somebody_without_a_phone_joins_at_the_desk(session: Session, ada: Person) -> None:
    person_id = people.assist(session, people.Assisted("Hildegard S.", Age(adult=True)), by(ada))
    session.flush()

    made = session.get_one(Person, person_id)
    assert (made.display_name, made.claimed_at, made.email) == ("Hildegard S.", None, None)
    assert ledger.balance_of(session, person_id) == 0
