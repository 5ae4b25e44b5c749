"""Empty, migrated databases of both kinds, as a city would set them up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.cluster import CODE_KEYS, Cluster
from engage.storage.engine import make_engine
from engage.storage.migrate import upgrade

KINDS = ("sqlite", "postgresql")


def environment_for(database_url: str) -> dict[str, str]:
    """What the server and the harness are started with.

    Compiled modules are kept as in production: a restart is a second instead of five.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "ENGAGE_DATABASE_URL": database_url,
        "ENGAGE_SECRET_KEY": "torture-signs-its-own-sessions-with-this-key",
        "ENGAGE_CODE_KEYS": CODE_KEYS,
        "ENGAGE_BASE_URL": "http://127.0.0.1:8000",
        "ENGAGE_POOL_SIZE": "4",
        "ENGAGE_DEMO": "1",
    }


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address; PostgreSQL as durable as in production, gone afterwards."""
    if kind == "sqlite":
        url = f"sqlite:///{folder}/torture.db"
        _migrate(url)
        yield url
        return
    with TemporaryDirectory(prefix="engage-torture-") as place, Cluster(Path(place)) as cluster:
        url = cluster.url("engage")
        _migrate(url)
        yield url


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
