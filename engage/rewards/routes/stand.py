"""Who stands at the till: this browser as a paired device, or a member who is signed in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.core.errors import DomainError
from engage.core.periods import day_of, day_start
from engage.devices.cookie import read_token
from engage.partners import queries as partners
from engage.partners.models import Branch
from engage.rewards import service
from engage.rewards.service import ByMember, ByToken, Caller, Till
from engage.web import access
from engage.web.context import db, now, settings


@dataclass(frozen=True, slots=True)
class Stand:
    """The till as its pages need it. ``slug`` is None for a paired device."""

    slug: str | None
    caller: Caller
    till: Till
    partner_name: str
    branch: Branch | None
    branches: tuple[Branch, ...]

    @property
    def title(self) -> str:
        """ "Corner Bakery · Market square" as the bar of the till shows it."""
        return self.partner_name

    @property
    def under(self) -> str:
        names = (self.branch.name if self.branch else "", self.till.name)
        return " · ".join(name for name in names if name)

    def url(self, page: str, **given: object) -> str:
        """A page of this same till."""
        return url_for(f"till.{page}", slug=self.slug, **given)  # type: ignore[arg-type]  # words and ids


def _key(slug: str) -> str:
    return f"till_branch:{slug}"


def choose_branch(slug: str, branch_id: uuid.UUID) -> None:
    """Where the member stands today; kept in the session."""
    session[_key(slug)] = str(branch_id)


def _of_member(slug: str) -> Stand:
    partner = partners.get_own(db(), slug, current_user.id)
    branches = tuple(partners.list_branches(db(), partner.id))
    chosen = session.get(_key(slug), "")
    found = [one for one in branches if str(one.id) == chosen or len(branches) == 1]
    branch = found[0] if found else None
    caller = ByMember(current_user.id, partner.id, branch.id if branch else None)
    return Stand(slug, caller, service.admit(db(), caller, now()), partner.name, branch, branches)


def _of_device(token: str) -> Stand:
    caller = ByToken(token)
    till = service.admit(db(), caller, now())
    partner = partners.get_partner(db(), till.partner_id)
    branches = tuple(partners.list_branches(db(), partner.id))
    branch = next((one for one in branches if one.id == till.branch_id), None)
    return Stand(None, caller, till, partner.name, branch, branches)


View = Callable[..., ResponseReturnValue]


def at_the_till(view: View) -> View:
    """Give the view its ``stand``; a browser that is no till is led to pairing."""

    @access.second_factor
    def for_member(slug: str, **given: object) -> ResponseReturnValue:
        return view(_of_member(slug), **given)

    @wraps(view)
    def guarded(slug: str | None = None, **given: object) -> ResponseReturnValue:
        if slug is not None:
            return for_member(slug=slug, **given)
        stand = _find_device()
        return view(stand, **given) if stand is not None else _pair_first()

    return guarded


def _find_device() -> Stand | None:
    token = read_token(request)
    try:
        return _of_device(token) if token is not None else None
    except DomainError:  # unknown, switched off, or a scanner
        return None


def _pair_first() -> ResponseReturnValue:
    flash(_("This browser is not paired as a till."), "warning")
    return redirect(url_for("devices.show_pairing"), 303)


def today_began(at: datetime) -> datetime:
    """The city's midnight: what was given today counts from it."""
    return day_start(day_of(at, settings().zone), settings().zone)
