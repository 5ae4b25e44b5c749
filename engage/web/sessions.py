"""The session cookie: read where a browser calls, left alone where a token proves the caller."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class Sessions(SecureCookieSessionInterface):
    """A device's call carries no cookie that counts, so none is verified and none is set."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        by_token = request.path.startswith("/api/") and "Authorization" in request.headers
        return self.session_class() if by_token else super().open_session(app, request)


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
