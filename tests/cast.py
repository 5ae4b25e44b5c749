"""The cast, always the same, and the small city they live in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.accounts.models import Person
    from engage.activities.models import Activity, Occurrence
    from engage.organisations.models import Organisation
    from engage.partners.models import Partner
    from engage.rewards.models import Reward


@pytest.fixture
def mina(session: Session) -> Person:
    """A citizen with a place at ``occurrence``."""
    from tests.factories.people import person

    return person(session, "Mina")


@pytest.fixture
def omar(session: Session) -> Person:
    """A citizen without a place."""
    from tests.factories.people import person

    return person(session, "Omar")


@pytest.fixture
def juno(session: Session) -> Person:
    """Organises for ``organisation``."""
    from tests.factories.people import person

    return person(session, "Juno")


@pytest.fixture
def vera(session: Session) -> Person:
    """Serves at the till of ``partner``."""
    from tests.factories.people import person

    return person(session, "Vera")


@pytest.fixture
def ada(session: Session) -> Person:
    """Works for the city."""
    from tests.factories.people import person

    return person(session, "Ada", office_role="lead")


@pytest.fixture
def organisation(session: Session, juno: Person) -> Organisation:
    from tests.factories.organisations import organisation

    return organisation(session, organisers=[juno])


@pytest.fixture
def activity(session: Session, organisation: Organisation) -> Activity:
    from tests.factories.activities import activity

    return activity(session, organisation)


@pytest.fixture
def occurrence(session: Session, activity: Activity, mina: Person) -> Occurrence:
    """Starts at noon, ends at two; Mina has a place."""
    from tests.factories.activities import occurrence

    return occurrence(session, activity, places=[mina])


@pytest.fixture
def partner(session: Session, vera: Person) -> Partner:
    from tests.factories.partners import partner

    return partner(session, tills=[vera])


@pytest.fixture
def reward(session: Session, partner: Partner) -> Reward:
    from tests.factories.rewards import reward

    return reward(session, partner)
