"""The day ends: who is still in leaves, and is paid."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from engage.attendance import service
from engage.attendance.checkin import CheckInRequest, DeviceCaller, check_in
from engage.attendance.models import Attendance
from engage.ledger import queries as ledger
from engage.storage.unit_of_work import run_work
from tests.attendance.door import code_of, make_citizen, make_door, make_organiser, nonce
from tests.clock import NOON

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def test_pts_9_who_never_checked_out_left_at_the_end_and_is_paid_when_the_day_is_closed(
    session: Session,
) -> None:
    door = make_door(session)
    door.activity.uses_check_out = True
    mina, juno = make_citizen(session, "Mina", door), make_organiser(session, "Juno", door)
    session.commit()
    request = CheckInRequest(door.occurrence.id, nonce(), code=code_of(mina))
    run_work(session, lambda s: check_in(s, DeviceCaller(door.token), request, now=NOON))
    closed_at = NOON + timedelta(days=3)

    run_work(
        session,
        lambda s: service.close(
            s, door.occurrence.id, head_count=None, actor_id=juno.id, now=closed_at
        ),
    )

    [paid] = ledger.list_movements(session, mina.id)
    assert (paid.points, paid.posted_at) == (30, closed_at)
    assert session.scalars(select(Attendance.checked_out_at)).one() == door.occurrence.ends_at
