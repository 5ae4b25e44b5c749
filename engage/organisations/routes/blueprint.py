"""The blueprint of organisations, and the places at the side of their desk."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user

bp = Blueprint("organisations", __name__)


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """A page at the side of the desk. Shown where the installation has it.

    also: beginnings of endpoints that belong to it.
    managers_only: others would only be refused there.
    """

    endpoint: str
    label: object
    icon: str
    also: tuple[str, ...] = ()
    managers_only: bool = False


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
    here = request.endpoint or ""
    manages = any(one.slug == slug and one.role == "manager" for one in current_user.organisations)
    shown = [
        one
        for one in DESK
        if one.endpoint in current_app.view_functions and (manages or not one.managers_only)
    ]
    exact = [one for one in shown if one.endpoint == here]
    near = [one for one in shown if here.startswith(one.also)] if not exact else []
    current = (exact + near)[:1]
    return [
        (str(one.label), url_for(one.endpoint, slug=slug), one.icon, one in current)
        for one in shown
    ]


@bp.app_template_global()
def endpoints() -> frozenset[str]:
    """The pages this installation has, for links into features above this one."""
    return frozenset(current_app.view_functions)
