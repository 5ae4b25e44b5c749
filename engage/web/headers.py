"""Security headers of every answer: strict CSP, no foreign request, nothing cached signed in."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, request, session

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "media-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
#: Only the scan worker compiles WebAssembly; its own answer says so.
WORKER_CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}


#: A JSON answer shows nothing and runs nothing.
API_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def headers_of(path: str) -> dict[str, str]:
    """What every page and file says to the browser."""
    policy = WORKER_CSP if "/scan-worker" in path else CSP
    return {"Content-Security-Policy": policy, **HEADERS}


def add_headers(response: Response) -> Response:
    if request.path.startswith("/api/"):
        _set_missing(response, API_HEADERS)
        return response
    _set_missing(response, headers_of(request.path))
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    is_file = request.endpoint == "static" and response.status_code < 400
    if not is_file and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if _is_signed_in() else "private, no-cache"
    return response


def _is_signed_in() -> bool:
    """As the browser says: the page of an error names the person too."""
    return "_user_id" in session


def _set_missing(response: Response, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        response.headers.setdefault(name, value)


def init_app(app: Flask) -> None:
    app.after_request(add_headers)
