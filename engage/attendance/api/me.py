"""A citizen's own record: who they are here, balance, movements, attendances, places."""

from __future__ import annotations

import uuid
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.activities.queries import find_person_places
from engage.attendance import history, queries
from engage.core.errors import InvalidInput, NotSignedIn
from engage.ledger.queries import balance_of
from engage.web.context import db, now
from engage.web.errors import plain

#: Rows of one page of a list, at most and by default.
MOST, USUAL = 100, 30


def add_to(bp: APIBlueprint) -> None:
    bp.get("/me")(show_me)
    bp.get("/me/balance")(show_balance)
    bp.get("/me/transfers")(list_transfers)
    bp.get("/me/attendances")(list_attendances)
    bp.get("/me/registrations")(list_registrations)


def show_me() -> ResponseReturnValue:
    """Who is signed in."""
    person_id = _me()
    return {
        "id": str(person_id),
        "display_name": current_user.display_name,
        "language": current_user.language,
        "collects_points": current_user.collects_points,
    }


def show_balance() -> ResponseReturnValue:
    """Points that can be spent now."""
    return {"balance": balance_of(db(), _me())}


def list_transfers() -> ResponseReturnValue:
    """Every movement of points with its reason, newest first."""
    limit, before = _page()
    lines = history.list_lines(db(), _me(), limit=limit + 1, before=before)
    items = [
        {
            "id": str(one.id),
            "kind": one.kind,
            "points": one.points,
            "posted_at": plain(one.posted_at),
            "reason": one.reason.title,
            "by": one.reason.by,
        }
        for one in lines[:limit]
    ]
    return _listed(items, more=len(lines) > limit)


def list_attendances() -> ResponseReturnValue:
    """What the person took part in, newest first."""
    limit, before = _page()
    found = queries.list_attendances(db(), _me(), limit=limit + 1, before=before)
    items = [
        {
            "id": str(one.id),
            "occurrence_id": str(one.occurrence_id),
            "title": one.title,
            "organisation": one.organisation,
            "way": one.way,
            "checked_in_at": plain(one.checked_in_at),
            "minutes": one.minutes,
            "points": one.points,
            "credited": one.credited,
        }
        for one in found[:limit]
    ]
    return _listed(items, more=len(found) > limit)


def list_registrations() -> ResponseReturnValue:
    """Places ahead, earliest first."""
    items = [
        {
            "occurrence_id": str(one.occurrence_id),
            "title": one.title,
            "state": one.state,
            "position": one.position,
            "starts_at": plain(one.starts_at),
            "ends_at": plain(one.ends_at),
            "place": one.place,
        }
        for one in find_person_places(db(), _me(), now())
    ]
    return {"items": items, "next": None}


def _me() -> uuid.UUID:
    """Raises NotSignedIn."""
    if not current_user.is_authenticated:
        raise NotSignedIn()
    person_id: uuid.UUID = current_user.id
    return person_id


def _page() -> tuple[int, uuid.UUID | None]:
    """Limit and cursor of the address. Raises InvalidInput."""
    text, cursor = request.args.get("limit", str(USUAL)), request.args.get("cursor", "")
    try:
        limit, before = int(text), uuid.UUID(cursor) if cursor else None
    except ValueError:
        raise InvalidInput(fields={"limit": text, "cursor": cursor}) from None
    if not 1 <= limit <= MOST:
        raise InvalidInput(fields={"limit": text})
    return limit, before


def _listed(items: list[dict[str, Any]], *, more: bool) -> dict[str, Any]:
    return {"items": items, "next": items[-1]["id"] if more else None}
