"""The city of a load test: every code works, and the books verify."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from engage.attendance.checkin import CheckInRequest, DeviceCaller, check_in
from engage.audit.verify import verify
from engage.demo.load import fill
from engage.storage.unit_of_work import run_work
from tests.attendance.door import nonce
from tests.clock import NOON

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def test_a_load_city_verifies_and_its_codes_check_in(session: Session) -> None:
    load = run_work(session, lambda work: fill(work, 5, now=NOON))
    caller = DeviceCaller(load.device_token)
    requests = [
        CheckInRequest(load.occurrence_id, nonce(), code=code) for code in load.check_in_codes
    ]

    at = NOON + timedelta(minutes=1)

    answers = [
        run_work(session, partial(check_in, caller=caller, request=request, now=at)).code
        for request in requests
    ]

    assert answers == ["credited"] * 5
    assert len(set(load.redemption_codes)) == 5
    assert verify(session) == []
