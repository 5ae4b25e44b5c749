"""The blueprint of organisations, and the places at the side of their desk."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _
from flask_login import current_user

from engage.web.desks import DeskPlace, list_places

bp = Blueprint("organisations", __name__)


DESK = (
    DeskPlace("organisations.show_organisation", _("Overview"), "home"),
    DeskPlace("activities.show_own_activities", _("Offers"), "list", ("activities.",)),
    DeskPlace("attendance.show_claims", _("Reported hours"), "clock", ("attendance.",)),
    DeskPlace("devices.show_devices", _("Devices"), "phone", ("devices.",)),
    DeskPlace("activities.show_import", _("Import"), "upload"),
    DeskPlace("organisations.show_team", _("Team"), "people"),
    DeskPlace("organisations.show_profile", _("Profile"), "edit", managers_only=True),
)


@bp.app_template_global()
def organisation_desk(slug: str) -> list[tuple[str, str, str, bool]]:
    """The places of an organisation's desk, for ``side_nav``."""
    return list_places(DESK, slug, current_user.organisations)
