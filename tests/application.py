"""Fixtures for tests that need tables or pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from engage import create_app
from engage.storage.engine import make_engine
from tests.clock import Clock
from tests.pages import CheckingClient

Sessions = sessionmaker[Session]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    """Makes sessions; threads in race tests take one each."""
    return sessionmaker(engine)


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings.for_tests(database_url=database_url)


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    app = create_app(settings, clock=clock)
    yield app
    for made in app.extensions.values():
        if isinstance(made, Engine):
            made.dispose()


@pytest.fixture
def client(app: Flask) -> Callable[..., CheckingClient]:
    """``client()`` is a stranger's browser, ``client(mina)`` is Mina's."""

    def open_browser(person: Any = None) -> CheckingClient:
        browser = CheckingClient(app.test_client())
        if person is not None:
            browser.sign_in(person.id)
        return browser

    return open_browser
