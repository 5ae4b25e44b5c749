"""Signing out on a browser that is a device: what it has stored for the server stays."""

from __future__ import annotations

import uuid

from flask import Response, request, session

from engage.devices import service
from engage.devices.cookie import read_token
from engage.devices.routes.blueprint import bp
from engage.web.context import now, work

#: In the session of somebody who has made their own browser a scanner: which one it is.
OWN_SCANNER = "own_scanner"
_LEAVING = frozenset({"accounts.sign_out", "accounts.sign_out_everywhere"})


@bp.before_app_request
def switch_own_scanner_off() -> None:
    """A phone that one tap made a scanner ends with the person's session (case 57).

    As with every device that is switched off, what it has stored may still be sent.
    """
    if request.method == "POST" and request.endpoint in _LEAVING and OWN_SCANNER in session:
        device_id = uuid.UUID(session.pop(OWN_SCANNER))
        work(lambda s: service.revoke_own(s, device_id, now=now()))


@bp.after_app_request
def keep_unsent_scans(response: Response) -> Response:
    """The browser's database holds scans that were not sent yet: they belong to no account.

    Personal pages that were kept for use without a network are removed by the service worker.
    """
    if "Clear-Site-Data" in response.headers and read_token(request):
        response.headers["Clear-Site-Data"] = '"cache"'
    return response
