"""What the door shows of an answer: look and word, the next try, several people at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.accounts.service import note_read
from engage.attendance.callers import CheckInRequest
from engage.attendance.models import Scan
from engage.attendance.queries import Participant, search_people
from engage.core.codes import Code, is_nonce, read_code
from engage.core.errors import NotFound, Outcome
from engage.storage.keys import keys_of

#: Refusals that an organiser may set aside, with a reason.
OVERRIDABLE = frozenset({"occurrence_full", "waitlisted", "not_registered"})


@dataclass(frozen=True, slots=True)
class Look:
    """The look of an answer: one of five states, and what may be done next.

    compare:   a printed card proves itself, not the person: compare the name.
    may_let_in: an organiser may let the person in with a reason.
    ask_age:   the person may say that they are old enough.
    has_slip:  there is a claim slip to hand over.
    """

    state: str
    compare: bool = False
    may_let_in: bool = False
    ask_age: bool = False
    has_slip: bool = False


def look_of(outcome: Outcome, kept: Scan) -> Look:
    """Shape and colour of an answer, and the ways on."""
    if outcome.is_success:
        return Look(
            "ok",
            compare="card_serial" in outcome.facts,
            has_slip="claim_sealed" in outcome.facts,
        )
    if outcome.code in {"already_checked_in", "already_checked_out"}:
        return Look("known")
    known = kept.person_id is not None
    return Look(
        "refused",
        may_let_in=known and outcome.code in OVERRIDABLE,
        ask_age=known and outcome.code == "under_age" and bool(outcome.facts.get("ask")),
    )


def try_again(
    kept: Scan, occurrence_id: uuid.UUID, nonce: str, *, because: str, age_ok: bool
) -> CheckInRequest | None:
    """The same person once more, with the organiser's decision; None without one.

    The person stands at the door, so the pass that was scanned is not asked for again.
    """
    if kept.person_id is None or not (because or age_ok):
        return None
    return CheckInRequest(
        occurrence_id,
        nonce,
        person_id=kept.person_id,
        overridden_because=because,
        age_ok=True if age_ok else None,
    )


def search_noted(
    session: Session, occurrence_id: uuid.UUID, text: str, actor_id: uuid.UUID, *, now: datetime
) -> list[Participant]:
    """Search by name, and write down whose name was read. Raises SearchTooShort."""
    hits = search_people(session, occurrence_id, text)
    for one in hits:
        note_read(session, actor_id, one.person_id, "search", now=now)
    return hits


def read_people(form: Any) -> list[tuple[uuid.UUID, str]]:
    """The ticked people of a form, each with the number of their scan; at most 100."""
    wanted: list[tuple[uuid.UUID, str]] = []
    for text in form.getlist("person")[:100]:
        key, _, nonce = str(text).partition(":")
        try:
            person_id = uuid.UUID(key)
        except ValueError:
            continue
        if is_nonce(nonce):
            wanted.append((person_id, nonce))
    return wanted


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One person of several."""

    display_name: str
    state: str
    outcome: Outcome


def list_lines(session: Session, caller_id: uuid.UUID, nonces: list[str]) -> list[ResultLine]:
    """What became of several scans of one caller, in their order."""
    rows = session.execute(
        select(Scan, Person.display_name)
        .outerjoin(Person, Person.id == Scan.person_id)
        .where(Scan.caller_id == caller_id, Scan.nonce.in_(nonces))
    ).all()
    known: Mapping[str, tuple[Scan, str]] = {row.Scan.nonce: (row.Scan, row[1]) for row in rows}
    lines = []
    for nonce in nonces:
        if nonce in known:
            kept, name = known[nonce]
            outcome = Outcome.from_json({"code": kept.code, "facts": kept.facts})
            lines.append(ResultLine(name or "", look_of(outcome, kept).state, outcome))
    return lines


def slip_code(session: Session, kept: Scan) -> Code:
    """The code on the slip of somebody new. Raises NotFound where there is none."""
    sealed = kept.facts.get("claim_sealed")
    code = read_code(keys_of(session).decrypt(str(sealed)).decode()) if sealed else None
    if code is None:
        raise NotFound()
    return code
