"""The main ways through the pages: who sees which entry, and which one is the present page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext
from flask_login import current_user


@dataclass(frozen=True, slots=True)
class Place:
    """A place people go to from every page.

    endpoint: the page it opens; its feature's other pages count as the same place, see ``also``.
    audience: who is shown it: everybody, people who are signed in, or strangers.
    also:     endpoints (or, with a dot at the end, whole features) that belong here too.
    """

    endpoint: str
    label: object
    icon: str
    audience: str = "all"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A Place as this page shows it."""

    label: str
    icon: str
    url: str
    current: bool
    endpoint: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A place where somebody works for others, as the menu at the top shows it."""

    name: str
    url: str
    icon: str


#: A citizen's own record, kept by attendance, stands below “Me”.
RECORD = tuple(
    f"attendance.show_{page}"
    for page in ("points", "attendances", "attendance", "review", "missing", "hours", "hours_form")
)

#: The bar at the thumb, in this order; on wide windows the same places stand at the top.
MAIN = (
    Place(
        "home.show_home",
        lazy_pgettext("menu", "Start"),
        "home",
        "signed_in",
        also=("home.show_start",),
    ),
    Place("home.show_start", lazy_pgettext("menu", "Start"), "home", "stranger"),
    Place(
        "activities.show_activities",
        lazy_pgettext("menu", "Take part"),
        "join",
        also=("activities.",),
    ),
    Place(
        "attendance.show_pass",
        lazy_pgettext("menu", "Pass"),
        "pass",
        also=("attendance.show_phones", "attendance.show_check_in"),
    ),
    Place("rewards.show_rewards", lazy_pgettext("menu", "Redeem"), "gift", also=("rewards.",)),
    Place(
        "accounts.show_account",
        lazy_pgettext("menu", "Me"),
        "person",
        "signed_in",
        also=("accounts.", "privacy.", *RECORD),
    ),
    Place(
        "accounts.show_sign_in",
        lazy_pgettext("menu", "Me"),
        "person",
        "stranger",
        also=("accounts.",),
    ),
)

FOOTER = (
    Place("home.show_help", _("Help"), "info"),
    Place("home.show_rules", _("How points come about"), "layers"),
    Place("home.show_accessibility", _("Accessibility"), "access"),
    Place("home.show_privacy", _("Privacy"), "shield"),
    Place("home.show_terms", _("Terms of use"), "list"),
    Place("home.show_imprint", _("Imprint"), "home"),
)


def _is_here(place: Place) -> bool:
    endpoint = request.endpoint or ""
    return endpoint == place.endpoint or any(
        endpoint.startswith(name) if name.endswith(".") else endpoint == name for name in place.also
    )


def _entries(places: tuple[Place, ...]) -> list[Entry]:
    audience = {"all", "signed_in" if current_user.is_authenticated else "stranger"}
    shown = [
        place
        for place in places
        if place.audience in audience and place.endpoint in current_app.view_functions
    ]
    exact = [place for place in shown if place.endpoint == request.endpoint]
    here = exact[:1] or [place for place in shown if _is_here(place)][:1]
    return [
        Entry(
            str(place.label),
            place.icon,
            url_for(place.endpoint),
            place in here,
            place.endpoint,
        )
        for place in shown
    ]


def main_navigation() -> list[Entry]:
    """The places of the tab bar and of the top of the page."""
    return _entries(MAIN)


def footer_navigation() -> list[Entry]:
    """The links at the foot of every page."""
    return _entries(FOOTER)


def way_to(endpoint: str, **values: Any) -> str:
    """The address of a page; empty where there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def desks() -> list[Desk]:
    """Where the person works for others: their organisations, their partners, the office."""
    if not current_user.is_authenticated:
        return []
    found = [
        Desk(role.name, url_for(endpoint, slug=role.slug), symbol)
        for endpoint, symbol, roles in (
            ("organisations.show_organisation", "people", current_user.organisations),
            ("partners.show_partner", "gift", current_user.partners),
        )
        for role in roles
    ]
    if current_user.is_office:
        found.append(Desk(str(_("Programme office")), url_for("office.show_office"), "shield"))
    return found


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        main_navigation=main_navigation,
        footer_navigation=footer_navigation,
        way_to=way_to,
        desks=desks,
    )
