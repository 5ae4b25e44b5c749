"""The one map from what a rule says to what HTTP says: a page, or a problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import structlog
from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal, get_domain, gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from engage.core.errors import DomainError, Outcome, Tongue
from engage.web.filters import moment

log = structlog.get_logger()


def is_api() -> bool:
    return request.path.startswith("/api/")


def tongue() -> Tongue:
    """The language of this page, facts said in the city's time."""
    return Tongue(gettext, _ngettext, _show)


def _ngettext(one: str, many: str, count: int) -> str:
    # Flask-Babel's own would fill in the count at once and fall over every other fact.
    return str(get_domain().get_translations().ungettext(one, many, count))


def _show(name: str, fact: object) -> str:
    if isinstance(fact, datetime):
        return moment(fact)
    if isinstance(fact, date):
        return str(format_date(fact, "medium"))
    is_number = isinstance(fact, int) and not isinstance(fact, bool)
    return str(format_decimal(fact)) if is_number else str(fact)


def outcome_of(error: DomainError | Outcome) -> Outcome:
    return Outcome.of(error) if isinstance(error, DomainError) else error


def sentence(error: DomainError | Outcome) -> str:
    """What happened, for a person, in the language of the page; instants in the city's zone."""
    return outcome_of(error).say(tongue())


def advice(error: DomainError | Outcome) -> str:
    """What to do now; may be empty."""
    return outcome_of(error).say_advice(tongue())


def plain(fact: object) -> Any:
    """A fact as JSON carries it: instants RFC 3339 in UTC, ids as text."""
    if isinstance(fact, datetime):
        return fact.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(fact, (list, tuple)):
        return [plain(item) for item in fact]
    if isinstance(fact, Mapping):
        return {str(key): plain(item) for key, item in fact.items()}
    return fact if isinstance(fact, (int, float, str)) or fact is None else str(fact)


def problem(
    code: str, status: int, message: str, facts: Mapping[str, object] | None = None
) -> Response:
    """A problem document. ``type`` is a stable address of the code, not one to fetch."""
    body = {
        "type": f"urn:engage:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": message,
        "message": message,
    }
    for name, fact in (facts or {}).items():
        body.setdefault(name, plain(fact))
    response = current_app.response_class(
        current_app.json.dumps(body), status=status, mimetype="application/problem+json"
    )
    retry_after = (facts or {}).get("retry_after")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def show_refusal(error: DomainError | Outcome) -> Response:
    """A refusal, raised or remembered, as the caller can use it."""
    status = outcome_of(error).status
    message = sentence(error)
    log.info("refused", code=error.code, status=status)
    if is_api():
        return problem(error.code, status, message, error.facts)
    page = render_template(
        "errors/refused.html", error=error, message=message, advice=advice(error), status=status
    )
    response = current_app.make_response((page, status))
    if "retry_after" in error.facts:
        response.headers["Retry-After"] = str(error.facts["retry_after"])
    return response


def show_csrf_error(_error: CSRFError) -> ResponseReturnValue:
    if is_api():
        return problem("csrf", 400, gettext("Please reload the page and try again."))
    return render_template("errors/400.html"), 400


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    if is_api():
        code = (error.name or "error").lower().replace(" ", "_")
        facts = {"retry_after": getattr(error, "retry_after", None)} if status == 429 else {}
        facts = {key: value for key, value in facts.items() if value is not None}
        return problem(code, status, _http_sentence(status), facts)
    known = {400, 403, 404, 405, 413, 429}
    page = f"errors/{status}.html" if status in known else "errors/400.html"
    response = current_app.make_response((render_template(page), status))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _http_sentence(status: int) -> str:
    sentences = {
        400: gettext("The request could not be read."),
        401: gettext("Please sign in again."),
        403: gettext("You may not do that."),
        404: gettext("We could not find that."),
        405: gettext("This address does not take that kind of request."),
        413: gettext("That is too large."),
        415: gettext("Please send JSON."),
        429: gettext("That was too often. Please wait a little."),
    }
    return str(sentences.get(status, gettext("The request could not be carried out.")))


def show_server_error(error: InternalServerError) -> ResponseReturnValue:
    """Our fault: logged once with its trace; the person keeps what they typed (back button)."""
    log.error("failed", endpoint=request.endpoint, exc_info=error.original_exception)
    if is_api():
        return problem("server_error", 500, gettext("That was our fault. Please try again."))
    return render_template("errors/500.html"), 500


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, show_refusal)
    app.register_error_handler(CSRFError, show_csrf_error)
    app.register_error_handler(InternalServerError, show_server_error)
    app.register_error_handler(HTTPException, show_http_error)
