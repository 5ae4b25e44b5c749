"""What every test may ask for: a database of its own on both engines, and the application on it.

The cast is always the same: Mina is a citizen with a place, Omar a citizen without, Juno organises,
Vera serves at a partner's till, Ada works for the city.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.clock import NOON, Clock

__all__ = ["NOON", "Clock"]

pytest_plugins = ["tests.application", "tests.cast"]

_GUARDIAN = pytest.StashKey[object]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", metavar="DIR", help="keep a screenshot of every page a browser visits"
    )


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[_GUARDIAN] = databases.begin_run()
        _compile_translations()


def pytest_unconfigure(config: pytest.Config) -> None:
    guardian = config.stash.get(_GUARDIAN, None)
    if guardian is not None:
        databases.end_run(guardian)  # type: ignore[arg-type]  # stored above


def _compile_translations() -> None:
    """Pages are tested with the words that the catalogues hold now."""
    folder = Path(__file__).parent.parent / "engage/translations"
    for locale in {path.parent for path in folder.glob("*/*.po")}:
        compiled = locale / "LC_MESSAGES/messages.mo"
        newest = max(path.stat().st_mtime for path in locale.glob("*.po"))
        if not compiled.exists() or compiled.stat().st_mtime < newest:
            subprocess.run([sys.executable, folder / "catalogues.py", "compile"], check=True)
            return


@pytest.fixture
def clock() -> Clock:
    """Stands at NOON; ``clock.advance(timedelta(...))`` lets time pass."""
    return Clock()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return databases.sqlite_database(tmp_path)


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    with databases.postgresql_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both databases."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sample_data() -> Path:
    """The folder of real files that ``ENGAGE_SAMPLE_DATA`` names."""
    folder = os.environ.get("ENGAGE_SAMPLE_DATA", "")
    if not folder:
        databases.missing("ENGAGE_SAMPLE_DATA is not set: real files of other cities are missing")
    return Path(folder)
