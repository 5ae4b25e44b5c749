"""A door that is open now, and who asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.attendance.door import Door, make_door
from tests.attendance.stored import Phone

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session


@pytest.fixture
def door(session: Session) -> Door:
    return make_door(session)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def phone(app: Flask, session: Session, door: Door) -> Phone:
    """A helper's phone that stores what it scans."""
    session.commit()
    return Phone(app.test_client(), door)
