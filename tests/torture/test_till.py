"""The short form of ``make bench ARGS=torture-till``: a real server, killed once while it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.torture.databases import environment_for
from bench.torture.till import Plan, torture


@pytest.mark.slow
def test_case_35_41_tills_and_citizens_at_random_lose_and_double_nothing_when_the_server_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    plan = Plan(clients=24, seconds=4, kills=1, workers=1)

    report = torture("short", environment_for(database_url), tmp_path, plan)

    assert report.broken == []
    assert report.kills == 1
    assert report.states["redeemed"] > 0
    assert report.tally.unanswered > 0
    assert report.tally.replays > 0
