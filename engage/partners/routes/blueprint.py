"""The blueprint of partners, and the places at the side of their desk."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from engage.core.geography import DORTMUND
from engage.web.context import settings

bp = Blueprint("partners", __name__)


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """A page at the side of the desk.

    also: beginnings of endpoints that belong to it.
    managers_only: others would only be refused there.
    """

    endpoint: str
    label: object
    icon: str
    also: tuple[str, ...] = ()
    managers_only: bool = False


DESK = (
    DeskPlace("partners.show_partner", _l("Overview"), "home"),
    DeskPlace("till.show_till", _l("Till"), "scan"),
    DeskPlace("offers.show_offers", _l("Rewards"), "gift", ("offers.",)),
    DeskPlace("offers.show_redemptions", _l("Redeemed"), "list"),
    DeskPlace(
        "settlement.show_statements",
        _l("Statements"),
        "layers",
        ("settlement.",),
        managers_only=True,
    ),
    DeskPlace(
        "devices.show_tills",
        _l("Tills and devices"),
        "phone",
        ("devices.",),
        managers_only=True,
    ),
    DeskPlace(
        "partners.show_branches",
        _l("Branches"),
        "pin",
        ("partners.show_branch", "partners.open_branch", "partners.change_branch"),
        managers_only=True,
    ),
    DeskPlace("partners.show_team", _l("Team"), "people", ("partners.invite",)),
    DeskPlace(
        "partners.show_profile",
        _l("Profile"),
        "edit",
        ("partners.describe",),
        managers_only=True,
    ),
)


@bp.app_template_global()
def partner_desk(slug: str) -> list[tuple[str, str, str, bool]]:
    """The places of a partner's desk, for ``side_nav``."""
    here = request.endpoint or ""
    manages = any(one.slug == slug and one.role == "manager" for one in current_user.partners)
    shown = [
        one
        for one in DESK
        if one.endpoint in current_app.view_functions and (manages or not one.managers_only)
    ]
    exact = [one for one in shown if one.endpoint == here]
    near = [one for one in shown if one.also and here.startswith(one.also)]
    current = (exact or near)[:1]
    return [
        (str(one.label), url_for(one.endpoint, slug=slug), one.icon, one in current)
        for one in shown
    ]


def districts() -> list[tuple[str, str]]:
    """The city's districts as pairs of code and name, by name."""
    given = settings().city.districts or tuple((one.code, one.name) for one in DORTMUND)
    return sorted(given, key=lambda pair: pair[1])
