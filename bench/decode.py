"""``make bench ARGS=decode``: which share of difficult codes the scanner reads, beside jsQR alone.

The photographs come from the folder in ENGAGE_SAMPLE_DATA, our own forty are drawn anew. Both go
through the built worker in a real Chromium; a picture is held still for nine looks, which are
0.6 seconds of a camera.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from bench.browser import ROOT, chromium, page_with, served
from bench.pictures import make_all

LOOKS = 9
PHOTOS = ("zxing_qrcode-3", "zxing_qrcode-5")
#: What was reached and must not be lost, in percent of our own pictures.
WANTED = 85


@dataclass(frozen=True, slots=True)
class Case:
    """A picture by the name under which it is served, and what is written in it."""

    group: str
    name: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """looks: after how many it was read, 0 for never."""

    case: Case
    looks: int
    is_wrong: bool
    by_jsqr: bool
    milliseconds: tuple[float, ...]
    jsqr_milliseconds: float


def run(_arguments: list[str]) -> None:
    """Measure, print, and fail if less is read than was reached before."""
    with TemporaryDirectory(prefix="engage-bench-") as folder:
        cases = [*_photos(), *_own(Path(folder))]
        folders = {
            "static": ROOT / "static",
            "pages": ROOT / "bench/pages",
            "modules": ROOT / "node_modules",
            "own": Path(folder),
            "photos": _photo_folder(),
        }
        start = page_with("/pages/decode.js", before="/modules/jsqr/dist/jsQR.js")
        with served(folders, {"/": start}) as address, chromium() as browser:
            page = browser.new_page()
            page.goto(address)
            print(f"engine: {page.evaluate('() => window.warm()')}")
            readings = [_read(page, case) for case in cases]
    for group in dict.fromkeys(case.group for case in cases):
        _say(group, [one for one in readings if one.case.group == group])
    own = [one for one in readings if not one.case.group.startswith("photo")]
    _say("our own forty", own)
    share = 100 * sum(one.looks > 0 for one in own) / len(own)
    if share < WANTED or any(one.is_wrong for one in readings):
        sys.exit(f"Less than {WANTED} % read, or something read wrongly.")


def _photo_folder() -> Path:
    return Path(os.environ.get("ENGAGE_SAMPLE_DATA", "/nowhere")) / "qr"


def _photos() -> Iterator[Case]:
    for group in PHOTOS:
        for path in sorted((_photo_folder() / group).glob("*.png")):
            text = path.with_suffix(".txt").read_bytes().decode()
            yield Case(f"photographs {group}", path.stem, f"/photos/{group}/{path.name}", text)


def _own(folder: Path) -> Iterator[Case]:
    for picture in make_all():
        name = picture.name.replace(" ", "-")
        picture.image.save(folder / f"{name}.png")
        yield Case(picture.name.split()[0], picture.name, f"/own/{name}.png", picture.text)


def _read(page: Page, case: Case) -> Reading:
    ours = page.evaluate("([name, looks]) => window.read(name, looks)", [case.address, LOOKS])
    other = page.evaluate("(name) => window.readWithJsqr(name)", case.address)
    right = _is_same(ours["text"], case.text)
    return Reading(
        case,
        looks=len(ours["times"]) if right else 0,
        is_wrong=ours["text"] is not None and not right,
        by_jsqr=_is_same(other["text"], case.text),
        milliseconds=tuple(ours["times"]),
        jsqr_milliseconds=other["times"][0],
    )


def _is_same(read: str | None, written: str) -> bool:
    """Text files keep line ends of their own kind, so those do not count."""
    return read is not None and read.split() == written.split()


def _say(group: str, readings: list[Reading]) -> None:
    if not readings:
        return
    count = len(readings)
    first = sum(one.looks == 1 for one in readings)
    all_in = sum(one.looks > 0 for one in readings)
    jsqr = sum(one.by_jsqr for one in readings)
    wrong = sum(one.is_wrong for one in readings)
    look = statistics.median(time for one in readings for time in one.milliseconds)
    theirs = statistics.median(one.jsqr_milliseconds for one in readings)
    missed = ", ".join(one.case.name for one in readings if not one.looks)
    print(
        f"{group:28} first look {first:3}  within {LOOKS} {all_in:3}  jsQR {jsqr:3}  of {count:3}"
        f"   wrong {wrong}   {look:4.0f} ms a look, jsQR {theirs:4.0f} ms"
        + (f"   not read: {missed}" if missed else "")
    )
