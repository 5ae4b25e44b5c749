"""Check-in by devices, organisers and citizens."""

from __future__ import annotations

from functools import partial

from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.attendance.api import bp
from engage.attendance.api.bodies import CheckInBody
from engage.attendance.checkin import DeviceCaller, OrganiserCaller, check_in
from engage.core.errors import NotSignedIn, Outcome
from engage.web.api import answer, bearer
from engage.web.context import now, work


@bp.post("/check-ins")
@bp.input(CheckInBody, location="json")
@bp.doc(
    summary="Check a person in",
    description="By code, person or walk-in; a repeated nonce gives the first answer, replayed.",
    responses={201: "Recorded", 200: "A replay of a success", 409: "Refused", 403: "Refused"},
)
def check_in_one(json_data: CheckInBody) -> ResponseReturnValue:
    caller = caller_of_request()
    outcome = work(partial(check_in, caller=caller, request=json_data.request(), now=now()))
    return answer(outcome, body_of(outcome))


def caller_of_request() -> DeviceCaller | OrganiserCaller:
    """A device by its token, else the person of the session. Raises NotSignedIn."""
    if (token := bearer()) is not None:
        return DeviceCaller(token)
    if not current_user.is_authenticated:
        raise NotSignedIn()
    return OrganiserCaller(current_user.id)


def body_of(outcome: Outcome) -> dict[str, object]:
    """The promised shape of a success."""
    return {"code": outcome.code, **outcome.facts, "replayed": outcome.replayed}
