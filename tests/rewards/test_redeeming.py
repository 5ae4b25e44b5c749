"""At the till: a code is good once, at the right place, in time."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.core.codes import CodeType, make_typed
from engage.core.errors import (
    DeviceRevoked,
    Guessing,
    NonceDiffers,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Outcome,
)
from engage.devices.models import Device
from engage.ledger import queries as ledger_queries
from engage.ledger import service as ledger
from engage.ledger.models import SYSTEM_IDS
from engage.ledger.queries import balance_of, sum_of
from engage.organisations.models import Organisation
from engage.partners.models import Branch, Partner, PartnerMember
from engage.rewards import service
from engage.rewards.models import RedemptionAttempt, Reward, RewardBranch
from engage.rewards.service import ByMember, ByToken
from engage.storage.prepared import COUNT
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.devices import scanner, till
from tests.factories.partners import partner as make_partner
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward


@pytest.fixture
def branch(session: Session, partner: Partner) -> Branch:
    return session.scalars(select(Branch).where(Branch.partner_id == partner.id)).one()


@pytest.fixture
def token(session: Session, partner: Partner, branch: Branch) -> str:
    return till(session, partner, branch_id=branch.id, name="Till 1")[1]


@pytest.fixture
def code(session: Session, mina: Person, reward: Reward) -> str:
    """Mina's reservation of a loaf of bread."""
    engaged(session, mina, 50)
    return reserved(session, mina, reward)[1]


def nonce() -> str:
    return secrets.token_hex(13).upper()


def redeem(session: Session, caller: Any, code: str, number: str = "", **given: Any) -> Outcome:
    now = given.get("now", NOON)
    return run_work(session, lambda s: service.redeem(s, caller, code, number or nonce(), now=now))


def test_case_31_points_leave_once_and_the_till_learns_what_to_hand_over(
    session: Session, mina: Person, partner: Partner, token: str, code: str
) -> None:
    outcome = redeem(session, ByToken(token), code)

    assert (outcome.code, outcome.status) == ("redeemed", 200)
    assert set(outcome.facts) == {"id", "reward", "hand_over", "redeemed_at"}
    assert outcome.facts["hand_over"] == "One loaf of bread"
    assert balance_of(session, mina.id) == 10
    account = ledger_queries.partner_account_id(session, partner.id)
    assert sum_of(session, account) == 40
    assert sum_of(session, SYSTEM_IDS["escrow"]) == 0


