from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engage.core.checkin import Scan
from engage.core.errors import DeviceRevoked, NotPermitted
from engage.core.scantime import correct_scan_time, offset_between

NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)
TEN = timedelta(minutes=10)


def test_case_17_a_device_ten_minutes_fast_is_corrected_by_its_measured_offset() -> None:
    offset = offset_between(device_now=NOON + TEN, server_now=NOON)

    scan = correct_scan_time(NOON + TEN, NOON + timedelta(minutes=12), offset)

    assert scan == Scan(NOON + timedelta(minutes=2), NOON + TEN)


def test_case_17_a_scan_from_the_future_is_clamped_and_flagged() -> None:
    scan = correct_scan_time(NOON, NOON + TEN, offline=True)

    assert scan == Scan(NOON, NOON, offline=True, clamped=True)


def test_chk_16_what_a_slow_answer_puts_into_the_future_is_clamped_and_no_matter_for_review() -> (
    None
):
    half, more = timedelta(seconds=30), timedelta(seconds=31)

    assert correct_scan_time(NOON, NOON + half) == Scan(NOON, NOON)
    assert correct_scan_time(NOON, NOON + more) == Scan(NOON, NOON, clamped=True)


def test_chk_16_the_past_is_believed_as_the_device_says_it() -> None:
    assert correct_scan_time(NOON, NOON - TEN).at == NOON - TEN


def test_chk_17_without_a_device_the_clock_of_the_server_decides() -> None:
    assert correct_scan_time(NOON, None, TEN) == Scan(NOON, NOON)


def test_chk_18_scans_before_pairing_and_after_revocation_are_refused() -> None:
    paired, revoked = NOON - TEN, NOON + TEN
    later = NOON + timedelta(days=1)

    kept = correct_scan_time(later, paired, paired_at=paired, revoked_at=revoked)

    assert kept.at == paired
    assert correct_scan_time(later, revoked, revoked_at=revoked).at == revoked
    with pytest.raises(NotPermitted):
        correct_scan_time(later, paired - timedelta(seconds=1), paired_at=paired)
    with pytest.raises(DeviceRevoked):
        correct_scan_time(later, revoked + timedelta(seconds=1), revoked_at=revoked)
    with pytest.raises(NotPermitted):
        correct_scan_time(later, revoked + timedelta(seconds=1), revoked_at=revoked, offline=True)
    with pytest.raises(NotPermitted):
        correct_scan_time(later, None, revoked_at=revoked, offline=True)
