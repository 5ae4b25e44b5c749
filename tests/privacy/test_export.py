"""Case 47: a citizen gets everything stored about them, and nothing about anyone else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

from sqlalchemy.orm import Session

from engage.accounts import service
from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.partners.models import Partner
from engage.privacy.export import collect, write_zip
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON
from tests.factories.rewards import engaged, reserved, reward


def test_case_47_everything_of_one_person_and_nothing_of_another(
    session: Session,
    mina: Person,
    omar: Person,
    ada: Person,
    occurrence: Occurrence,
    partner: Partner,
) -> None:
    bread = reward(session, partner)
    for person in (mina, omar):
        engaged(session, person, 100)
        reserved(session, person, bread)
    with unit_of_work(session):
        service.issue_card(session, mina.id, actor_id=ada.id, now=NOON)
        service.note_read(session, ada.id, mina.id, "account", now=NOON)

    found = collect(session, mina.id, now=NOON)

    assert found["account"][0]["display_name"] == "Mina"
    assert [row["activity"] for row in found["registrations"]] == ["Clean the river bank"]
    assert [row["credited"] for row in found["attendances"]] == [100]
    assert [row["reward"] for row in found["redemptions"]] == ["A loaf of bread"]
    assert sorted(row["points"] for row in found["movements"]) == [-40, 100]
    assert [row["what"] for row in found["reads"]] == ["account"]
    text = json.dumps(found)
    for foreign in (str(omar.id), str(ada.id), "Omar", "Ada", "omar@", "hash", "secret"):
        assert foreign not in text


def test_the_file_opens_as_json_and_as_tables_without_formulas() -> None:
    rows: list[dict[str, Any]] = [
        {"name": "=1+1", "points": -5, "note": None},
        {"name": "Ümlaut", "more": [1]},
    ]

    archive = zipfile.ZipFile(io.BytesIO(write_zip({"things": rows, "none": []})))

    assert sorted(archive.namelist()) == ["engage.json", "things.csv"]
    assert json.loads(archive.read("engage.json"))["things"] == rows
    table = list(csv.reader(io.StringIO(archive.read("things.csv").decode("utf-8-sig"))))
    assert table == [
        ["name", "points", "note", "more"],
        ["'=1+1", "-5", "", ""],
        ["Ümlaut", "", "", "[1]"],
    ]
