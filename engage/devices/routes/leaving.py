"""Signing out on a browser that is a device: what it has stored for the server stays."""

from __future__ import annotations

from flask import Response, request

from engage.devices.cookie import read_token
from engage.devices.routes.blueprint import bp


@bp.after_app_request
def keep_unsent_scans(response: Response) -> Response:
    """The browser's database holds scans that were not sent yet: they belong to no account.

    Personal pages that were kept for use without a network are removed by the service worker.
    """
    if "Clear-Site-Data" in response.headers and read_token(request):
        response.headers["Clear-Site-Data"] = '"cache"'
    return response
