"""Browsers of these tests read English; Vera manages the Crane Cafe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rewards.conftest import client

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.accounts.models import Person
    from engage.partners.models import Partner
    from tests.application import Browser
    from tests.pages import CheckingClient

__all__ = ["client"]


@pytest.fixture
def cafe(session: Session, vera: Person) -> Partner:
    from tests.factories.partners import partner

    return partner(session, "Crane Cafe", managers=[vera])


@pytest.fixture
def desk(client: Browser, vera: Person, cafe: Partner) -> CheckingClient:
    return client(vera)
