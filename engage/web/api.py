"""The HTTP API: blueprints, bodies that refuse unknown fields, problem documents for bad input."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint, APIFlask
from apiflask.exceptions import _ValidationError
from flask import Response, current_app, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, field_validator

from engage.core.errors import Outcome
from engage.web.errors import plain, show_refusal
from engage.web.texts import is_storable


def _in_our_time(instant: datetime) -> datetime:
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError("an instant of this century")
    return instant


#: Years that a body may name: no clock of a zone leaves the calendar.
FIRST_YEAR, LAST_YEAR = 1970, 2200
#: An instant with its offset.
Instant = Annotated[AwareDatetime, AfterValidator(_in_our_time)]


class _Storable(BaseModel):
    """Every text of a body can be kept, or its field is named."""

    @field_validator("*", mode="before")
    @classmethod
    def can_be_stored(cls, given: object) -> object:
        if isinstance(given, str) and not is_storable(given):
            raise ValueError("a character that cannot be stored")
        return given


class Body(_Storable):
    """A request body. A field that is not named here is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ScanBody(_Storable):
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


class _ShallowJSON(DefaultJSONProvider):
    """JSON nested so deep that nobody can read it is no JSON."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError as too_deep:
            raise ValueError("nested too deep") from too_deep


def init_app(app: APIFlask) -> None:
    app.json = _ShallowJSON(app)
    app.register_error_handler(_ValidationError, _bad_input)
