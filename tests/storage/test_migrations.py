"""What the migrations build is what the models say, and a database that lags behind is named."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from apiflask import APIFlask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from engage.storage.engine import make_engine
from engage.storage.migrate import config_for, is_current, upgrade


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


@pytest.fixture
def emptied_url(database_url: str, tmp_path: Path) -> str:
    """A database in which no migration has run, on both engines."""
    if "sqlite" in database_url:
        return f"sqlite:///{tmp_path}/before.db"
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return database_url


REWARD_OF_BEFORE = """
INSERT INTO partners (id, slug, name, about, website, email, status, status_reason, applied_at)
VALUES ('{partner}', 'baker', 'Baker', '', '', '', 'verified', '', '2026-01-01 00:00:00');
INSERT INTO branches (id, partner_id, name, street, town, opening_hours, accessibility_notes)
VALUES ('{branch}', '{partner}', 'Market', '', '', 'from 8', '');
INSERT INTO rewards (id, partner_id, series_id, title, description, hand_over, cost,
                     face_value_cents, no_value_reason, status, created_at, published_at)
VALUES ('{reward}', '{partner}', '{reward}', 'Bread', '', 'A loaf', 20, 350, '', 'published',
        '2026-01-01 00:00:00', '2026-01-02 00:00:00');
INSERT INTO reward_branches (id, reward_id, branch_id) VALUES ('{link}', '{reward}', '{branch}')
"""


def test_rewards_of_the_first_release_stay_and_are_still_what_others_point_at(
    emptied_url: str,
) -> None:
    engine = make_engine(emptied_url)
    command.upgrade(config_for(engine), "0002")
    ids = {name: uuid4() for name in ("partner", "branch", "reward", "link")}
    plain = {name: one.hex if "sqlite" in emptied_url else one for name, one in ids.items()}
    with engine.begin() as connection:
        for statement in REWARD_OF_BEFORE.format(**plain).split(";"):
            connection.execute(text(statement))

    upgrade(engine)

    kept = "SELECT status, approved_value_cents, daily_taken FROM rewards"
    orphan = "UPDATE reward_branches SET reward_id = partner_id FROM rewards"
    with engine.begin() as connection:
        assert connection.execute(text(kept)).all() == [("published", 350, 0)]
        connection.execute(text("UPDATE rewards SET kind = 'event', status = 'submitted'"))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(orphan))
    engine.dispose()


PERSON_OF_BEFORE = """
INSERT INTO people (id, display_name, email, email_confirmed_at, created_at)
VALUES ('{person}', '{name}', '{name}@example.org', {confirmed_at}, '2026-01-01 00:00:00')
"""


def test_an_address_that_was_never_confirmed_waits_and_the_others_stay(emptied_url: str) -> None:
    engine = make_engine(emptied_url)
    command.upgrade(config_for(engine), "0006")
    with engine.begin() as connection:
        for name, confirmed_at in (("mina", "'2026-01-02 00:00:00'"), ("omar", "NULL")):
            person = uuid4().hex if "sqlite" in emptied_url else uuid4()
            given = {"person": person, "name": name, "confirmed_at": confirmed_at}
            connection.execute(text(PERSON_OF_BEFORE.format(**given)))

    upgrade(engine)

    kept = "SELECT email, wanted_email FROM people ORDER BY display_name"
    with engine.begin() as connection:
        assert connection.execute(text(kept)).all() == [
            ("mina@example.org", None),
            (None, "omar@example.org"),
        ]
    engine.dispose()
