"""The package as the image and the machine of a city install it: away from any checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
#: What docs/deploy/Containerfile copies before it installs, and what that was built from.
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "config.py", "wsgi.py")
FOLDERS = ("engage", "migrations", "templates", "static/dist")


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """The folder of an environment's commands, with Engage installed and its parts beside it."""
    source, place = tmp_path / "source", tmp_path / "venv"
    for name in SOURCES:
        source.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    (source / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/build.py", source / ".ci/build.py")
    for name in FOLDERS:
        no_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=no_caches)
    venv.create(place, with_pip=False, symlinks=True)
    [packages] = place.glob("lib/python*/site-packages")
    (packages / "parts.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin/python")]
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", str(source)]
    done = subprocess.run([*pip, "install", *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(source)
    return place / "bin"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "ENGAGE_DEMO": "1",
        "ENGAGE_DATABASE_URL": f"sqlite:///{tmp_path / 'city.db'}",
        "ENGAGE_BASE_URL": "http://localhost",
    }


@pytest.fixture
def address(commands: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The server that runs from an empty folder."""
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    upgrade = [str(commands / "engage"), "db", "upgrade"]
    subprocess.run(upgrade, env=environment, cwd=nowhere, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    options += ["--no-ws", "--log-level", "warning", "wsgi:app"]
    command = [str(commands / "python"), "-m", "granian", *options]
    with (tmp_path / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=nowhere, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/readyz", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def test_an_installed_city_has_its_pages_styles_words_and_commands(
    commands: Path, environment: dict[str, str], address: str, tmp_path: Path
) -> None:
    page = _read(address + "/", language="de")
    style = re.search(r'href="(/static/dist/engage-[^"]+\.css)"', page)

    assert "Jede Stunde zählt" in page
    assert style is not None
    assert "--e-brand" in _read(address + style.group(1))
    assert "Every hour counts" in _read(address + "/", language="en")
    verify = [str(commands / "engage"), "ledger", "verify"]
    said = subprocess.run(verify, env=environment, cwd=tmp_path, capture_output=True, check=True)
    assert b"The books hold" in said.stdout


def _read(address: str, language: str = "de") -> str:
    with urlopen(Request(address, headers={"Accept-Language": language}), timeout=20) as answer:
        return str(answer.read().decode())


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            assert server.poll() is None, "the server did not start"
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
