"""Signed-in browsers by the thousand: what the application itself would set, without asking."""

from __future__ import annotations

import uuid

from flask import Flask
from flask import session as browser
from flask_wtf.csrf import generate_csrf


class Signer:
    """Makes the headers of people who signed in just now."""

    def __init__(self, app: Flask) -> None:
        with app.test_request_context("/"):
            self._header = generate_csrf()
            self._token = browser["csrf_token"]
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self._serializer = serializer
        self._cookie = app.config["SESSION_COOKIE_NAME"]

    def headers(self, person_id: uuid.UUID, epoch: int) -> dict[str, str]:
        kept = {"_user_id": f"{person_id}:{epoch}", "_fresh": True, "csrf_token": self._token}
        cookie = f"{self._cookie}={self._serializer.dumps(kept)}"
        return {"Cookie": cookie, "X-CSRFToken": self._header}
