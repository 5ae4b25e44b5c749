"""How a browser says which phone it is: a signed cookie of its own, apart from the session.

It outlives the session, so that signing in again on the same phone does not use up a second place
of the three. It proves nothing alone: the pass is shown only to its signed-in owner.
"""

from __future__ import annotations

import uuid

from flask import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from engage.web.context import settings

NAME = "phone"
LIFETIME_SECONDS = 400 * 86400  # the longest that browsers keep a cookie
#: People who share a browser; the oldest is forgotten.
MOST = 4


def read_phones(request: Request) -> list[uuid.UUID]:
    """The passes that this browser has shown, newest first."""
    try:
        kept = _signer().loads(request.cookies.get(_name(), ""))
        return [uuid.UUID(one) for one in kept][:MOST]
    except (BadSignature, ValueError, TypeError, AttributeError):
        return []


def remember_phone(request: Request, response: Response, pass_id: uuid.UUID) -> None:
    """Let this browser be the phone with this pass from now on."""
    kept = [pass_id, *(one for one in read_phones(request) if one != pass_id)][:MOST]
    response.set_cookie(
        _name(),
        str(_signer().dumps([str(one) for one in kept])),
        max_age=LIFETIME_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=_is_secure(),
    )


def _is_secure() -> bool:
    return settings().base_url.startswith("https://")


def _name() -> str:
    return f"__Host-{NAME}" if _is_secure() else NAME


def _signer() -> URLSafeSerializer:
    keys = [*reversed(settings().secret_key_fallbacks), settings().secret_key]
    return URLSafeSerializer([key.encode() for key in keys], salt="phone-cookie")
