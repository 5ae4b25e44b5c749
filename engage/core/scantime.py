"""When a scan happened, whatever the device's clock says. Rules CHK-16 to CHK-18."""

from __future__ import annotations

from datetime import datetime, timedelta

from engage.core.checkin import Scan
from engage.core.errors import DeviceRevoked, NotPermitted

#: What a slow answer alone puts into the future: the offset was measured with its delay.
SLACK = timedelta(seconds=30)


def offset_between(device_now: datetime, server_now: datetime) -> timedelta:
    """What must be added to the device's clock to have the server's; measured at every contact."""
    return server_now - device_now


def correct_scan_time(
    received_at: datetime,
    scanned_at: datetime | None = None,
    offset: timedelta = timedelta(0),
    *,
    paired_at: datetime | None = None,
    revoked_at: datetime | None = None,
    offline: bool = False,
) -> Scan:
    """The instant that decides about a scan (CHK-16).

    scanned_at: the device's own clock; None for everybody but devices, whose word is not
                taken: then the server's clock decides (CHK-17).
    offset:     as measured by `offset_between`.

    The future is clamped to the time of receipt, and said to be when it is more than `SLACK`.
    Raises NotPermitted for a scan dated before pairing, DeviceRevoked for one after revocation;
    to one that was stored on the device this is said as NotPermitted, an answer that empties its
    queue (CHK-18).
    """
    corrected = received_at if scanned_at is None else scanned_at + offset
    at = min(corrected, received_at)
    if paired_at is not None and at < paired_at:
        raise NotPermitted(paired_at=paired_at)
    if revoked_at is not None and at > revoked_at:
        raise (NotPermitted if offline else DeviceRevoked)(revoked_at=revoked_at)
    return Scan(at, received_at, offline, clamped=corrected > received_at + SLACK)
