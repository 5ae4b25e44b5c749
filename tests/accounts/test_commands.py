from __future__ import annotations

import re
from pathlib import Path

from apiflask import APIFlask
from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.privacy.erasing import erase
from engage.storage.keys import Keyring
from engage.storage.unit_of_work import unit_of_work
from tests.clock import NOON
from tests.factories.accounts import PASSWORD, make_person
from tests.pages import CheckingClient


def test_an_operator_opens_the_account_of_the_office_with_a_link(
    app: APIFlask, session: Session
) -> None:
    run = app.test_cli_runner().invoke

    made = run(args=["user", "create", "Ada@example.org", "Ada", "--office", "lead"])
    again = run(args=["user", "create", "ada@example.org", "Ada"])

    assert made.exit_code == 0, made.output
    assert again.exit_code == 2
    link = re.search(r"http://localhost(/l/reset/\S+)", made.output)
    assert link is not None
    CheckingClient(app.test_client()).post(link[1], password=PASSWORD)
    ada = queries.find_by_email(session, "ada@example.org")
    assert ada is not None
    assert (ada.office_role, ada.password_hash is not None) == ("lead", True)


def test_an_operator_may_type_the_password(app: APIFlask) -> None:
    typed = f"short\nshort\n{PASSWORD}\n{PASSWORD}\n"
    run = app.test_cli_runner().invoke

    made = run(args=["user", "create", "ada@example.org", "Ada", "--password"], input=typed)

    assert made.exit_code == 0, made.output
    CheckingClient(app.test_client()).post("/sign-in", name="ada@example.org", password=PASSWORD)


def test_case_56_a_new_code_key_is_made_and_fits_in_front(app: APIFlask) -> None:
    made = app.test_cli_runner().invoke(args=["keys", "rotate"])

    name, _, key = made.stdout.splitlines()[0].partition(":")
    assert Keyring(((name, key.encode()), ("old", b"o" * 32))).newest == name
    assert len(key) >= 24


def test_case_46_erasures_are_listed_and_applied_again_after_a_restore(
    app: APIFlask, session: Session, tmp_path: Path
) -> None:
    run = app.test_cli_runner().invoke
    with unit_of_work(session):
        omar = make_person(session, "Omar")
        erase(session, make_person(session, "Mina").id, now=NOON)
    file, wrong = tmp_path / "erased.csv", tmp_path / "wrong.csv"
    file.write_text(run(args=["erasure", "list"]).output + f"{omar.id}\n\n")
    wrong.write_text(f"{omar.id}\nnobody\n")

    refused = run(args=["erasure", "replay", str(wrong)])
    done = run(args=["erasure", "replay", str(file)])

    assert (refused.exit_code, "line 2" in refused.output) == (2, True)
    assert "1 erased again, 1 were erased already." in done.output
    session.rollback()
    assert queries.find_person(session, omar.id) is None


def test_the_worker_does_one_round(app: APIFlask) -> None:
    done = app.test_cli_runner().invoke(args=["worker", "--once"])

    assert done.exit_code == 0, done.output
    assert "mail.send: 0" in done.output
    assert "privacy.forget: 0" in done.output
