"""A whole file written, each entry in a unit of work of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from engage.activities.importing.entries import Entry, Found
from engage.activities.importing.planning import Report, failed, write_entry
from engage.core.errors import DomainError, Outcome

#: Runs one unit of work: ``run_work`` with its session, or a route's ``work_each``.
Work = Callable[[Callable[[Session], str]], str]


@dataclass(frozen=True, slots=True)
class Writer:
    """Whose offers they become, who said yes, and when."""

    organisation_id: uuid.UUID
    actor_id: uuid.UUID | None
    now: datetime


def write_file(
    work: Work,
    report: Report,
    found: Found,
    who: Writer,
    say: Callable[[Outcome], str] = Outcome.say,
) -> Report:
    """Write what a dry run has shown; returns what came of it, line by line.

    work: one unit of work for each entry, so that a refused one undoes no other.
    say:  a refusal in the reader's language.
    """
    lines = {one.line: one for one in report.lines}
    for one in found:
        if not isinstance(one, Entry):
            continue
        try:
            outcome = work(_writing(report.mapping, one, who))
            lines[one.line] = replace(lines[one.line], outcome=outcome)
        except DomainError as refusal:
            lines[one.line] = failed(lines[one.line], say(Outcome.of(refusal)))
    return replace(report, lines=tuple(lines.values()))


def _writing(source: str, entry: Entry, who: Writer) -> Callable[[Session], str]:
    def do(session: Session) -> str:
        return write_entry(
            session, who.organisation_id, source, entry, actor_id=who.actor_id, now=who.now
        )

    return do
