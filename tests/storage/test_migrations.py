"""What the migrations build is what the models say, and a database that lags behind is named."""

from __future__ import annotations

from pathlib import Path

from apiflask import APIFlask
from sqlalchemy import text

from engage.storage.engine import make_engine
from engage.storage.migrate import is_current


def test_the_migrations_build_what_the_models_say(app: APIFlask) -> None:
    said = app.test_cli_runner().invoke(args=["db", "check"])

    assert (said.exit_code, said.stderr) == (0, "")


def test_a_table_that_no_model_knows_is_found(app: APIFlask) -> None:
    engine = app.extensions["engine"]
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE forgotten (id INTEGER PRIMARY KEY)"))

    said = app.test_cli_runner().invoke(args=["db", "check"])

    assert said.exit_code == 1
    assert "forgotten" in said.stderr


def test_a_migrated_database_is_current_and_an_empty_one_is_not(
    database_url: str, tmp_path: Path
) -> None:
    empty = make_engine(f"sqlite:///{tmp_path}/empty.db")
    migrated = make_engine(database_url)

    assert (is_current(empty), is_current(migrated)) == (False, True)

    empty.dispose()
    migrated.dispose()
