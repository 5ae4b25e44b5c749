"""Every page, for every role, in both languages: no dead link, no fault, valid HTML."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence
from engage.rewards.models import Reward
from tests import databases
from tests.application import Browser
from tests.clock import NOON
from tests.crawl import Crawl
from tests.factories.activities import occurrence as make_occurrence

pytestmark = pytest.mark.pages

ROOT = Path(__file__).parent.parent
VALIDATOR = ROOT / "node_modules/.bin/html-validate"
ROLES = ("stranger", "mina", "omar", "juno", "vera", "ada")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages look alike on both databases."""
    return sqlite_url


@pytest.fixture
def people(
    mina: Person, omar: Person, juno: Person, vera: Person, ada: Person
) -> dict[str, Person | None]:
    return {"stranger": None, "mina": mina, "omar": omar, "juno": juno, "vera": vera, "ada": ada}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_whole(  # noqa: PLR0913 - the whole cast is on stage
    app: APIFlask,
    client: Browser,
    session: Session,
    people: dict[str, Person | None],
    activity: Activity,
    occurrence: Occurrence,
    reward: Reward,
    tmp_path: Path,
    role: str,
    language: str,
) -> None:
    make_occurrence(session, activity, starts_at=NOON + timedelta(days=2))
    crawl = Crawl(app, client(people[role]), language, tmp_path)

    crawl.run(app)

    faults = [*crawl.faults, *invalid_html(tmp_path)]
    assert not faults, "\n".join(faults)


def invalid_html(folder: Path) -> list[str]:
    """What html-validate says about the pages in a folder, one line each."""
    if not VALIDATOR.exists():
        databases.missing("html-validate is not installed (make check installs it)")
    pages = sorted(folder.glob("*.html"))
    options = ["--config", ROOT / ".ci/htmlvalidate.json", "--formatter", "json"]
    command = [str(part) for part in [VALIDATOR, *options, *pages]]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert said.stdout, said.stderr
    return [
        f"{Path(page['filePath']).name}:{fault['line']}: {fault['message']} ({fault['ruleId']})"
        for page in json.loads(said.stdout)
        for fault in page["messages"]
    ]
