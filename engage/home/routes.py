"""The first page, the choice of language, and the probes of an operator."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, request
from flask.typing import ResponseReturnValue

from engage.storage import migrate
from engage.web.access import is_safe_next
from engage.web.language import COOKIE, LANGUAGES

bp = Blueprint("home", __name__)


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Keep the language of this browser for a year."""
    target = request.form.get("next", "/")
    response = redirect(target if is_safe_next(target) else "/", 303)
    if (language := request.form.get("language", "")) in LANGUAGES:
        response.set_cookie(
            COOKIE,
            language,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    return response


@bp.get("/healthz")
def show_health() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def show_readiness() -> ResponseReturnValue:
    """The database is reachable and migrated: ok or not, nothing else."""
    try:
        ready = migrate.is_current(current_app.extensions["engine"])
    except Exception:  # whatever it is, the answer is no
        ready = False
    return ({"status": "ok"}, 200) if ready else ({"status": "not ready"}, 503)
