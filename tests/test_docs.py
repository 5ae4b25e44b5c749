"""What the papers say is so: commands, settings, links and the files to copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from config import Settings
from engage.cli import init_app
from engage.core.checkin import Review

ROOT = Path(__file__).parent.parent
PAPERS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
DEPLOY = ROOT / "docs/deploy"
OPERATE = (ROOT / "docs/operate.md").read_text()


class Asked(dict[str, str]):
    """An environment that notes which names are asked for."""

    def __init__(self, given: dict[str, str]) -> None:
        super().__init__(given)
        self.names: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.names.add(key)
        return super().get(key, default)


class Commands:
    """Stands where the application stands when commands are added to it."""

    def __init__(self) -> None:
        self.cli = click.Group()


def commands() -> Iterator[str]:
    """Every command of the project, such as ``ledger verify``."""
    found = Commands()
    init_app(found)  # type: ignore[arg-type]  # all it needs is where commands go
    for name, command in found.cli.commands.items():
        if isinstance(command, click.Group):
            yield from (f"{name} {inner}" for inner in command.commands)
        else:
            yield name


def test_every_command_is_explained_to_operators() -> None:
    table = OPERATE.partition("\n## ")[0]

    explained = set(re.findall(r"^\| `([a-z]+(?: [a-z]+)?)\b", table, re.MULTILINE))

    assert explained == set(commands())


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_command_in_a_paper_exists(paper: Path) -> None:
    named = re.findall(r"\b(?:engage-admin|flask) ([a-z]+(?: [a-z]+)?)", paper.read_text())
    known = set(commands()) | {command.split()[0] for command in commands()}

    assert [name for name in named if name not in known and name.split()[0] not in known] == []


def test_every_setting_is_explained_to_operators() -> None:
    environment = Asked({"ENGAGE_DEMO": "1"})
    Settings.from_env(environment)
    read = {name for name in environment.names if not name.endswith("_FILE")}
    read.add("ENGAGE_CITY_FILE")  # a file by its own name

    assert set(re.findall(r"^\| `(ENGAGE_\w+)`", OPERATE, re.MULTILINE)) == read


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_of_a_paper_lead_somewhere(paper: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)", paper.read_text())

    dead = [
        (path, anchor)
        for path, anchor in links
        if not (target := (paper.parent / path if path else paper)).exists()
        or (anchor and anchor not in anchors(target))
    ]

    assert dead == []


def anchors(paper: Path) -> set[str]:
    """The anchors of a paper's headings, as repositories show them."""
    headings = re.findall(r"^#+ (.*)$", paper.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_files_to_copy_are_settings_that_start_a_city(tmp_path: Path) -> None:
    lines = [line for line in (DEPLOY / "engage.env").read_text().splitlines() if "=" in line]
    given = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    secret = tmp_path / "secret"
    secret.write_text("k1:a-key-that-is-long-enough-to-be-taken\n")
    units = (DEPLOY / "engage-web.service").read_text()
    for name in re.findall(r"Environment=(ENGAGE_\w+_FILE)=", units):
        given[name] = str(secret)
    given |= {"ENGAGE_CITY_FILE": str(DEPLOY / "city.toml"), "ENGAGE_MAIL_URL": "smtp://localhost"}
    del given["ENGAGE_MAIL_URL_FILE"]

    settings = Settings.from_env(given)

    assert settings.city.name == "Musterstadt"
    assert settings.trusted_proxies == 1
    assert [key for key, _ in settings.code_keys] == ["k1"]


def test_web_worker_and_commands_read_the_same_secrets() -> None:
    named = {
        path.name: set(re.findall(r"ENGAGE_\w+_FILE", path.read_text()))
        for path in [*DEPLOY.glob("engage-[vw]*.service"), DEPLOY / "engage-admin"]
    }
    named["compose.yml"] = set(re.findall(r"ENGAGE_\w+_FILE", (DEPLOY / "compose.yml").read_text()))

    assert len(set(map(frozenset, named.values()))) == 1, named


def test_chk_20_every_reason_for_a_review_is_published() -> None:
    written = (ROOT / "docs/check-in.md").read_text()

    assert [reason for reason in Review if f"`{reason}`" not in written] == []


def test_the_image_is_built_from_what_the_engine_is_given() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = {
        source
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }
    given = {
        line[1:]
        for line in (ROOT / "docs/deploy/Containerfile.dockerignore").read_text().splitlines()
        if "!" in line
    }

    assert copied == given


@pytest.mark.parametrize("picture", ["architecture.md", "architecture.svg"])
def test_every_feature_has_its_place_in_the_layers(picture: str) -> None:
    shown = set(re.findall(r"[a-z]+", (ROOT / "docs" / picture).read_text()))
    features = {path.parent.name for path in (ROOT / "engage").glob("*/__init__.py")}

    assert features - {"translations"} <= shown
