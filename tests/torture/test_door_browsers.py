"""The short form of ``make bench ARGS="torture-door --browsers"``: two Chromiums, each killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.torture.databases import environment_for
from bench.torture.door import Plan, torture


@pytest.mark.slow
@pytest.mark.browser
def test_case_13_24_26_no_attendance_is_lost_or_doubled_when_browsers_network_and_server_fail(
    sqlite_url: str, tmp_path: Path
) -> None:
    plan = Plan(24, devices=2, seconds=8, kills=1, device_kills=1, flap=(3, 1), workers=1)

    report = torture("short", environment_for(sqlite_url), tmp_path, replace(plan, browsers=True))

    assert report.broken == []
    assert report.kills == 1
    assert report.device_kills == 2
    assert report.flaps > 0
    assert report.stored > 0
    assert report.attendances > 20
