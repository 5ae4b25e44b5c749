from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.partners.models import Partner
from tests.clock import Clock
from tests.flows.job import Job
from tests.pages import CheckingClient


@pytest.fixture
def job(  # the cast
    client: Callable[..., CheckingClient],
    session: Session,
    clock: Clock,
    juno: Person,
    vera: Person,
    partner: Partner,
) -> Job:
    return Job(client, session, clock, juno, vera, partner)
