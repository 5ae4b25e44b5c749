"""The city of these tests, built once and put back after every change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import databases
from tests.access.visiting import City


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    city = City(databases.sqlite_database(folder), folder / "as-built.db")
    yield city
    city.app.extensions["engine"].dispose()


@pytest.fixture
def city(built: City) -> City:
    """Nothing has happened in it yet."""
    built.restore()
    return built
