"""Fixtures for tests that need tables or pages. What they import is loaded on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from tests.clock import Clock
from tests.pages import CheckingClient

if TYPE_CHECKING:
    from apiflask import APIFlask

    from config import Settings

Sessions = sessionmaker[Session]
Browser = Callable[..., CheckingClient]


@pytest.fixture
def settings(database_url: str) -> Settings:
    from config import Settings

    return Settings.for_tests(database_url=database_url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    from engage.storage.engine import make_engine

    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine, settings: Settings) -> Sessions:
    """Makes sessions; threads in race tests take one each."""
    from engage.storage.engine import make_sessions
    from engage.storage.keys import Keyring

    return make_sessions(engine, Keyring(settings.code_keys))


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[APIFlask]:
    from engage import create_app

    app = create_app(settings, clock=clock)
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def client(app: APIFlask) -> Browser:
    """``client()`` is a stranger's browser, ``client(mina)`` is Mina's.

    Whoever signs in so has given the second factor, unless ``second_factor=False``.
    """

    def open_browser(person: Any = None, *, second_factor: bool = True) -> CheckingClient:
        browser = CheckingClient(app.test_client())
        if person is not None:
            browser.sign_in(person, second_factor=second_factor)
        return browser

    return open_browser
