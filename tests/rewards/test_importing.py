"""Partners and rewards out of files: a dry run first, nothing twice, reasons with line numbers."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from apiflask import APIFlask
from click.testing import Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.importing.tables import read_csv
from engage.partners.models import Branch, Partner
from engage.rewards import importing
from engage.rewards.models import Reward
from engage.rewards.money import read_cents, write_cents
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.databases import missing
from tests.factories.rewards import engaged, reserved

PARTNERS = (
    "Name;Straße;PLZ;Ort;Stadtbezirk;Barrierefrei;Hinweis\n"
    "Café Müßig;Kranweg 4;44263;Dortmund;Hörde;ja;Rampe\n"
    ";Leerweg 1;44263;Dortmund;;;\n"
    "Café Müßig;Kranweg 4;44263;Dortmund;Hörde;ja;Rampe\n"
    'Kino "Süd";Allee 2;44137;Dortmund;Innenstadt-West;;\n'
)
REWARDS = (
    "Titel;Punkte;Wert;Bestand;Kategorie\n"
    "Ein Kaffee;40;2,50 €;9999;food\n"
    "Eine Brezel;zwanzig;1,00;5;food\n"
    "Zwei Brezeln;30;;5;food\n"
    "Ein Kuchen;60;1.250,00;12;unbekannt\n"
)


def run(app: APIFlask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["import", *words])


def test_case_49_a_dry_run_writes_nothing_and_says_why(
    session: Session, app: APIFlask, tmp_path: Path
) -> None:
    file = tmp_path / "partners.csv"
    file.write_bytes(PARTNERS.encode("cp1252"))

    said = run(app, "partners", str(file)).output

    assert "+ partners.csv:2: Café Müßig" in said
    assert "! partners.csv:3: there is no name" in said
    assert "! partners.csv:4: the same as line 2" in said
    assert "2 created, 0 changed, 0 unchanged, 2 refused." in said
    assert session.scalar(select(func.count()).select_from(Partner)) == 0


def test_case_49_written_partners_are_pending_and_a_repeat_changes_nothing(
    session: Session, app: APIFlask, tmp_path: Path
) -> None:
    file = tmp_path / "partners.csv"
    file.write_text(PARTNERS, encoding="utf-8-sig")

    run(app, "partners", str(file), "--write")
    again = run(app, "partners", str(file), "--write").output
    file.write_text(PARTNERS.replace("Rampe", "Klingel"), encoding="utf-8")
    changed = run(app, "partners", str(file), "--write").output

    assert "0 created, 0 changed, 2 unchanged, 2 refused." in again
    assert "0 created, 1 changed, 1 unchanged, 2 refused." in changed
    cafe = session.scalars(select(Partner).where(Partner.name == "Café Müßig")).one()
    branch = session.scalars(select(Branch).where(Branch.partner_id == cafe.id)).one()
    assert (cafe.status, cafe.slug) == ("pending", "cafe-muessig")
    assert (branch.street, branch.town) == ("Kranweg 4", "44263 Dortmund")
    assert (branch.district_code, branch.step_free) == ("hoerde", True)
    assert branch.accessibility_notes == "Klingel"


def test_case_49_rewards_become_drafts_with_their_reasons(
    session: Session, app: APIFlask, tmp_path: Path, partner: Partner
) -> None:
    file = tmp_path / "rewards.csv"
    file.write_text(REWARDS, encoding="utf-8")

    said = run(app, "rewards", str(file), "--partner", partner.slug, "--write").output

    assert "! rewards.csv:3: points: 'zwanzig' is no whole number" in said
    assert "! rewards.csv:4: value: '' is no amount in euros" in said
    made = session.scalars(select(Reward).order_by(Reward.cost)).all()
    assert [
        (one.title, one.cost, one.face_value_cents, one.stock, one.category) for one in made
    ] == [
        ("Ein Kaffee", 40, 250, None, "food"),
        ("Ein Kuchen", 60, 125_000, 12, "other"),
    ]
    assert {one.status for one in made} == {"draft"}


def test_case_50_identities_stay_and_a_frozen_cost_is_refused(
    session: Session, app: APIFlask, tmp_path: Path, partner: Partner, mina: Person
) -> None:
    file = tmp_path / "rewards.csv"
    file.write_text("Titel;Punkte;Wert\nEin Kaffee;40;2,50\n", encoding="utf-8")
    run(app, "rewards", str(file), "--partner", partner.slug, "--write")
    reward = session.scalars(select(Reward)).one()
    reward.status, reward.published_at = "published", reward.created_at
    session.commit()
    redemption, _ = reserved(session, engaged(session, mina, 50), reward)
    file.write_text("Titel;Punkte;Wert\nEin Kaffee;50;2,50\n", encoding="utf-8")

    said = run(app, "rewards", str(file), "--partner", partner.slug, "--write").output

    assert "somebody has reserved it" in said
    session.expire_all()
    assert (reward.cost, redemption.reward_id) == (40, reward.id)


def test_case_50_two_imports_of_one_file_at_once_make_each_reward_once(
    session: Session, partner: Partner
) -> None:
    sheet = read_csv(b"Titel;Punkte;Wert\nEin Kaffee;40;2,50\n")
    first, second = (list(importing.plan_rewards(session, sheet, partner, NOON)) for _ in range(2))

    reports = [
        importing.carry_out(iter(one), partial(run_work, session)) for one in (first, second)
    ]

    assert [one.count("created") for one in reports] == [1, 1]
    made = session.scalars(select(Reward)).one()
    assert (made.title, made.cost) == ("Ein Kaffee", 40)


def test_bad_input_exits_with_2_and_names_the_file(app: APIFlask, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")

    for words in (("partners", "nowhere.csv"), ("partners", str(empty))):
        reply = run(app, *words)
        assert reply.exit_code == 2
        assert words[1] in reply.output
    assert run(app, "rewards", str(empty), "--partner", "nobody").exit_code == 2


def test_the_citys_own_list_of_shops_is_read(session: Session, app: APIFlask) -> None:
    folder = os.environ.get("ENGAGE_SAMPLE_DATA", "")
    if not folder:
        missing("ENGAGE_SAMPLE_DATA is not set: the real files are not here")
    file = Path(folder) / "partners/dortmund_nette_toilette_partner.csv"

    said = run(app, "partners", str(file), "--write").output

    made = session.scalar(select(func.count()).select_from(Partner))
    assert f"{made} created" in said
    assert isinstance(made, int)
    assert made > 30
    assert f"{made} unchanged" in run(app, "partners", str(file), "--write").output


@pytest.mark.parametrize(
    ("text", "cents"),
    [("2", 200), ("2,5", 250), ("2.50 €", 250), ("1.250,00", 125_000), ("two", None), ("", None)],
)
def test_money_is_read_as_people_write_it(text: str, cents: int | None) -> None:
    assert read_cents(text) == cents
    assert cents is None or read_cents(write_cents(cents)) == cents


FULL = (
    "Nummer;Titel;Punkte;Wert;Pro Tag;Ausgabezeiten;Mindestalter;Familien\n"
    "R-1;Schwimmen;40;5,00;30;Mo-Fr 14-17;0;ja\n"
    "R-2;Sauna;80;12,00;;Sa 10-12;18;\n"
    "R-3;Rutsche;10;1,00;0;;;\n"
    "R-4;Kiosk;10;1,00;;immer mal;;\n"
    "R-5;Disko;10;1,00;;;99;\n"
)


def test_case_50_a_file_with_ids_renames_a_reward_and_keeps_what_it_does_not_name(
    session: Session, app: APIFlask, partner: Partner, tmp_path: Path
) -> None:
    file = tmp_path / "rewards.csv"
    file.write_text(FULL)

    said = run(app, "rewards", str(file), "--partner", partner.slug, "--write").output
    for line, why in ((4, "at least 1"), (5, "is not clear"), (6, "at most 21")):
        assert f"! rewards.csv:{line}:" in said
        assert why in said
    session.rollback()
    swim, sauna = session.scalars(select(Reward).order_by(Reward.cost)).all()
    assert (swim.daily_stock, swim.redeem_hours, swim.for_families) == (
        30,
        "Mo-Fr 14:00-17:00",
        True,
    )
    assert (sauna.minimum_age, sauna.redeem_hours) == (18, "Sa 10:00-12:00")

    file.write_text("Nummer;Titel;Punkte;Wert\nR-1;Zwei Stunden schwimmen;40;5,00\n")
    said = run(app, "rewards", str(file), "--partner", partner.slug, "--write").output

    assert "0 created, 1 changed" in said
    session.rollback()
    session.expire_all()
    assert (swim.title, swim.daily_stock, swim.for_families) == ("Zwei Stunden schwimmen", 30, True)
    assert sauna.status == "draft"
    again = run(app, "rewards", str(file), "--partner", partner.slug, "--write").output
    assert "1 unchanged" in again


def test_red_17_a_file_that_makes_a_reward_dearer_sends_it_to_the_office(
    session: Session, app: APIFlask, partner: Partner, tmp_path: Path
) -> None:
    file = tmp_path / "rewards.csv"
    file.write_text("Titel;Punkte;Wert\nSauna;80;12,00\n")
    run(app, "rewards", str(file), "--partner", partner.slug, "--write")
    session.rollback()
    sauna = session.scalars(select(Reward)).one()
    sauna.status, sauna.published_at, sauna.approved_value_cents = "published", NOON, 1200
    session.commit()

    file.write_text("Titel;Punkte;Wert\nSauna;80;99,00\n")
    run(app, "rewards", str(file), "--partner", partner.slug, "--write")

    session.rollback()
    session.refresh(sauna)
    assert (sauna.status, sauna.waits_for) == ("submitted", "value")
