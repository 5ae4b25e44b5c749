"""What makes these pages an app: the service worker, the manifests, the page without a network."""

from __future__ import annotations

import re

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engage.web.assets import DIST, asset, delivered_name
from engage.web.context import settings

#: An answer with this header may be kept in the browser and opened without a network. It must
#: show nothing about a person, or be one of the pages that signing out removes.
MAY_BE_KEPT = "Engage-Offline"

#: Where each kind of app starts.
STARTS = {"citizen": "/", "scanner": "/scanner", "till": "/till"}

#: The short name of a partner whose member stands at the till, as it is in addresses.
SLUG = re.compile(r"[a-z0-9-]{1,80}")


def may_open_offline(response: Response) -> Response:
    """Let the service worker keep this page, which it also has to know by its path."""
    response.headers[MAY_BE_KEPT] = "yes"
    return response


def show_service_worker() -> ResponseReturnValue:
    """Served from the root, so that it is there for every page; asked for anew each time."""
    script = (DIST / delivered_name("service-worker.js")).read_text("utf-8")
    response = current_app.response_class(script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


def show_manifest() -> ResponseReturnValue:
    """Name, icons and first page of the app: ``?for=`` citizen, scanner or till.

    A till of a member, not of a paired device, names its partner: ``?for=till&at=corner-bakery``.
    """
    kind = request.args.get("for", "citizen")
    start = STARTS.get(kind, "/")
    city = settings().city
    names = {"/scanner": _("Scanner"), "/till": _("Till")}
    word = names.get(start, city.product)
    slug = request.args.get("at", "")
    if start == "/till" and SLUG.fullmatch(slug):
        start = f"/partner/{slug}/till"
    body = {
        "id": start,
        "name": f"{word} {city.name}",
        "short_name": word,
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": "#120916" if start == "/scanner" else "#ffffff",
        "theme_color": "#4a1a5e",
        "icons": _icons(),
    }
    text = current_app.json.dumps(body)
    return current_app.response_class(text, mimetype="application/manifest+json")


def _icons() -> list[dict[str, str]]:
    def icon(name: str, size: int, purpose: str = "any") -> dict[str, str]:
        sizes = f"{size}x{size}"
        return {"src": asset(name), "type": "image/png", "sizes": sizes, "purpose": purpose}

    return [
        icon("app-192.png", 192),
        icon("app-512.png", 512),
        icon("app-maskable-512.png", 512, "maskable"),
    ]


def show_offline() -> ResponseReturnValue:
    """What the service worker shows where there is no network and nothing was kept."""
    return render_template("errors/offline.html")


def show_till_away() -> ResponseReturnValue:
    """What it shows for a till: nothing is redeemed without the server."""
    return render_template("errors/till_away.html")


def init_app(app: Flask) -> None:
    app.add_url_rule("/service-worker.js", view_func=show_service_worker)
    app.add_url_rule("/manifest.webmanifest", view_func=show_manifest)
    app.add_url_rule("/offline", view_func=show_offline)
    app.add_url_rule("/offline/till", view_func=show_till_away)
