"""The HTTP API: blueprints, bodies that refuse unknown fields, problem documents for bad input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint, APIFlask
from apiflask.exceptions import _ValidationError
from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict

from engage.core.errors import Outcome
from engage.web.errors import plain, show_refusal


class Body(BaseModel):
    """A request body. A field that is not named here is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ScanBody(BaseModel):
    """A body sent by scanners: old ones live long, so unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore")


def blueprint(name: str) -> APIBlueprint:
    """The part of the API that belongs to a feature, under ``/api/v1``."""
    return APIBlueprint(f"{name}_api", f"engage.{name}.api", url_prefix="/api/v1", tag=name)


def answer(outcome: Outcome, body: Mapping[str, object]) -> ResponseReturnValue:
    """A result as JSON with its own status, a remembered refusal as a problem document."""
    if not outcome.is_success:
        return show_refusal(outcome)
    text = current_app.json.dumps({key: plain(value) for key, value in body.items()})
    return current_app.response_class(text, status=outcome.status, mimetype="application/json")


def with_etag(body: Mapping[str, object]) -> Response:
    """A public list as JSON; 304 when the caller already has exactly this."""
    response = current_app.response_class(
        current_app.json.dumps(plain(body)), mimetype="application/json"
    )
    response.add_etag()
    response.make_conditional(request)
    return response


def bearer() -> str | None:
    """The token of the Authorization header, if there is one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _bad_input(error: _ValidationError) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Name each field at fault with a code and a sentence."""
    found = []
    for place, fields in (error.detail or {}).items():
        if isinstance(fields, Mapping):
            for name, texts in fields.items():
                found.append(_field_error(str(name), texts))
        else:
            found.append(_field_error(str(place), fields))
    message = gettext("Some of what was sent is missing or wrong.")
    body = {
        "type": "urn:engage:problem:invalid_input",
        "title": "Invalid input",
        "status": 422,
        "code": "invalid_input",
        "detail": message,
        "message": message,
        "errors": found,
    }
    return body, 422, {"Content-Type": "application/problem+json"}


def _field_error(name: str, texts: object) -> dict[str, str]:
    text = str(texts[0]) if isinstance(texts, (list, tuple)) and texts else str(texts)
    code = "missing" if "required" in text else "invalid"
    if "xtra inputs" in text:
        code = "unknown_field"
    sentences = {
        "unknown_field": gettext("This field is not known here."),
        "missing": gettext("This is needed."),
        "invalid": gettext("This is not valid."),
    }
    return {"field": name, "code": code, "message": sentences[code], "detail": text}


def init_app(app: APIFlask) -> None:
    app.register_error_handler(_ValidationError, _bad_input)
