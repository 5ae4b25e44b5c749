"""Commands for operators: ``flask db upgrade``, ``flask worker``, ``flask ledger verify`` …"""

from __future__ import annotations

import click
from alembic.util import CommandError
from flask import Flask, current_app
from flask.cli import AppGroup, FlaskGroup

from engage.accounts.commands import keys, user
from engage.activities.commands import import_activities
from engage.audit.verify import CHECKS, verify
from engage.demo.commands import demo, seed
from engage.privacy.commands import erasure
from engage.rewards.commands import import_partners, import_rewards
from engage.serve import serve
from engage.storage import migrate
from engage.worker import worker

db = AppGroup("db", help="The database's schema.")


@db.command("upgrade")
def upgrade() -> None:
    """Run every migration that this database has not seen."""
    migrate.upgrade(current_app.extensions["engine"])
    click.echo("The database is up to date.")


@db.command("check")
def check() -> None:
    """Fail when the schema and the models differ."""
    try:
        migrate.check(current_app.extensions["engine"])
    except CommandError as difference:
        raise click.ClickException(str(difference)) from None


ledger = AppGroup("ledger", help="The points ledger.")


@ledger.command("verify")
def verify_ledger() -> None:
    """Prove the books in one read-only snapshot; exit code 0 only if all holds."""
    with current_app.extensions["sessions"]() as session:
        found = verify(session)
    for finding in found:
        click.echo(str(finding), err=True)
    if found:
        raise SystemExit(1)
    click.echo(f"The books hold: {len(CHECKS)} checks, nothing found.")


importing = AppGroup("import", help="Files of other programs; a dry run without --write.")
importing.add_command(import_activities)
importing.add_command(import_partners)
importing.add_command(import_rewards)


def init_app(app: Flask) -> None:
    for command in (db, erasure, importing, keys, ledger, demo, seed, serve, user, worker):
        app.cli.add_command(command)


def main() -> None:
    """The installed ``engage`` script: the commands of ``flask``, for this application."""

    def create() -> Flask:
        from wsgi import app

        return app

    FlaskGroup(name="engage", help="Runs and looks after a city.", create_app=create).main()
