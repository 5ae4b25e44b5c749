"""Everybody walks through the city on a small phone and at a desk; axe finds nothing anywhere."""

from __future__ import annotations

import re
from collections import Counter, deque
from urllib.parse import urlsplit

import pytest

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.rewards.models import Reward
from tests.browser.conftest import Visit
from tests.browser.visitors import DESKTOP, PHONE, Visitor

NARROW = {**PHONE, "viewport": {"width": 320, "height": 640}}
LEFT_OUT = re.compile(r"^/(static|api|calendar)/|\.(csv|pdf|svg|ics|json)$")
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map((a) => a.href)"


def walk(visitor: Visitor) -> list[str]:
    """Open one page of each kind that links lead to; returns what is wrong."""
    waiting, seen, faults = deque(["/"]), Counter[str](), list[str]()
    while waiting:
        path = waiting.popleft()
        seen[kind(path)] += 1
        if seen[kind(path)] > 1 or LEFT_OUT.search(path):
            continue
        page = visitor.open(path)
        faults += [f"{path}: {fault}" for fault in visitor.axe()]
        if (wider := visitor.overflow()) > 0:
            faults.append(f"{path}: {wider} pixels wider than the window")
        links = [urlsplit(link) for link in page.evaluate(LINKS)]
        waiting.extend(link.path for link in links if link.netloc == urlsplit(visitor.url).netloc)
    return faults


def kind(path: str) -> str:
    """Pages of one kind differ only by the name or number of a thing."""
    return re.sub(r"/(?=[^/]*\d)[^/]+", "/…", path)


@pytest.mark.parametrize("device", [PHONE, NARROW, DESKTOP], ids=["phone", "narrow", "desktop"])
@pytest.mark.parametrize("role", ["stranger", "mina", "juno", "vera", "ada"])
def test_nothing_stands_in_anybodys_way(
    visit: Visit,
    request: pytest.FixtureRequest,
    occurrence: Occurrence,
    reward: Reward,
    role: str,
    device: dict[str, object],
) -> None:
    person: Person | None = None if role == "stranger" else request.getfixturevalue(role)

    faults = walk(visit(device, person=person))

    assert not faults, "\n".join(faults)
