"""The choice of language, and what machines ask for: probes, metrics, robots, contacts."""

from __future__ import annotations

import hmac
from datetime import timedelta

from flask import Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from engage.home import queries
from engage.home.routes.blueprint import bp
from engage.storage import migrate
from engage.web.access import is_safe_next
from engage.web.api import bearer
from engage.web.context import db, now, settings
from engage.web.language import COOKIE, LANGUAGES

#: Searched: what everybody may read. Everything else is personal or a form.
ROBOTS = """User-agent: *
Disallow: /Q/
Disallow: /api/
Disallow: /me
Disallow: /office
Disallow: /organise
Disallow: /partner
Disallow: /sign-in
Disallow: /sign-up
"""


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


@bp.get("/metrics")
def show_metrics() -> ResponseReturnValue:
    """Prometheus, for who knows the token; for everybody else this page does not exist."""
    token = settings().metrics_token
    if not token or not hmac.compare_digest(token.encode(), (bearer() or "").encode()):
        abort(404)
    registry = CollectorRegistry(auto_describe=False)
    for name, words, count in queries.list_gauges(db(), now()):
        Gauge(name, words, registry=registry).set(count)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@bp.get("/robots.txt")
def show_robots() -> ResponseReturnValue:
    return Response(ROBOTS, mimetype="text/plain")


@bp.get("/.well-known/security.txt")
def show_security_contact() -> ResponseReturnValue:
    """Whom to tell about a hole (RFC 9116); always good for a year from now."""
    given = settings()
    expires = (now() + timedelta(days=365)).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: mailto:{given.city.email}",
        f"Expires: {expires}",
        "Preferred-Languages: de, en",
        f"Canonical: {given.base_url}/.well-known/security.txt",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
