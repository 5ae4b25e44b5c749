"""In which language a page speaks: the person's choice, then the cookie, then the browser."""

from __future__ import annotations

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale
from flask_login import current_user

from engage.web.context import settings

LANGUAGES = {"de": "Deutsch", "en": "English"}
COOKIE = "language"

__all__ = ["COOKIE", "LANGUAGES", "current_language", "force_locale", "init_app"]


def current_language() -> str:
    """``de`` or ``en``; German, the first city's language, when nothing is said."""
    if not has_request_context():
        return "de"
    if "language" not in g:
        g.language = _choose()
    language: str = g.language
    return language


def _choose() -> str:
    cookie = request.cookies.get(COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    if not request.path.startswith("/api/") and current_user and current_user.is_authenticated:
        language: str = current_user.language
        if language in LANGUAGES:
            return language
    return request.accept_languages.best_match(list(LANGUAGES)) or "de"


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_locale="en",  # the language of the texts in the code
        default_translation_directories="translations",
        locale_selector=current_language,
        timezone_selector=lambda: app.extensions["settings"].timezone,
    )

    @app.context_processor
    def language_of_page() -> dict[str, object]:
        given = settings()
        return {
            "locale": current_language(),
            "languages": LANGUAGES,
            "city": given.city,
            "demo": given.demo,
        }
