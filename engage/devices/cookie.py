"""How a browser that was paired keeps its token: in a cookie no script can read."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request, Response

from engage.core.errors import NotSignedIn
from engage.web.api import bearer

NAME = "device"
#: What our own scanner page says of itself. No other site can make a browser send a header of
#: its own choice to us: that takes a permission (CORS) that is never given.
HEADER, SCANNER = "X-Engage-Client", "scanner"
#: A paired till is used every day; after a year without use it is paired anew.
LIFETIME_SECONDS = 365 * 86400


def read_token(request: Request) -> str | None:
    """The token of the device that this browser is; None for all others."""
    return request.cookies.get(NAME) or None


def leave_token(request: Request, response: Response, token: str) -> None:
    """Make this browser the device. Strict: no other site can act through it."""
    response.set_cookie(
        NAME,
        token,
        max_age=LIFETIME_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )


def drop_token(request: Request, response: Response) -> None:
    response.delete_cookie(NAME, httponly=True, samesite="Strict", secure=request.is_secure)


def read_caller(request: Request) -> str | None:
    """The token of the device that calls the API: a bearer's, else the scanner page's cookie.

    Raises NotSignedIn for a scanner page whose pairing is gone: it keeps its scans, and never
    acts as the person who happens to be signed in beside it.
    """
    if (token := bearer()) is not None:
        return token
    if request.headers.get(HEADER) != SCANNER or not _is_from_here(request):
        return None
    token = read_token(request)
    if token is None:
        raise NotSignedIn()
    return token


def _is_from_here(request: Request) -> bool:
    """Browsers say where a request comes from; one from another site is nobody's."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
