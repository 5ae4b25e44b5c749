"""Everything stored about a person, in one file that people and programs can read (case 47)."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.models import Attempt, Pass, Person
from engage.activities.models import Activity, Occurrence
from engage.ledger import queries as ledger
from engage.organisations.models import Organisation
from engage.partners.models import Partner
from engage.privacy.holdings import ACTORS, HOLDINGS, SECRETS, Holding
from engage.rewards import vouchers
from engage.rewards.models import Reward
from engage.storage.base import Model
from engage.storage.keys import keys_of

Row = dict[str, Any]

#: A spreadsheet would run a cell that begins like this as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def collect(session: Session, person_id: uuid.UUID, *, now: datetime) -> dict[str, list[Row]]:
    """Everything about one person and nothing about another, by the name of its table.

    Raises NotFound.
    """
    person = queries.get_person(session, person_id)
    found = {"account": [_plain_row(person, SECRETS)]}
    for holding in HOLDINGS:
        found[holding.name] = [
            _plain_row(row, holding.hidden) for row in _rows(session, holding, person)
        ]
    found["mails"] = [row for row in found["mails"] if row["to_address"] == person.email]
    for row in found["mails"]:
        row["facts"] = _open_facts(row["facts"])
    found["voucher_codes"] = [
        {name: _plain(value) for name, value in asdict(one).items()}
        for one in vouchers.list_own(session, person.id)
    ]
    found["movements"] = _movements(session, person)
    found["sign_ins"] = _sign_ins(session, person)
    found["done_for_others"] = _acts(session, person)
    _add_names(session, found)
    found["export"] = [{"made_at": _plain(now), "account": str(person.id)}]
    return found


def write_zip(found: Mapping[str, Sequence[Row]]) -> bytes:
    """The file: all of it as JSON, and each table once more as CSV for a spreadsheet."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("engage.json", json.dumps(found, ensure_ascii=False, indent=2))
        for name, rows in found.items():
            if rows:
                archive.writestr(f"{name}.csv", "\ufeff" + _csv(rows))
    return target.getvalue()


def _rows(session: Session, holding: Holding, person: Person) -> Sequence[Model]:
    column = getattr(holding.model, holding.person)
    order = inspect(holding.model).primary_key[0]
    return session.scalars(select(holding.model).where(column == person.id).order_by(order)).all()


def _plain_row(row: Model, hidden: Sequence[str]) -> Row:
    names = [column.key for column in inspect(type(row)).column_attrs]
    return {name: _plain(getattr(row, name)) for name in names if name not in hidden}


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, (uuid.UUID, bytes)) else value


def _open_facts(facts: Mapping[str, Any]) -> Row:
    """The facts of a letter without what opens something."""
    return {
        name: value
        for name, value in facts.items()
        if not (isinstance(value, dict) and "$sealed" in value)
    }


def _movements(session: Session, person: Person) -> list[Row]:
    account = ledger.get_account(session, person.id)
    return [
        {
            "at": _plain(one.posted_at),
            "kind": one.kind,
            "points": one.points,
            "source": one.source_kind,
            "source_id": str(one.source_id),
            "work_on": _plain(one.work_on),
        }
        for one in ledger.list_all_movements(session, account.id)
    ]


def attempt_names(session: Session, person: Person) -> list[str]:
    """The hashes under which tries of this person's account were counted."""
    numbers = session.scalars(select(Pass.number).where(Pass.person_id == person.id))
    who = [str(person.id), *numbers, *([person.email] if person.email else [])]
    kinds = ("password", "second_factor", "claim", "mail")
    keys = keys_of(session)
    return [
        hashed for kind in kinds for one in who for hashed in keys.hashes(f"attempt:{kind}:{one}")
    ]


def _sign_ins(session: Session, person: Person) -> list[Row]:
    rows = session.scalars(
        select(Attempt).where(Attempt.who.in_(attempt_names(session, person))).order_by(Attempt.at)
    )
    return [_plain_row(row, ("id", "who")) for row in rows]


def _acts(session: Session, person: Person) -> list[Row]:
    """What the person did for others: which row, never what stands in it."""
    acts = []
    for model, column in ACTORS:
        key = inspect(model).primary_key[0]
        ids = session.scalars(select(key).where(getattr(model, column) == person.id).order_by(key))
        acts += [{"table": model.__tablename__, "as": column, "id": str(found)} for found in ids]
    return acts


def _add_names(session: Session, found: Mapping[str, Sequence[Row]]) -> None:
    """Say of each row what it was about, in words."""
    names: tuple[tuple[str, type[Model], str, str], ...] = (
        ("organisation_id", Organisation, "name", "organisation"),
        ("partner_id", Partner, "name", "partner"),
        ("reward_id", Reward, "title", "reward"),
        ("activity_id", Activity, "title", "activity"),
    )
    rows = [row for table in found.values() for row in table]
    _add_dates(session, rows)
    for key, model, field, word in names:
        known = _look_up(session, rows, key, model)
        for row in rows:
            if (one := known.get(str(row.get(key)))) is not None:
                row[word] = getattr(one, field)


def _add_dates(session: Session, rows: Sequence[Row]) -> None:
    known = _look_up(session, rows, "occurrence_id", Occurrence)
    for row in rows:
        if (occurrence := known.get(str(row.get("occurrence_id")))) is not None:
            row["activity_id"] = str(occurrence.activity_id)
            row["organisation_id"] = str(occurrence.organisation_id)
            row["date_starts_at"] = _plain(occurrence.starts_at)
            row["place"] = occurrence.place


def _look_up(session: Session, rows: Sequence[Row], key: str, model: type[Any]) -> dict[str, Any]:
    ids = {uuid.UUID(row[key]) for row in rows if row.get(key)}
    found: dict[str, Any] = {}
    for some in _portions(sorted(ids)):
        for one in session.scalars(select(model).where(model.id.in_(some))):
            found[str(one.id)] = one
    return found


def _portions(ids: Sequence[uuid.UUID], size: int = 500) -> list[Sequence[uuid.UUID]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _csv(rows: Sequence[Row]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return target.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    is_text = isinstance(value, str)
    return f"'{text}" if is_text and text.startswith(FORMULA) else text
