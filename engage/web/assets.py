"""Where browsers find styles, scripts, icons and fonts: names that change with their content."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for
from whitenoise import WhiteNoise

from engage.web.headers import headers_of

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"

#: The one script whose answer carries 'wasm-unsafe-eval' (see headers.py).
SCAN_WORKER = "scan-worker.js"


class AssetsMissing(RuntimeError):
    """The front end has not been built, or does not have this file."""


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    try:
        names: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    except FileNotFoundError as missing:
        raise AssetsMissing("static/dist is missing: run `make assets` first") from missing
    return names


def delivered_name(name: str) -> str:
    """The built name of a file, such as ``engage-1a2b3c4d5e.css`` for ``engage.css``.

    Raises AssetsMissing.
    """
    try:
        return _manifest()[name]
    except KeyError as unknown:
        raise AssetsMissing(f"static/dist has no {name}: run `make assets`") from unknown


def asset(name: str) -> str:
    """The address of a built file, for templates: ``asset("engage.css")``."""
    return url_for("static", filename=f"dist/{delivered_name(name)}")


def is_scan_worker(path: str) -> bool:
    """Whether a requested path is the scan worker, the only place where WebAssembly is compiled."""
    name = path.rsplit("/", 1)[-1]
    return name.startswith(SCAN_WORKER.removesuffix(".js")) and name.endswith(".js")


def _never_changes(path: str, _url: str) -> bool:
    """Built files carry their content's hash in their name; only the list of them changes."""
    return not path.endswith("manifest.json")


def _add_headers(headers: MutableMapping[str, str], _path: str, url: str) -> None:
    for name, value in headers_of(url).items():
        headers[name] = value


def init_app(app: Flask) -> None:
    """Templates find the files, and browsers receive them compressed, once and for good."""
    app.jinja_env.globals["asset"] = asset
    if DIST.is_dir():
        files = WhiteNoise(
            app.wsgi_app,
            root=str(DIST),
            prefix="static/dist/",
            immutable_file_test=_never_changes,
            add_headers_function=_add_headers,
        )
        app.wsgi_app = files  # type: ignore[method-assign]  # as Flask's documentation does
