"""The API of partners: who they are and where."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import Field

from engage.partners import queries
from engage.partners.models import Branch, Partner
from engage.web.api import Body, blueprint, with_etag
from engage.web.context import db

bp = blueprint("partners")


class PartnersQuery(Body):
    """What to look for, and which page."""

    q: Annotated[str, Field(max_length=100)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=12, pattern=r"^\d*$")] = ""


@bp.get("/partners")
@bp.input(PartnersQuery, location="query")
def list_partners(query_data: PartnersQuery) -> ResponseReturnValue:
    """Where points are redeemed, by name."""
    given, start = query_data, int(query_data.cursor or 0)
    found = queries.list_public(db(), words=given.q, limit=given.limit + 1, offset=start)
    branches: dict[uuid.UUID, list[Branch]] = defaultdict(list)
    for branch in queries.list_branches_of(db(), [one.id for one in found]):
        branches[branch.partner_id].append(branch)
    page = {
        "items": [_partner(one, branches[one.id]) for one in found[: given.limit]],
        "next": str(start + given.limit) if len(found) > given.limit else None,
    }
    return with_etag(page)


def _partner(partner: Partner, branches: list[Branch]) -> dict[str, Any]:
    return {
        "slug": partner.slug,
        "name": partner.name,
        "about": partner.about,
        "website": partner.website,
        "branches": [_branch(one) for one in branches],
    }


def _branch(branch: Branch) -> dict[str, Any]:
    return {
        "id": branch.id,
        "name": branch.name,
        "street": branch.street,
        "town": branch.town,
        "district": branch.district_code,
        "opening_hours": branch.opening_hours,
        "step_free": branch.step_free,
        "accessibility_notes": branch.accessibility_notes,
    }