def test_case_5_redeeming_takes_five_statements(
    session: Session, engine: Engine, token: str, code: str
) -> None:
    caller, number = ByToken(token), nonce()
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *of: said.append(of[2]))
    before = session.info.get(COUNT, 0)

    redeem(session, caller, code, number)

    statements = [one for one in said if not one.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(statements) + session.info.get(COUNT, 0) - before == 5, statements


def test_case_35_same_nonce_gives_the_same_success(
    session: Session, mina: Person, token: str, code: str
) -> None:
    number = nonce()
    first = redeem(session, ByToken(token), code, number)

    again = redeem(session, ByToken(token), code.lower(), number, now=NOON + timedelta(hours=1))

    assert again == first.as_replay()
    assert balance_of(session, mina.id) == 10


def test_case_35_another_till_hears_when_and_where(
    session: Session, partner: Partner, token: str, code: str
) -> None:
    redeem(session, ByToken(token), code)
    _, other = till(session, partner, name="Till 2")

    outcome = redeem(session, ByToken(other), code, now=NOON + timedelta(minutes=1))

    assert (outcome.code, outcome.status) == ("already_redeemed", 409)
    assert outcome.facts == {"redeemed_at": NOON, "place": "Market square, Till 1"}


def test_case_35_same_nonce_with_another_code_names_the_field(
    session: Session, token: str, code: str
) -> None:
    number = nonce()
    redeem(session, ByToken(token), code, number)

    with pytest.raises(NonceDiffers) as refusal:
        redeem(session, ByToken(token), _made_up(), number)

    assert refusal.value.facts == {"field": "code"}


def _made_up() -> str:
    return make_typed(CodeType.REDEMPTION, secrets.token_bytes(5)).text


def test_case_36_a_refused_redemption_stays_refused_under_its_nonce(
    session: Session, partner: Partner, token: str, code: str
) -> None:
    partner.status = "suspended"
    session.commit()
    number = nonce()
    first = redeem(session, ByToken(token), code, number)
    partner.status = "verified"
    session.commit()

    again = redeem(session, ByToken(token), code, number)

    assert first.code == "partner_suspended"
    assert (again.code, again.status, again.replayed) == ("partner_suspended", 409, True)
    assert redeem(session, ByToken(token), code).code == "redeemed"


def test_case_37_undo_brings_points_and_stock_back(
    session: Session, mina: Person, partner: Partner, token: str
) -> None:
    engaged(session, mina, 50)
    reward = make_reward(session, partner, stock=1)
    redemption, code = reserved(session, mina, reward)
    redeem(session, ByToken(token), code)

    outcome = run_work(
        session,
        lambda s: service.undo(s, ByToken(token), redemption.id, "Sold out", nonce(), now=NOON),
    )

    assert outcome.code == "refunded"
    assert balance_of(session, mina.id) == 50
    session.expire_all()
    assert (reward.stock, redemption.state) == (1, "refunded")
    account = ledger_queries.get_account(session, mina.id).id
    assert [m.kind for m in ledger_queries.list_all_movements(session, account)] == [
        "earn",
        "reserve",
        "refund",
    ]


def test_case_37_undo_after_fifteen_minutes_is_refused_and_remembered(
    session: Session, mina: Person, token: str, code: str
) -> None:
    done = redeem(session, ByToken(token), code)
    late = NOON + timedelta(minutes=16)
    number = nonce()

    def undo(s: Session) -> Outcome:
        import uuid

        of = uuid.UUID(str(done.facts["id"]))
        return service.undo(s, ByToken(token), of, "Too late", number, now=late)

    assert run_work(session, undo).code == "undo_too_late"
    assert run_work(session, undo).replayed is True
    assert balance_of(session, mina.id) == 10


def test_case_38_another_partner_learns_nothing_of_the_voucher(
    session: Session, token: str, code: str
) -> None:
    redeem(session, ByToken(token), code)
    _, foreign = till(session, make_partner(session, "Swimming Pool"))

    outcome = redeem(session, ByToken(foreign), code)

    assert (outcome.code, outcome.status, dict(outcome.facts)) == ("wrong_partner", 403, {})


def test_case_38_a_branch_that_does_not_give_it_refuses(
    session: Session, partner: Partner, token: str, reward: Reward, code: str
) -> None:
    elsewhere = Branch(partner_id=partner.id, name="Harbour")
    session.add(elsewhere)
    session.flush()
    session.add(RewardBranch(reward_id=reward.id, branch_id=elsewhere.id))
    session.commit()
    _, harbour = till(session, partner, branch_id=elsewhere.id)

    assert redeem(session, ByToken(token), code).code == "wrong_branch"
    assert redeem(session, ByToken(harbour), code).code == "redeemed"


def test_case_55_somebody_who_joins_the_partner_does_not_redeem_there(
    session: Session, mina: Person, partner: Partner, token: str, code: str
) -> None:
    session.add(
        PartnerMember(partner_id=partner.id, person_id=mina.id, role="till", joined_at=NOON)
    )
    session.commit()

    assert redeem(session, ByToken(token), code).code == "own_partner"
    assert redeem(session, ByMember(mina.id, partner.id), code).code == "own_partner"


def test_red_4_the_server_honours_two_minutes_longer(
    session: Session, mina: Person, partner: Partner, token: str
) -> None:
    engaged(session, mina, 100)
    _, good = reserved(session, mina, make_reward(session, partner))
    _, late = reserved(session, mina, make_reward(session, partner))

    at_the_edge = redeem(session, ByToken(token), good, now=NOON + timedelta(minutes=17))
    after = redeem(session, ByToken(token), late, now=NOON + timedelta(minutes=17, seconds=1))

    assert (at_the_edge.code, after.code, after.status) == ("redeemed", "code_expired", 410)


def test_case_34_expiry_returns_points_and_stock_without_anybody_asking(
    session: Session, mina: Person, partner: Partner, token: str
) -> None:
    engaged(session, mina, 50)
    reward = make_reward(session, partner, stock=1)
    redemption, code = reserved(session, mina, reward)
    late = NOON + timedelta(minutes=18)

    ended = run_work(session, lambda s: service.expire_due(s, late))
    again = run_work(session, lambda s: service.expire_due(s, late))

    assert ([one.points for one in ended], again) == ([40], [])
    session.expire_all()
    assert (redemption.state, reward.stock, balance_of(session, mina.id)) == ("expired", 1, 50)
    assert redeem(session, ByToken(token), code, now=late).code == "code_expired"


def test_a_good_cause_gets_the_points(session: Session, mina: Person, partner: Partner) -> None:
    engaged(session, mina, 50)
    cause = ledger.open_good_cause(session, "river")
    reward = make_reward(session, partner, kind="good_cause", good_cause="river")
    _, code = reserved(session, mina, reward)
    _, token = till(session, partner)

    outcome = redeem(session, ByToken(token), code)

    assert outcome.code == "redeemed"
    assert sum_of(session, cause) == 40


def test_a_welcome_reward_moves_no_points(
    session: Session, mina: Person, partner: Partner, token: str
) -> None:
    engaged(session, mina, 50)
    welcome = make_reward(session, partner, kind="welcome", cost=0)
    _, code = reserved(session, mina, welcome)

    assert redeem(session, ByToken(token), code).code == "redeemed"
    assert balance_of(session, mina.id) == 50


def test_case_22_ten_guesses_a_minute_then_a_pause_but_a_valid_code_works(
    session: Session, token: str, code: str
) -> None:
    caller = ByToken(token)
    for _ in range(10):
        assert redeem(session, caller, _made_up()).code == "code_unknown"

    with pytest.raises(Guessing) as refusal:
        redeem(session, caller, _made_up(), now=NOON + timedelta(seconds=20))

    assert refusal.value.facts == {"retry_after": 40}
    assert redeem(session, caller, code).code == "redeemed"
    later = NOON + timedelta(minutes=1, seconds=1)
    assert redeem(session, caller, _made_up(), now=later).code == "code_unknown"


def test_case_22_what_is_no_code_of_ours_is_no_guess(session: Session, token: str) -> None:
    for _ in range(12):
        assert redeem(session, ByToken(token), "4006381333931").code == "code_unknown"


def test_who_may_not_redeem(
    session: Session, partner: Partner, organisation: Organisation, code: str, omar: Person
) -> None:
    _, scans = scanner(session, organisation)
    revoked, gone = till(session, partner)
    session.get_one(Device, revoked.id).revoked_at = NOON
    session.commit()

    for caller, refusal in (
        (ByToken("dev_unknown"), NotSignedIn),
        (ByToken(scans), NotPermitted),
        (ByToken(gone), DeviceRevoked),
        (ByMember(omar.id, partner.id), NotFound),
    ):
        with pytest.raises(refusal):
            redeem(session, caller, code)
    assert session.scalar(select(func.count()).select_from(RedemptionAttempt)) == 1  # reserving


def test_a_member_redeems_signed_in(
    session: Session, vera: Person, partner: Partner, branch: Branch, code: str
) -> None:
    outcome = redeem(session, ByMember(vera.id, partner.id, branch.id), code)

    assert outcome.code == "redeemed"


def test_suspending_a_partner_returns_all_points(
    session: Session, mina: Person, omar: Person, partner: Partner, reward: Reward
) -> None:
    for who in (mina, omar):
        reserved(session, engaged(session, who, 40), reward)

    ended = run_work(session, lambda s: service.cancel_all_of_partner(s, partner.id, now=NOON))

    assert {one.person_id for one in ended} == {mina.id, omar.id}
    assert [balance_of(session, who.id) for who in (mina, omar)] == [40, 40]
