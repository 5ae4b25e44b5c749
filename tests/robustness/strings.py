"""Texts that break programs: our own, and a sample of the naughty strings of the sample data."""

from __future__ import annotations

import json
import os
from pathlib import Path

NUL = "A\x00B"
#: Half of a pair, as broken programs send it; no text of any alphabet.
HALF = "A\ud800B"

#: What people may write: it is stored and shown as it is.
WRITABLE = (
    "Robert'); DROP TABLE people;--",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea></title><b>bold</b>",
    "&lt;not &amp; escaped twice&gt;",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "%s %d %n %(name)s {0} {name} %% %",
    "Ærøskøbing ß ẞ ı İ ﬁ Å Å",
    "שלום \u202eevil\u202c مرحبا",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏿",
    "a\u200bb\u200dc\ufeffd",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "田中さんにあげて下さい ｱｲｳ",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "-1/0",
    "NULL",
    "undefined",
    "0xFFFFFFFFFFFFFFFFFFFFFFFF",
    "1e999",
    "２３ ٣٤ ½",
    "\\u0000 \\x00 \\",
    "`id` $(id) ; id | id",
    "tag @everyone #hash http://example.org/?a=b&c=d",
)
#: Of these, what a page would harm first: markup, quotes, templates, writing from the right.
SHOWN = (*(WRITABLE[place] for place in (2, 3, 4, 5, 6, 7, 10)), "שלום مرحبا نمی\u200cدانم")
#: What nobody writes: it is refused, or tidied, and never a fault of ours.
UNWRITABLE = (
    NUL,
    HALF,
    "x" * 100_000,
    "\x01\x02\x07\x08\x0b\x0c\x1b[31m",
    "line\r\nSubject: another",
    " \t\u00a0\u2003\u3000 ",
    "9" * 400,
    "9" * 20,
    "",
)
BUILT_IN = WRITABLE + UNWRITABLE


def naughty(most: int = 60) -> list[str]:
    """A sample of the naughty strings of the data folder; empty where it is not at hand."""
    folder = os.environ.get("ENGAGE_SAMPLE_DATA")
    if not folder:
        return []
    texts: list[str] = json.loads((Path(folder) / "nasty/blns.json").read_text(encoding="utf-8"))
    written = [text for text in texts if text]
    return written[:: max(1, len(written) // most)]
