"""What a change must prove before anything else: that it was sent by a page of ours."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from apiflask import APIFlask
from flask import Request, current_app, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: What a browser says of a request that another site began; ``same-site`` is a sister's address.
FOREIGN = frozenset({"cross-site", "same-site"})


def refuse_foreign_pages() -> None:
    """Raises CSRFError for what a page of another site sends, whatever token it carries.

    Browsers say where a request began. Those that do not are held by the token alone; so are
    pages of mail links, which name no referrer and whose origin therefore is ``null``.
    """
    began = request.headers.get("Sec-Fetch-Site", "")
    if began in FOREIGN:
        raise CSRFError("sent by a page of another site")
    origin = request.headers.get("Origin", "null")
    ours = {request.host, current_app.extensions["settings"].host}
    if not began and origin != "null" and urlsplit(origin).netloc not in ours:
        raise CSRFError("sent by a page of another origin")


def init_app(app: APIFlask, read_device: Callable[[Request], str | None]) -> None:
    """On every change, except where a device's token instead of the session says who calls.

    read_device: the token of the device that calls the API; None for all others.
    """
    csrf = CSRFProtect(app)

    @app.before_request
    def check() -> None:
        changes = request.method not in READING
        by_device = request.path.startswith("/api/") and read_device(request)
        if changes and not (by_device or _is_one_click()):
            refuse_foreign_pages()
            csrf.protect()


def _is_one_click() -> bool:
    """A mail program presses “unsubscribe” (RFC 8058): no cookie, the sealed address proves it."""
    return request.path.startswith("/l/stop/") and "List-Unsubscribe" in request.form
