"""``flask import activities FILE``: a dry run, and with ``--write`` the real thing."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from engage.activities.importing.entries import FileUnreadable, Found
from engage.activities.importing.mapping import MappingRefused, load_mapping
from engage.activities.importing.planning import Report, missing_remark, plan
from engage.activities.importing.rows import City
from engage.activities.importing.sources import read_file
from engage.activities.importing.writing import Writer, write_file
from engage.core.errors import NotFound
from engage.organisations.queries import get_organisation
from engage.storage.unit_of_work import run_work
from engage.web.city import list_districts

#: What the command says of each line; a line that stays as it is says nothing.
SHOWN = {"created": "+", "changed": "~", "refused": "!"}


@click.command("activities")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--organisation", required=True, metavar="SLUG", help="Whose offers they are.")
@click.option("--mapping", type=click.Path(path_type=Path), help="A mapping file of your own.")
@click.option("--write", is_flag=True, help="Write it; without, only say what would happen.")
@with_appcontext
def import_activities(file: Path, organisation: str, mapping: Path | None, *, write: bool) -> None:
    """Bring offers along from CSV, Excel, iCalendar, JSON-LD or XML. New ones are drafts."""
    source, found = _read(file, mapping)
    now = current_app.extensions["clock"](UTC)
    with current_app.extensions["sessions"]() as session:
        try:
            own = get_organisation(session, organisation).id
        except NotFound:
            raise click.UsageError(f"there is no organisation {organisation}") from None
        report = plan(session, own, source, found)
        if write:
            who = Writer(own, None, now)
            report = write_file(partial(run_work, session), report, found, who)
    _say(file, report, found, written=write)


def _read(file: Path, mapping: Path | None) -> tuple[str, Found]:
    """What the file holds; bad input ends with a sentence naming it."""
    settings, clock = current_app.extensions["settings"], current_app.extensions["clock"]
    try:
        chosen = load_mapping(mapping) if mapping else None
        city = City(settings.timezone, list_districts(), clock(UTC))
        return read_file(file.read_bytes(), city, chosen)
    except MappingRefused as wrong:
        raise click.UsageError(str(wrong)) from None
    except FileUnreadable as unreadable:
        raise click.UsageError(f"{file}: {unreadable}") from None
    except OSError as missing:
        raise click.UsageError(f"{file}: {missing.strerror}") from None


def _say(file: Path, report: Report, found: Found, *, written: bool) -> None:
    for one in report.lines:
        remarks = " ".join(remark.say() for remark in one.remarks)
        if one.outcome in SHOWN:
            click.echo(
                f"{SHOWN[one.outcome]} {file.name}:{one.line}: {one.title} {remarks}".rstrip()
            )
    counts = [f"{report.count(name)} {name}" for name in ("created", "changed", "unchanged")]
    click.echo(f"{', '.join(counts)}, {report.count('refused')} refused ({report.mapping}).")
    if remark := missing_remark(report):
        click.echo(remark.say())
    if not written and found:
        click.echo("Nothing was written. Run it again with --write.")
