"""``make bench ARGS=scan``: how fast the camera reads on a slow phone.

A film of people holding up their codes runs in Chromium's pretended camera. The whole browser
(its page, worker, decoder of the film, drawing) is held to a sixth of one core.
"""

from __future__ import annotations

import io
import random
import shutil
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Page

from bench.browser import CHROMIUM, ROOT, chromium, page_with, served
from bench.pictures import make_code, random_text
from bench.quota import NoQuota, Quota, quota_for

SHARE = 1 / 6
#: Chromium plays a film of JPEG pictures at this rate, whatever it was filmed at.
RATE = 30
OPENINGS = 9
#: Seconds that a person holds the code up, and pauses before the next one comes.
SHOWN, PAUSE = 0.3, 0.1
PEOPLE = 30
#: From the camera's start to the first result, in milliseconds; people a second; one task.
MOST_MILLISECONDS, LEAST_PACE, LONGEST_TASK = 600, 2.0, 50


def run(_arguments: list[str]) -> None:
    """Measure, print, and fail if a promise is not kept."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None) or sys.exit("no Chromium")
    with TemporaryDirectory(prefix="engage-bench-") as folder:
        here = Path(folder)
        texts = _film(here / "people.mjpeg")
        try:
            with quota_for(program, here) as quota:
                _measure(here, texts, quota)
        except NoQuota as refused:
            sys.exit(f"No CPU quota on this machine, so nothing is measured: {refused}")


def _measure(here: Path, texts: list[str], quota: Quota) -> None:
    start = page_with("/pages/scan.js", body="<video muted playsinline></video>")
    folders = {name: ROOT / path for name, path in FOLDERS.items()}
    camera = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={here / 'people.mjpeg'}",
    )
    with (
        served(folders, {"/": start}) as address,
        chromium(*camera, wrapper=quota.wrapper) as browser,
    ):
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(address, wait_until="networkidle")
        page.evaluate("() => window.first()")  # once, as every measurement starts warm
        free = _pace(page, texts)
        quota.hold(SHARE)
        before = quota.used_seconds()
        openings = [page.evaluate("() => window.first()")["took"] for _ in range(OPENINGS)]
        held = _pace(page, texts)
        used = quota.used_seconds() - before
        quota.free()
    median = statistics.median(openings)
    print(
        f"camera start to result, {SHARE:.3f} of a core: {_list(openings)}  median {median:.0f} ms"
    )
    print(f"a code every {SHOWN + PAUSE:.1f} s, {SHARE:.3f} of a core: {_say(held)}")
    print(f"a code every {SHOWN + PAUSE:.1f} s, free: {_say(free)}")
    print(f"processor time used while held: {used:.1f} s")
    longest = max(free["tasks"], default=0)
    kept = median <= MOST_MILLISECONDS and held["rate"] >= LEAST_PACE and longest <= LONGEST_TASK
    if not kept:
        sys.exit("A promise of docs/reading-codes.md is not kept.")


FOLDERS = {"static": "static", "pages": "bench/pages", "source": "static/js"}


def _pace(page: Page, texts: list[str]) -> dict[str, Any]:
    """Play the film once; which of its codes were told, and at which rate."""
    length = round(1000 * len(texts) * (SHOWN + PAUSE))
    found = page.evaluate("(milliseconds) => window.pace(milliseconds)", length)
    times: dict[str, float] = {}
    for one in found["told"]:
        times.setdefault(one["text"], one["at"])
    known = [times[text] for text in texts if text in times]
    span = (max(known) - min(known)) / 1000
    return {
        "read": len(known),
        "of": len(texts),
        "rate": (len(known) - 1) / span if span else 0.0,
        "foreign": [text for text in times if text not in texts],
        "tasks": found["tasks"],
    }


def _say(pace: dict[str, Any]) -> str:
    longest = max(pace["tasks"], default=0)
    return (
        f"{pace['read']} of {pace['of']} read, {pace['rate']:.2f} people a second, "
        f"wrong {len(pace['foreign'])}, longest task of the page "
        + (f"{longest:.0f} ms" if longest else "under 50 ms")
    )


def _list(values: list[float]) -> str:
    return " ".join(f"{value:.0f}" for value in values)


def _film(to: Path) -> list[str]:
    """Film people one after another; returns what their codes say."""
    chance = random.Random("people")  # alike at every run
    texts = [random_text(chance) for _ in range(PEOPLE)]
    with to.open("wb") as film:
        for text in texts:
            code = make_code(text, 8).rotate(chance.uniform(-20, 20), fillcolor=150, expand=True)
            side = chance.randint(260, 420)
            for picture in range(round((SHOWN + PAUSE) * RATE)):
                frame = Image.new("L", (640, 480), 150)
                if picture < SHOWN * RATE:
                    at = (320 - side // 2 + picture, 240 - side // 2)
                    frame.paste(code.resize((side, side)), at)
                buffer = io.BytesIO()
                frame.convert("RGB").save(buffer, "JPEG", quality=85, subsampling="4:2:0")
                film.write(buffer.getvalue())
    return texts
