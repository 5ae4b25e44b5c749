"""The blueprint of partners, and the places at the side of their desk."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from engage.core.geography import DORTMUND
from engage.web.context import settings
from engage.web.desks import DeskPlace, list_places

bp = Blueprint("partners", __name__)


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
    return list_places(DESK, slug, current_user.partners)


def districts() -> list[tuple[str, str]]:
    """The city's districts as pairs of code and name, by name."""
    given = settings().city.districts or tuple((one.code, one.name) for one in DORTMUND)
    return sorted(given, key=lambda pair: pair[1])
