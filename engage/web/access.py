"""Who may open a route. Each view says so once; ``tests/access`` holds the table of all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.core.errors import NotAllowed, NotFound, SecondFactorNeeded

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
View = Callable[P, ResponseReturnValue]


def signed_in(view: Callable[P, R]) -> View[P]:
    """For people with an account; a stranger is asked to sign in and comes back here."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        return view(*args, **kwargs)

    return guarded


def second_factor(view: Callable[P, R]) -> View[P]:
    """For those who act for others: managers, partners, the office. Needs the second factor.

    A desk is absent for people who do not work there: they are not led to a second factor first.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        if "slug" in kwargs and not _works_for(kwargs["slug"]):
            raise NotFound()
        if not current_user.has_second_factor:
            return _ask_for_second_factor()
        return view(*args, **kwargs)

    return guarded


def office(view: Callable[P, R]) -> View[P]:
    """For the programme office, with the second factor."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        if not current_user.is_office:
            raise NotAllowed()
        return proven(*args, **kwargs)

    proven = second_factor(view)
    return guarded


def ensure_managers_prove(slug: str | None = None) -> None:
    """Whoever manages gives the second factor before acting for an organisation, in any part.

    slug: of the organisation; None where the address does not say it: then managing any counts.

    Raises SecondFactorNeeded.
    """
    manages = any(
        one.role == "manager" and slug in {None, one.slug} for one in current_user.organisations
    )
    if manages and not current_user.has_second_factor:
        raise SecondFactorNeeded()


def _lead_managers_to_their_proof() -> ResponseReturnValue | None:
    """Before every page below ``/organise``: an organiser may pass, a manager proves first."""
    if request.endpoint is None or not request.path.startswith("/organise/"):
        return None
    try:
        ensure_managers_prove((request.view_args or {}).get("slug"))
    except SecondFactorNeeded:
        return _ask_for_second_factor()
    return None


def _ask_for_second_factor() -> ResponseReturnValue:
    return redirect(url_for("accounts.show_second_factor", next=_here()), 303)


def _works_for(slug: object) -> bool:
    """In any part; whether as a manager is asked by the view."""
    return any(role.slug == slug for role in (*current_user.organisations, *current_user.partners))


def ask_to_sign_in() -> ResponseReturnValue:
    return redirect(url_for("accounts.show_sign_in", next=_here()), 303)


def _here() -> str:
    """Where to come back to: this page, or after a POST the page it was sent from."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return "/"


def is_safe_next(target: str | None) -> bool:
    """Only a path of this site is followed: no other host, no scheme, no control character."""
    return bool(
        target
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and target.isprintable()
        and "\\" not in target
    )


def init_app(app: Flask) -> None:
    app.before_request(_lead_managers_to_their_proof)
