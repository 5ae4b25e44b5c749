"""``flask import partners|rewards FILE``: a dry run, and with ``--write`` the real thing."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from engage.activities.importing.entries import FileUnreadable
from engage.activities.importing.tables import Sheet, read_csv, read_json, read_xlsx
from engage.partners import queries as partners
from engage.rewards import importing
from engage.rewards.importing import Report
from engage.storage.unit_of_work import run_work
from engage.web.city import list_districts

SHOWN = {"created": "+", "changed": "~", "refused": "!"}
READERS = {".xlsx": read_xlsx, ".json": read_json, ".geojson": read_json}


@click.command("partners")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Write it; without, only say what would happen.")
@with_appcontext
def import_partners(file: Path, *, write: bool) -> None:
    """Bring partners along from a table. They are pending until the office has looked."""
    sheet, now = _read(file), current_app.extensions["clock"](UTC)
    with current_app.extensions["sessions"]() as session:
        planned = importing.plan_partners(session, sheet, list_districts(), now)
        report = importing.carry_out(planned, partial(run_work, session) if write else None)
    _say(file, report, written=write)


@click.command("rewards")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--partner", "slug", required=True, metavar="SLUG", help="Whose rewards they are.")
@click.option("--write", is_flag=True, help="Write it; without, only say what would happen.")
@with_appcontext
def import_rewards(file: Path, slug: str, *, write: bool) -> None:
    """Bring a partner's rewards along from a table. New ones are drafts."""
    sheet, now = _read(file), current_app.extensions["clock"](UTC)
    with current_app.extensions["sessions"]() as session:
        partner = partners.find_by_slug(session, slug)
        if partner is None:
            raise click.UsageError(f"there is no partner {slug}")
        planned = importing.plan_rewards(session, sheet, partner, now)
        report = importing.carry_out(planned, partial(run_work, session) if write else None)
    _say(file, report, written=write)


def _read(file: Path) -> Sheet:
    """The rows of the file; bad input ends with a sentence naming it."""
    try:
        return READERS.get(file.suffix.lower(), read_csv)(file.read_bytes())
    except FileUnreadable as unreadable:
        raise click.UsageError(f"{file}: {unreadable}") from None
    except OSError as missing:
        raise click.UsageError(f"{file}: {missing.strerror}") from None


def _say(file: Path, report: Report, *, written: bool) -> None:
    for one in report.lines:
        if one.outcome in SHOWN:
            words = ": ".join(part for part in (one.title, one.why) if part)
            click.echo(f"{SHOWN[one.outcome]} {file.name}:{one.number}: {words}")
    counts = [f"{report.count(name)} {name}" for name in ("created", "changed", "unchanged")]
    click.echo(f"{', '.join(counts)}, {report.count('refused')} refused.")
    if not written:
        click.echo("Nothing was written. Run it again with --write.")
