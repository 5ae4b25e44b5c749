"""Two people, or one who clicks twice, add the same thing at the same moment: never a fault.

Each of the two is a real process with its own connection, as two workers of a server are. What one
of them adds, the other's unit of work finds when it is run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Erasure, Person
from engage.activities import service as activities
from engage.activities.models import Activity, CalendarFeed, Favourite
from engage.acts.service import By
from engage.core.errors import NotFound
from engage.core.policy import Policy
from engage.ledger.queries import named_account_id
from engage.organisations import budget
from engage.organisations import service as organisations
from engage.organisations.models import Budget, Member, Organisation
from engage.organisations.profile import Profile
from engage.partners import profile as partner_profile
from engage.partners import service as partners
from engage.partners.models import Partner, PartnerMember
from engage.policies import service as policies
from engage.policies.models import PolicyVersion
from engage.privacy import erasing
from engage.rewards import favourites, offers
from engage.rewards.models import GoodCause, Reward, RewardBranch, RewardFavourite
from engage.settlement import causes
from engage.settlement.causes import Described
from engage.storage.base import Model
from engage.storage.unit_of_work import run_work
from tests.application import Sessions
from tests.clock import NOON
from tests.factories.people import person
from tests.hands import Hands, Order, codes

ROUNDS = 8


def unspoken(do: Callable[[Session], object], session: Session) -> None:
    """A row is no answer that a process could send."""
    do(session)


def order(do: Callable[..., object], *given: object, **named: object) -> Order:
    return partial(unspoken, _Call(do, given, named))


@dataclass(frozen=True, slots=True)
class _Call:
    """A service with what it is given after the session; partial would put that before it."""

    do: Callable[..., object]
    given: tuple[object, ...]
    named: dict[str, object]

    def __call__(self, session: Session) -> object:
        return self.do(session, *self.given, **self.named)


def count(session: Session, model: type[Model]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


DONE, BOTH = repr(None), {repr(None): 2}


def test_a_good_cause_is_added_by_one_of_two_and_the_words_of_the_first_stay(
    session: Session, sessions: Sessions, ada: Person
) -> None:
    by = By(ada.id, NOON)
    with Hands(sessions, 2) as office:
        for number in range(ROUNDS):
            slug = f"trees-{number}"
            said = [Described(f"Trees of {who}", who, 0) for who in ("Ada", "Ben")]

            answers = office.at_once([order(causes.add, slug, one, by) for one in said])

            assert codes(answers) == {DONE: 1, "cause_exists": 1}
            session.rollback()
            words = session.scalar(select(GoodCause.words).where(GoodCause.slug == slug))
            assert words == said[answers.index(None)].words
            assert named_account_id(session, f"good_cause:{slug}")

    assert count(session, GoodCause) == ROUNDS


def test_a_cause_that_nobody_has_described_is_described_by_two(
    session: Session, sessions: Sessions, ada: Person
) -> None:
    by = By(ada.id, NOON)
    with Hands(sessions, 2) as office:
        for number in range(ROUNDS):
            said = [Described("Trees", who, 100) for who in ("Ada", "Ben")]

            answers = office.at_once(
                [order(causes.describe, f"trees-{number}", one, by) for one in said]
            )

            assert codes(answers) == BOTH

    assert count(session, GoodCause) == ROUNDS


def test_bodies_of_the_same_name_get_addresses_of_their_own(
    session: Session, sessions: Sessions, mina: Person, omar: Person
) -> None:
    who, place = (mina.id, omar.id), partner_profile.Place("Shop")
    with Hands(sessions, 2) as hands:
        for number in range(ROUNDS):
            name = f"Green {number}"
            applying = [
                [order(organisations.apply, Profile(name), person_id=one, now=NOON) for one in who],
                [
                    order(
                        partners.apply,
                        partner_profile.Profile(name),
                        place,
                        person_id=one,
                        now=NOON,
                    )
                    for one in who
                ],
            ]
            for two in applying:
                assert codes(hands.at_once(two)) == BOTH

    for model in (Organisation, Partner):
        assert count(session, model) == 2 * ROUNDS
        assert len(set(session.scalars(select(model.slug)))) == 2 * ROUNDS


def test_a_double_click_keeps_a_favourite_and_a_calendar_once(
    session: Session, sessions: Sessions, activity: Activity, reward: Reward
) -> None:
    people = [person(session, f"Citizen{number}") for number in range(ROUNDS)]
    with Hands(sessions, 2) as clicks:
        for one in people:
            for do in (
                order(activities.mark, activity.id, one.id),
                order(favourites.mark, reward.id, one.id, now=NOON),
                order(activities.open_calendar, one.id, now=NOON),
            ):
                assert codes(clicks.at_once([do, do])) == BOTH

    assert {count(session, one) for one in (Favourite, RewardFavourite, CalendarFeed)} == {ROUNDS}


def test_the_office_grants_a_budget_and_enacts_rules_at_once(
    session: Session, sessions: Sessions, organisation: Organisation, ada: Person
) -> None:
    before = count(session, Budget), count(session, PolicyVersion)
    with Hands(sessions, 2) as office:
        for number in range(ROUNDS):
            granting = [
                order(budget.grant, organisation.id, 2040 + number, points) for points in (100, 200)
            ]
            rules = Policy(starts_on=date(2040, 1, 1))
            enacting = order(policies.set_policy, rules, reason="Anew", actor_id=ada.id, now=NOON)

            assert codes(office.at_once(granting)) == BOTH
            assert codes(office.at_once([enacting, enacting])) == BOTH

    assert count(session, Budget) - before[0] == ROUNDS
    assert count(session, PolicyVersion) - before[1] == 2 * ROUNDS


def test_a_double_click_limits_a_reward_to_its_branches_once(
    session: Session, sessions: Sessions, partner: Partner, reward: Reward
) -> None:
    branch = partners.open_branch(session, partner.id, partner_profile.Place("Second"))
    session.commit()
    limiting = order(offers.limit_branches, reward.id, [branch.id])

    with Hands(sessions, 2) as clicks:
        for _ in range(ROUNDS):
            assert codes(clicks.at_once([limiting, limiting])) == BOTH

    assert count(session, RewardBranch) == 1


def test_two_links_into_a_team_are_one_membership(
    session: Session, sessions: Sessions, organisation: Organisation, partner: Partner
) -> None:
    members = count(session, Member), count(session, PartnerMember)
    told = {"inviter": "Juno", "now": NOON}
    inviting = (
        _Call(
            organisations.invite,
            (organisation, "a@example.org"),
            {"role": "organiser", "paid": False} | told,
        ),
        _Call(partners.invite, (partner, "a@example.org"), {"role": "till"} | told),
    )
    people = [person(session, f"New{number}").id for number in range(ROUNDS)]
    with Hands(sessions, 2) as clicks:
        for one in people:
            for invite, join in zip(inviting, (organisations.join, partners.join), strict=True):
                links = [str(run_work(session, invite)) for _ in range(2)]

                answers = clicks.at_once([order(join, link, one, now=NOON) for link in links])

                assert codes(answers) == {DONE: 1, "already_member": 1}

    assert count(session, Member) - members[0] == ROUNDS
    assert count(session, PartnerMember) - members[1] == ROUNDS


def test_an_account_that_is_erased_twice_at_once_is_erased_once(
    session: Session, sessions: Sessions
) -> None:
    people = [person(session, f"Citizen{number}") for number in range(ROUNDS)]
    met: Counter[str] = Counter()
    with Hands(sessions, 2) as clicks:
        for one in people:
            erasing_it = order(erasing.erase, one.id, now=NOON)
            met += codes(clicks.at_once([erasing_it, erasing_it]))

    assert met == {DONE: ROUNDS, NotFound.code: ROUNDS}
    assert count(session, Erasure) == ROUNDS
