"""How a browser that was paired keeps its token: in a cookie no script can read."""

from __future__ import annotations

from flask import Request, Response

NAME = "device"
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
