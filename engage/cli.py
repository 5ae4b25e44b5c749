"""Commands for operators: ``flask db upgrade``, ``flask worker``, ``flask ledger verify`` …"""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup, FlaskGroup

from engage.serve import serve
from engage.storage import migrate

db = AppGroup("db", help="The database's schema.")


@db.command("upgrade")
def upgrade() -> None:
    """Run every migration that this database has not seen."""
    migrate.upgrade(current_app.extensions["engine"])
    click.echo("The database is up to date.")


@db.command("check")
def check() -> None:
    """Fail when the schema and the models differ."""
    migrate.check(current_app.extensions["engine"])


def init_app(app: Flask) -> None:
    for command in (db, serve):
        app.cli.add_command(command)


def main() -> None:
    """The installed ``engage`` script: the commands of ``flask``, for this application."""

    def create() -> Flask:
        from wsgi import app

        return app

    FlaskGroup(name="engage", help="Runs and looks after a city.", create_app=create).main()
