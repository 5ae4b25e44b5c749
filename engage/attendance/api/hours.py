"""Hours that citizens report, and what their organisation says to them."""

from __future__ import annotations

import uuid
from datetime import UTC
from functools import partial

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.attendance import claims
from engage.attendance.api.bodies import ClaimBody, RefuseBody
from engage.attendance.models import HoursClaim
from engage.core.errors import NotSignedIn
from engage.web.access import ensure_managers_prove
from engage.web.context import now, work
from engage.web.errors import plain


def add_to(bp: APIBlueprint) -> None:
    bp.post("/hours-claims")(bp.input(ClaimBody, location="json")(submit_claim))
    bp.post("/hours-claims/<uuid:claim_id>/confirm")(confirm_claim)
    bp.post("/hours-claims/<uuid:claim_id>/refuse")(
        bp.input(RefuseBody, location="json")(refuse_claim)
    )


def submit_claim(json_data: ClaimBody) -> ResponseReturnValue:
    """Report hours of one day; somebody else in the organisation decides."""
    report = claims.Report(
        json_data.organisation_id,
        json_data.starts_at.astimezone(UTC),
        json_data.ends_at.astimezone(UTC),
        json_data.what,
    )
    me = _me()
    return work(lambda session: _shape(claims.submit(session, me, report, now=now()))), 201


def confirm_claim(claim_id: uuid.UUID) -> ResponseReturnValue:
    """The hours are right; nobody confirms their own."""
    do = partial(claims.confirm, claim_id=claim_id, by=_team(), now=now())
    return work(lambda session: _shape(do(session)))


def refuse_claim(claim_id: uuid.UUID, json_data: RefuseBody) -> ResponseReturnValue:
    """The hours are not right, with a reason for the citizen."""
    do = partial(claims.refuse, claim_id=claim_id, by=_team(), reason=json_data.reason, now=now())
    return work(lambda session: _shape(do(session)))


def _me() -> uuid.UUID:
    """Raises NotSignedIn."""
    if not current_user.is_authenticated:
        raise NotSignedIn()
    person_id: uuid.UUID = current_user.id
    return person_id


def _team() -> uuid.UUID:
    """Raises NotSignedIn, SecondFactorNeeded for a manager who has not given it."""
    person_id = _me()
    ensure_managers_prove()
    return person_id


def _shape(claim: HoursClaim) -> dict[str, object]:
    return {
        "id": str(claim.id),
        "state": claim.state,
        "work_on": claim.work_on.isoformat(),
        "minutes": claim.minutes,
        "answer": claim.answer,
        "submitted_at": plain(claim.submitted_at),
    }
