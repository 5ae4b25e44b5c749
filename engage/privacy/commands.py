"""``flask erasure replay``: after a restore from a backup, who was erased stays erased."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from datetime import UTC
from functools import partial
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from engage.accounts.models import Erasure
from engage.privacy.erasing import replay
from engage.storage.unit_of_work import run_work

erasure = AppGroup("erasure", help="Erased accounts.")


@erasure.command("list")
def list_erased() -> None:
    """Print the erased accounts, one number a line; keep the list apart from the backups."""
    with current_app.extensions["sessions"]() as session:
        for erased in session.scalars(select(Erasure).order_by(Erasure.at)):
            click.echo(f"{erased.person_id},{erased.at.isoformat()}")


@erasure.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay_file(file: Path) -> None:
    """Erase the accounts of FILE again, as ``flask erasure list`` has printed it."""
    wanted = list(_read(file))
    now = current_app.extensions["clock"](UTC)
    done = 0
    with current_app.extensions["sessions"]() as session:
        for person_id in wanted:
            done += run_work(session, partial(replay, person_ids=[person_id], now=now))
    click.echo(f"{done} erased again, {len(wanted) - done} were erased already.")


def _read(file: Path) -> Iterator[uuid.UUID]:
    """Bad input ends the command before anything is erased, naming file, line and cause."""
    try:
        with file.open(encoding="utf-8", newline="") as source:
            for number, row in enumerate(csv.reader(source), start=1):
                if not row:
                    continue
                try:
                    yield uuid.UUID(row[0].strip())
                except ValueError:
                    what = f"{file}, line {number}: not an account's number"
                    raise click.UsageError(what) from None
    except (OSError, UnicodeDecodeError) as reason:
        raise click.UsageError(f"{file}: cannot be read ({reason})") from None
