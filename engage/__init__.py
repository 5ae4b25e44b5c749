"""Citizens take part, check in, earn points and redeem them with partners."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from apiflask import APIFlask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from engage import cli
from engage.accounts import login
from engage.accounts import routes as accounts
from engage.activities import api as activities_api
from engage.activities import routes as activities
from engage.attendance import api as attendance_api
from engage.attendance import routes as attendance
from engage.demo import routes as demo
from engage.devices import api as devices_api
from engage.devices import cookie
from engage.devices import routes as devices
from engage.home import routes as home
from engage.office import routes as office
from engage.organisations import queries as organisations
from engage.organisations import routes as organisation_pages
from engage.partners import api as partners_api
from engage.partners import queries as partners
from engage.partners import routes as partner_pages
from engage.policies import routes as policies
from engage.privacy import routes as privacy
from engage.reports import routes as reports
from engage.rewards import api as rewards_api
from engage.rewards import routes as rewards
from engage.settlement import routes as settlement
from engage.storage.engine import make_engine, make_sessions
from engage.storage.keys import Keyring
from engage.web import (
    access,
    api,
    assets,
    context,
    errors,
    filters,
    forgery,
    headers,
    language,
    logs,
    navigation,
    sessions,
    shell,
    texts,
)

#: Every blueprint of the application, pages first, then the API.
BLUEPRINTS = (
    home.bp,
    accounts.bp,
    privacy.bp,
    demo.bp,
    activities.bp,
    activities_api.bp,
    organisation_pages.bp,
    attendance.bp,
    devices.bp,
    partner_pages.bp,
    office.bp,
    policies.bp,
    reports.bp,
    *rewards.BLUEPRINTS,
    settlement.bp,
    attendance_api.bp,
    devices_api.bp,
    partners_api.bp,
    rewards_api.bp,
)


def create_app(
    settings: Settings, *, clock: Callable[[tzinfo], datetime] = datetime.now
) -> APIFlask:
    """The application, wired. Nothing but wiring belongs here."""
    app = APIFlask(
        __name__,
        title="Engage",
        version="1",
        json_errors=False,
        docs_path=None,
        spec_path="/api/v1/openapi.json",
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.update(_flask_settings(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["settings"] = settings
    app.extensions["clock"] = clock
    app.extensions["keys"] = Keyring(settings.code_keys)
    app.extensions["engine"] = make_engine(settings.database_url, pool_size=settings.pool_size)
    app.extensions["sessions"] = make_sessions(
        app.extensions["engine"], app.extensions["keys"], settings.zone
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # as Flask's documentation does
    forgery.init_app(app, cookie.read_caller)
    for part in (
        context,
        access,
        errors,
        texts,
        api,
        assets,
        filters,
        headers,
        language,
        logs,
        navigation,
        sessions,
        shell,
        cli,
    ):
        part.init_app(app)
    login.init_app(app, organisations.list_roles, partners.list_roles)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    secure = settings.base_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        "TESTING": settings.testing,
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,  # a scanner page is open for hours
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_SSL_STRICT": False,  # web/forgery.py asks for the origin instead
        "OPENAPI_VERSION": "3.1.0",
        "SYNC_LOCAL_SPEC": False,
        "VALIDATION_ERROR_STATUS_CODE": 422,
    }
