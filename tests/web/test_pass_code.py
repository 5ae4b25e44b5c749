"""What the phone computes is what the server computes."""

from __future__ import annotations

import base64
import json
import os
import random  # noqa: TID251 - alike at every run; nothing here is a key to something
import shutil
import subprocess
from pathlib import Path
from typing import Any

from engage.core import codes

ROOT = Path(__file__).parents[2]
EIGHT_DAYS = 8 * 86_400_000


def run(script: str, given: Any) -> Any:
    """Run a module of the front end in Node, with ``given`` and the modules at hand."""
    beside = ROOT / ".venv/bin"
    node = shutil.which("node", path=f"{os.environ.get('PATH', '')}:{beside}")
    assert node is not None, "Node is needed to build the front end, so it is here as well"
    imports = "".join(
        f"import * as {name} from '{(ROOT / 'static/js' / file).as_uri()}';"
        for name, file in (("code", "pass-code.js"), ("clock", "pass-clock.js"))
    )
    said = subprocess.run(
        [node, "--input-type=module", "-e", f"{imports}const given = {json.dumps(given)};{script}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(said.stdout)


def test_cod_4_the_phone_makes_the_same_code_as_the_server_for_the_same_secret_and_step() -> None:
    chance = random.Random("vectors")
    cases = [
        (chance.randbytes(32), codes.make_number(chance.randbytes(5)), chance.randrange(2**31))
        for _ in range(200)
    ]

    made = run(
        """const out = [];
        for (const [secret, number, step] of given) {
          const bytes = Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
          out.push(await code.codeAt(await code.importSecret(bytes), number, step));
        }
        console.log(JSON.stringify(out));""",
        [(_base64(secret), number, step) for secret, number, step in cases],
    )

    assert made == [codes.pass_code(*case).text for case in cases]


def test_case_19_when_a_phone_alone_may_make_its_code() -> None:
    contact = 1_800_000_000_000
    record = {"contact": contact, "offset": 5_000, "seen": contact - 5_000, "jumped": False}
    cases = [
        ("right after contact", record, contact - 5_000),
        ("after seven days", record, contact + 7 * EIGHT_DAYS // 8),
        ("after eight days and a bit", record, contact + EIGHT_DAYS + 6_000),
        ("put back by a minute", record, contact - 65_000),
        ("put back after a look", {**record, "seen": contact + 900_000}, contact + 600_000),
        ("known to have jumped", {**record, "jumped": True}, contact + 60_000),
    ]

    said = run(
        "console.log(JSON.stringify(given.map(([, record, now]) => clock.timeFor(record, now))));",
        cases,
    )

    assert dict(zip([name for name, *_ in cases], said, strict=True)) == {
        "right after contact": {"at": contact},
        "after seven days": {"at": contact + 7 * EIGHT_DAYS // 8 + 5_000},
        "after eight days and a bit": {"why": "old"},
        "put back by a minute": {"why": "jumped"},
        "put back after a look": {"why": "jumped"},
        "known to have jumped": {"why": "jumped"},
    }


def test_case_19_a_clock_that_is_set_while_somebody_looks_is_noticed_and_sleep_is_not() -> None:
    said = run(
        """const watch = new clock.Watch();
        const out = given.map(([now, passed]) => (now ? watch.jumped(now, passed) : watch.rest()));
        console.log(JSON.stringify(out.filter((one) => one !== undefined)));""",
        [(1000, 0), (2000, 1000), (3_602_000, 2000), (3_603_000, 3000), (0, 0), (9_000_000, 4000)],
    )

    assert said == [False, False, True, False, False]


def _base64(secret: bytes) -> str:
    return base64.b64encode(secret).decode()
