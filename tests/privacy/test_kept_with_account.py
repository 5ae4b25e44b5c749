"""One look at each row of the privacy page that is kept as long as the account: it ends with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import select

from engage.accounts import passes
from engage.accounts.models import Pass, Person
from engage.activities import service as activities
from engage.activities.models import CalendarFeed, Favourite, Occurrence
from engage.acts.models import OfficeAct
from engage.acts.service import By, note
from engage.attendance.models import Attendance
from engage.audit.verify import verify
from engage.core.errors import NotFound
from engage.core.privacy import TABLE
from engage.ledger import queries as ledger
from engage.ledger.models import Transfer
from engage.privacy.erasing import erase
from engage.privacy.export import collect
from engage.rewards import favourites, service, vouchers
from engage.rewards.giving import sum_so_far
from engage.rewards.models import Redemption, RewardFavourite, VoucherCode
from engage.rewards.service import ByToken
from engage.rewards.yearly import yearly_statement
from engage.settlement import causes
from engage.settlement.causes import Described
from engage.storage.base import new_id
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.devices import till
from tests.factories.people import person
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.partners.models import Partner

NAME, WORDS, CODE = "Wilhelmine", "unmistakable", "CINEMA-1"


@pytest.fixture
def someone(session: Session, partner: Partner, occurrence: Occurrence, ada: Person) -> UUID:
    """Somebody with everything that an account can hold."""
    made = engaged(session, person(session, NAME), 500)
    session.scalars(select(Attendance).where(Attendance.person_id == made.id)).one().note = WORDS
    book = make_reward(session, partner, stock=0, own_codes="citizen")
    tree = make_reward(session, partner, kind="good_cause", good_cause="trees", cost=30)
    by = By(ada.id, NOON, WORDS)

    def live(s: Session) -> None:
        passes.ensure_phone(s, made.id, [], name=f"{NAME}'s phone", now=NOON)
        activities.mark(s, occurrence.activity_id, made.id)
        activities.open_calendar(s, made.id, now=NOON)
        favourites.mark(s, book.id, made.id, now=NOON)
        note(s, by, "pin_renewed", "person", made.id)
        causes.add(s, "trees", Described("Trees", "", 100), by)
        vouchers.add(s, s.merge(book), [CODE], actor_id=None, now=NOON)

    run_work(session, live)
    run_work(session, partial(service.give, person_id=made.id, reward_id=tree.id,
                              redemption_id=new_id(), now=NOON))  # fmt: skip
    _, token = till(session, partner)
    _, code = reserved(session, made, book)
    run_work(session, lambda s: service.redeem(s, ByToken(token), code, "a", now=NOON))
    return made.id


Look = Callable[["Session", UUID], None]


def nothing_names_the_attendance(session: Session, _who: UUID) -> None:
    assert session.scalars(select(Attendance.note)).all() == [""]


def movements_stay_by_number_and_the_books_hold(session: Session, who: UUID) -> None:
    assert session.scalars(select(Transfer.id)).all()
    assert ledger.balance_of(session, who) == 0
    assert verify(session) == []


def what_was_redeemed_stays_without_a_code_that_opens(session: Session, who: UUID) -> None:
    mine = session.scalars(select(Redemption).where(Redemption.person_id == who)).all()
    assert {one.state for one in mine} == {"redeemed"}
    with pytest.raises(NotFound):
        collect(session, who, now=NOON)


def the_statement_of_values_names_nobody(session: Session, who: UUID) -> None:
    assert NAME not in yearly_statement(session, who, NOON.year, now=NOON).display_name


def the_voucher_code_is_unreadable(session: Session, who: UUID) -> None:
    assert vouchers.list_own(session, who) == []
    assert session.scalars(select(VoucherCode.code_sealed)).one() == ""


def the_cause_keeps_its_sum(session: Session, _who: UUID) -> None:
    assert sum_so_far(session, "trees") == 30


def no_heart_is_left(session: Session, _who: UUID) -> None:
    assert session.scalars(select(Favourite)).all() == []
    assert session.scalars(select(RewardFavourite)).all() == []


def the_calendar_has_no_address(session: Session, _who: UUID) -> None:
    assert session.scalars(select(CalendarFeed)).all() == []


def no_pass_opens_anything(session: Session, who: UUID) -> None:
    rows = session.scalars(select(Pass).where(Pass.person_id == who)).all()
    assert {(one.name, one.secret, one.revoked_at) for one in rows} == {("", None, NOON)}


def the_act_stays_without_its_words(session: Session, who: UUID) -> None:
    acts = session.execute(
        select(OfficeAct.act, OfficeAct.reason).where(OfficeAct.subject_id == who)
    )
    assert acts.all() == [("pin_renewed", "")]


LOOKS: dict[str, Look] = {
    "attendances": nothing_names_the_attendance,
    "transfers": movements_stay_by_number_and_the_books_hold,
    "redemptions": what_was_redeemed_stays_without_a_code_that_opens,
    "reward_values": the_statement_of_values_names_nobody,
    "voucher_codes": the_voucher_code_is_unreadable,
    "gifts": the_cause_keeps_its_sum,
    "favourites": no_heart_is_left,
    "calendar": the_calendar_has_no_address,
    "passes": no_pass_opens_anything,
    "office_record": the_act_stays_without_its_words,
}


def test_pri_2_each_class_that_is_kept_with_the_account_is_looked_at() -> None:
    assert {row.code for row in TABLE if row.keep.for_good} == set(LOOKS)


@pytest.mark.parametrize("code", LOOKS)
def test_pri_2_what_is_kept_with_the_account_ends_with_it(
    session: Session, someone: UUID, code: str
) -> None:
    run_work(session, partial(erase, person_id=someone, now=NOON))

    session.rollback()
    session.expire_all()
    LOOKS[code](session, someone)


def test_case_47_the_export_holds_what_an_account_can_hold(session: Session, someone: UUID) -> None:
    found = collect(session, someone, now=NOON)

    assert [row["code"] for row in found["voucher_codes"]] == [CODE]
    assert found["voucher_codes"][0]["reward"] == "A loaf of bread"
    assert len(found["favourites"]) == len(found["reward_favourites"]) == 1
    assert len(found["calendar"]) == 1
    assert len(found["redemptions"]) == 2
    assert [row["face_value_cents"] for row in found["redemptions"]] == [200, 200]
    assert [(row["act"], row["reason"]) for row in found["office_acts"]] == [("pin_renewed", WORDS)]
