"""The short form of ``make bench ARGS=torture-door``: few people, one kill of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.torture.databases import environment_for
from bench.torture.door import Plan, torture


@pytest.mark.slow
def test_case_13_24_26_no_attendance_is_lost_or_doubled_when_network_devices_and_server_fail(
    database_url: str, tmp_path: Path
) -> None:
    plan = Plan(60, devices=3, seconds=8, kills=1, device_kills=1, flap=(3, 1), workers=1)

    report = torture("short", environment_for(database_url), tmp_path, plan)

    assert report.broken == []
    assert report.kills == 1
    assert report.device_kills == 3
    assert report.flaps > 0
    assert report.stored > 0
    assert report.attendances > 50
