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
from engage.accounts.queries import find_by_email
from engage.core.errors import NotFound
from engage.demo import second_factors
from engage.demo.city import build
from engage.demo.content import PASSWORD, SIGN_INS
from engage.demo.load import fill
from engage.storage.unit_of_work import run_work

seed = AppGroup("seed", help="Fill an empty database.")
demo = AppGroup("demo", help="What the demo city's roles need to sign in.")


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


@seed.command("demo")
def seed_demo() -> None:
    """A fictional, lively city to try every role in; made once, named on every start."""
    settings = current_app.extensions["settings"]
    now = current_app.extensions["clock"](UTC)
    began = time.monotonic()
    if not settings.demo:
        raise click.UsageError("ENGAGE_DEMO is not set: the demo city is made with it only.")
    with current_app.extensions["sessions"]() as session:
        if not is_demo_city(session):
            ensure_may_seed(session)
            click.echo("Building the demo city …")
            build(session, now, quick=settings.quick_hashes)
            click.echo(f"The demo city is there after {time.monotonic() - began:.1f} s.")
    say_sign_ins()


def is_demo_city(session: Session) -> bool:
    """Whether everybody who can sign in to the demo city is there."""
    return all(find_by_email(session, f"{key}@example.org") for key, _name, _part in SIGN_INS)


def say_sign_ins() -> None:
    click.echo(f"\nSign in with the password “{PASSWORD}”:")
    for key, _name, part in SIGN_INS:
        click.echo(f"  {key}@example.org   {part}")
    click.echo("Second factor of juno, vera, ada, otto: /demo, or flask demo code ada\n")


@demo.command("code")
@click.argument("name")
def show_code(name: str) -> None:
    """The current six digits of a role's second factor; for the demo city alone."""
    settings = current_app.extensions["settings"]
    if not settings.demo or not settings.is_local:
        raise click.UsageError("Only the demo city has fixed second factors.")
    try:
        click.echo(second_factors.code_of(name, current_app.extensions["clock"](UTC)))
    except NotFound:
        raise click.UsageError(f"{name} is nobody who signs in to the demo city.") from None
