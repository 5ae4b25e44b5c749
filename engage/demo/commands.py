"""``flask seed …``: fills a database that has nobody in it, on a local address only."""

from __future__ import annotations

import json
import time
from datetime import UTC
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.demo.load import fill
from engage.storage.unit_of_work import run_work

seed = AppGroup("seed", help="Fill an empty database.")


def ensure_may_seed(session: Session) -> None:
    """Refuse a database with accounts and any address that is not local."""
    if not current_app.extensions["settings"].is_local:
        raise click.UsageError("ENGAGE_BASE_URL is not local: nothing is seeded there.")
    if session.scalar(select(func.count()).select_from(Person)):
        raise click.UsageError("The database has accounts in it: nothing is seeded there.")


@seed.command("load")
@click.option("--citizens", type=click.IntRange(1, 1_000_000), required=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True
)
def seed_load(citizens: int, out: Path) -> None:
    """Registered citizens with card codes, one open occurrence, one till; for load tests."""
    began = time.monotonic()
    now = current_app.extensions["clock"](UTC)
    with current_app.extensions["sessions"]() as session:
        ensure_may_seed(session)
        load = run_work(session, lambda work: fill(work, citizens, now=now))
    out.write_text(json.dumps(load.to_json()), encoding="utf-8")
    click.echo(f"{citizens} citizens in {time.monotonic() - began:.1f} s; codes in {out}.")
