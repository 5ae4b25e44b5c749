"""Each browser engine on this machine reads a code with our camera module, worker and CSP.

Chromium always; Firefox ESR and WebKitGTK where they are (Debian: firefox-esr, webkit2gtk-driver
and xvfb).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import pytest

from bench.browser import ROOT, page_with, served
from bench.pictures import make_code

TEXT = "HTTPS://ENGAGE.EXAMPLE/Q/P1234ABCD0123456789AB"
PATIENCE = 90
FIREFOX_SETTINGS = """
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("media.autoplay.default", 0);
"""


def chromium(folder: Path) -> list[str]:
    program = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")
    quiet = ("--headless=new", "--no-sandbox", "--no-first-run", "--disable-sync")
    return [program, *quiet, f"--user-data-dir={folder / 'chromium'}"]


def firefox(folder: Path) -> list[str]:
    profile = folder / "firefox"
    profile.mkdir()
    (profile / "user.js").write_text(FIREFOX_SETTINGS)
    program = shutil.which("firefox-esr") or ""
    return [program, "--headless", "--no-remote", "--profile", str(profile)]


def webkit(_folder: Path) -> list[str]:
    return ["xvfb-run", "-a", "dbus-run-session", str(MINI_BROWSER)]


MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)
ENGINES = {
    "chromium": chromium,
    **({"firefox": firefox} if shutil.which("firefox-esr") else {}),
    **({"webkit": webkit} if MINI_BROWSER and shutil.which("xvfb-run") else {}),
}


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[None]:
    environment = {**os.environ, "HOME": str(folder), "MOZ_DISABLE_CONTENT_SANDBOX": "1"}
    with (folder / "browser.log").open("w") as log:
        browser = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()


@pytest.mark.parametrize("name", ENGINES)
def test_a_filmed_code_is_read_by_the_engine_in_webassembly(name: str, tmp_path: Path) -> None:
    make_code(TEXT, 8).save(tmp_path / "code.png")
    body = "<video muted playsinline></video><canvas width='640' height='480'></canvas>"
    folders = {
        "static": ROOT / "static",
        "pages": ROOT / "bench/pages",
        "source": ROOT / "static/js",
        "own": tmp_path,
    }
    told: Queue[str] = Queue()
    start = page_with("/pages/engines.js", body=body)

    with (
        served(folders, {"/": start}, told) as address,
        running([*ENGINES[name](tmp_path), address], tmp_path),
    ):
        said = json.loads(told.get(timeout=PATIENCE))

    assert said.get("text") == TEXT, (said, (tmp_path / "browser.log").read_text()[-2000:])
    assert said["engine"] == "zxing"
