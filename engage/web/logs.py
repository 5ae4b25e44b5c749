"""Logs as one JSON line each, without personal data and without codes."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, g, request

#: Behind these parts of an address stands a code or the secret of a link. No log holds it
#: (domain §4); ``docs/deploy/nginx.conf`` says the same, and a test compares the two.
SECRET_PLACES = ("Q", "l", "calendar", "hours", "join", "places")
CODE = re.compile(rf"(?i)(/(?:{'|'.join(SECRET_PLACES)})/|-Q-)[^\s?\"']+")
MAIL = re.compile(r"[^\s@\"'<>]+@[^\s@\"'<>]+")
TOKEN = re.compile(r"\b(dev|pat)_[A-Za-z0-9_-]+")


def remove_personal_data(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Codes, mail addresses and tokens never reach a log, whoever wrote them into a text."""
    for name, value in event.items():
        if isinstance(value, str):
            value = CODE.sub(r"\1…", value)
            value = MAIL.sub("…@…", value)
            event[name] = TOKEN.sub(r"\1_…", value)
    return event


def init_app(app: Flask) -> None:
    level = logging.WARNING if app.extensions["settings"].testing else logging.INFO
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            remove_personal_data,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )

    @app.before_request
    def name_the_request() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)
