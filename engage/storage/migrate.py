"""Migrations: bring a database up to date, and see that it is."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

FOLDER = Path(__file__).parents[2] / "migrations"


def config_for(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Run every migration that this database has not seen."""
    command.upgrade(config_for(engine), "head")


def check(engine: Engine) -> None:
    """Raises alembic.util.CommandError when schema and models differ."""
    command.check(config_for(engine))


def is_current(engine: Engine) -> bool:
    """Whether the database is reachable and fully migrated."""
    head = ScriptDirectory.from_config(config_for(engine)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
