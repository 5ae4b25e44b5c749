"""The API of rewards: what is on offer, reserving, and the till."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import abort
from flask import url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import BaseModel, Field

from engage.accounts import passes
from engage.core.errors import NotAllowed, NotSignedIn, Outcome, SecondFactorNeeded
from engage.core.hours import read_hours
from engage.partners import queries as partners
from engage.rewards import catalogue, queries, service, vouchers
from engage.rewards.catalogue import Filter, Offer
from engage.rewards.details import Details, Place
from engage.rewards.search import read_cursor, write_cursor
from engage.rewards.service import ByMember, ByToken, Caller, CardUse
from engage.web.api import Body, answer, bearer, blueprint, with_etag
from engage.web.context import db, now, settings, work

bp = blueprint("rewards")

#: A number that the client makes once for each attempt and keeps across retries.
Nonce = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]
Text = Annotated[str, Field(max_length=400)]


class RewardsQuery(Body):
    """What to look for, and which page."""

    q: Annotated[str, Field(max_length=100)] = ""
    category: Annotated[str, Field(max_length=40)] = ""
    district: Annotated[str, Field(max_length=60)] = ""
    kind: Annotated[str, Field(max_length=20)] = ""
    partner: Annotated[str, Field(max_length=80)] = ""
    most: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    step_free: bool = False
    in_stock: bool = False
    families: bool = False
    last_chance: bool = False
    order: Literal["points", "newest", "ending"] = "points"
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=200)] = ""


class ReserveBody(Body):
    """The client makes the id: a refused attempt stays refused under it."""

    id: uuid.UUID
    reward_id: uuid.UUID


class RedeemBody(Body):
    """partner: only for people who work for several; their one partner else."""

    code: Text
    nonce: Nonce
    partner: Annotated[str, Field(max_length=80)] = ""


class CardBody(Body):
    """Card as scanned and PIN as typed; neither is ever kept."""

    reward_id: uuid.UUID
    card: Text
    pin: Annotated[str, Field(max_length=12)]
    nonce: Nonce
    partner: Annotated[str, Field(max_length=80)] = ""


class UndoBody(Body):
    """Why the till takes something back."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    nonce: Nonce
    partner: Annotated[str, Field(max_length=80)] = ""


class PictureAnswer(BaseModel):
    """A photo of the reward, drawn anew by us; ``alt`` for people who do not see it."""

    large: str
    small: str
    alt: str


class EventAnswer(BaseModel):
    """What a ticket is for."""

    starts_at: datetime
    ends_at: datetime | None
    place: str


class SlotAnswer(BaseModel):
    """Times of a weekday, in the city's zone; an end before the start lies on the next day.

    weekday: 1 for Monday to 7 for Sunday.
    """

    weekday: Annotated[int, Field(ge=1, le=7)]
    start: str
    end: str


class LimitAnswer(BaseModel):
    """How often each person may have it."""

    count: int
    period: str


class PartnerAnswer(BaseModel):
    """Who gives it."""

    slug: str
    name: str


class BranchAnswer(BaseModel):
    """Where it is given."""

    id: uuid.UUID
    name: str
    street: str
    town: str
    district: str | None
    opening_hours: str
    step_free: bool
    accessibility_notes: str


class RewardAnswer(BaseModel):
    """A reward as everybody may see it.

    stock, daily_stock: pieces in all and for each day; null for as many as wanted.
    left_today:         of the pieces for each day.
    hours:              when the till gives it; empty for whenever the branch is open.
    """

    id: uuid.UUID
    title: str
    description: str
    kind: str
    category: str
    points: int
    stock: int | None
    daily_stock: int | None
    left_today: int | None
    limit: LimitAnswer | None
    minimum_age: int
    for_families: bool
    shown_until: datetime | None
    reservable_from: datetime | None
    reservable_until: datetime | None
    redeemable_from: datetime | None
    redeemable_until: datetime | None
    hours: list[SlotAnswer]
    event: EventAnswer | None
    picture: PictureAnswer | None
    code_seconds: int
    partner: PartnerAnswer
    branches: list[BranchAnswer]


class RewardsAnswer(BaseModel):
    """One page; ``next`` is the cursor of the following one."""

    items: list[RewardAnswer]
    next: str | None


@bp.get("/rewards")
@bp.input(RewardsQuery, location="query")
@bp.output(RewardsAnswer)
def list_rewards(query_data: RewardsQuery) -> ResponseReturnValue:
    """Everything on offer, what is there and costs least first."""
    given = query_data
    after = read_cursor(given.cursor, given.order) if given.cursor else None
    found = catalogue.list_page(db(), _wanted(given), now(), limit=given.limit, after=after)
    items = [_offer(one) for one in found.offers]
    return with_etag({"items": items, "next": write_cursor(found.after) or None})


def _wanted(given: RewardsQuery) -> Filter:
    return Filter(
        words=given.q,
        category=given.category,
        district=given.district,
        kind=given.kind,
        partner=given.partner,
        most=given.most,
        step_free=given.step_free,
        in_stock=given.in_stock,
        families=given.families,
        last_chance=given.last_chance,
        order=given.order,
    )


def _offer(offer: Offer) -> dict[str, Any]:
    """As the public sees it: without the face value."""
    return {
        "id": offer.id,
        "title": offer.title,
        "description": offer.description,
        "kind": offer.kind,
        "category": offer.category,
        "points": offer.cost,
        "stock": offer.stock,
        "limit": offer.limit.to_json() if offer.limit else None,
        "minimum_age": offer.minimum_age,
        "reservable_from": offer.reservable_from,
        "reservable_until": offer.reservable_until,
        "code_seconds": int(offer.life.total_seconds()),
        "left_today": offer.left_today,
        **_details(offer.details),
        **_given_by(offer),
    }


def _details(details: Details) -> dict[str, Any]:
    event = picture = None
    if details.event_starts_at is not None:
        event = {
            "starts_at": details.event_starts_at,
            "ends_at": details.event_ends_at,
            "place": details.event_place,
        }
    if details.picture is not None:
        picture = {size: _picture(details.picture, size) for size in ("large", "small")}
        picture["alt"] = details.picture_alt
    return {
        "daily_stock": details.daily_stock,
        "for_families": details.for_families,
        "shown_until": details.shown_until,
        "redeemable_from": details.redeemable_from,
        "redeemable_until": details.redeemable_until,
        "hours": _weekly(details.redeem_hours),
        "event": event,
        "picture": picture,
    }


def _picture(digest: str, size: str) -> str:
    """Under the city's own address, whatever name the request came by."""
    path = url_for("rewards.show_picture", digest=digest, size=size)
    return f"{settings().base_url}{path}"


def _weekly(stored: str) -> list[dict[str, Any]]:
    return [
        {"weekday": day + 1, "start": times[0], "end": times[1]}
        for first, last, written in read_hours(stored).groups()
        for day in range(first, last + 1)
        for times in (one.split("-") for one in written)
    ]


def _given_by(offer: Offer) -> dict[str, Any]:
    return {
        "partner": {"slug": offer.partner_slug, "name": offer.partner_name},
        "branches": [_place(one) for one in offer.places],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "street": place.street,
        "town": place.town,
        "district": place.district_code,
        "opening_hours": place.opening_hours,
        "step_free": place.step_free,
        "accessibility_notes": place.accessibility_notes,
    }


def _citizen() -> uuid.UUID:
    if not current_user.is_authenticated:
        raise NotSignedIn()
    person: uuid.UUID = current_user.id
    return person


@bp.post("/redemptions")
@bp.input(ReserveBody)
def reserve(json_data: ReserveBody) -> ResponseReturnValue:
    """Set a reward aside; the code is in the answer."""
    person, wanted = _citizen(), json_data
    outcome = work(lambda s: service.reserve(s, person, wanted.reward_id, wanted.id, now=now()))
    return answer(outcome, _reserved(outcome, wanted.id) if outcome.is_success else {})


def _reserved(outcome: Outcome, redemption_id: uuid.UUID) -> dict[str, object]:
    facts = outcome.facts
    return {
        "id": redemption_id,
        "code": queries.code_of(db(), queries.get_redemption(db(), redemption_id)),
        "expires_at": facts["expires_at"],
        "points": facts["points"],
        "balance": facts["balance"],
        "near_value_cap": facts["near_value_cap"],
        "replayed": outcome.replayed,
    }


@bp.delete("/redemptions/<uuid:redemption_id>")
def cancel(redemption_id: uuid.UUID) -> ResponseReturnValue:
    """Give a reservation back: the points return."""
    person = _citizen()
    outcome = work(lambda s: service.cancel(s, redemption_id, person, now=now()))
    return answer(outcome, {"code": outcome.code, **outcome.facts})


def _caller(slug: str) -> Caller:
    """The paired till by its token, or the member who is signed in with the second factor."""
    if (token := bearer()) is not None:
        return ByToken(token)
    if not current_user.is_authenticated:
        raise NotSignedIn()
    if not current_user.has_second_factor:
        raise SecondFactorNeeded()
    own = [role.slug for role in current_user.partners]
    chosen = slug or (own[0] if len(own) == 1 else "")
    if not own:
        raise NotAllowed()
    if not chosen:
        abort(422, detail={"json": {"partner": ["Field required"]}})
    return ByMember(current_user.id, partners.get_own(db(), chosen, current_user.id).id)


@bp.post("/redemptions/redeem")
@bp.input(RedeemBody)
def redeem(json_data: RedeemBody) -> ResponseReturnValue:
    """Hand a reward over for its code, once."""
    caller, given = _caller(json_data.partner), json_data
    outcome = work(lambda s: service.redeem(s, caller, given.code, given.nonce, now=now()))
    return answer(outcome, _redeemed(outcome))


def _redeemed(outcome: Outcome) -> dict[str, object]:
    facts = {name: fact for name, fact in outcome.facts.items() if name != "hands_code"}
    if outcome.facts.get("hands_code"):
        facts["voucher_code"] = vouchers.code_of(db(), uuid.UUID(str(outcome.facts["id"])))
    return {**facts, "code": outcome.code, "replayed": outcome.replayed}


@bp.post("/redemptions/card")
@bp.input(CardBody)
def redeem_card(json_data: CardBody) -> ResponseReturnValue:
    """The way without a phone: card and PIN."""
    caller, given = _caller(json_data.partner), json_data
    right = passes.is_pin_right(db(), given.card, given.pin)
    use = CardUse(given.reward_id, given.card, given.pin, right)
    outcome = work(lambda s: service.redeem_with_card(s, caller, use, given.nonce, now=now()))
    return answer(outcome, _redeemed(outcome))


@bp.post("/redemptions/<uuid:redemption_id>/undo")
@bp.input(UndoBody)
def undo(redemption_id: uuid.UUID, json_data: UndoBody) -> ResponseReturnValue:
    """Take a redemption back within 15 minutes."""
    caller, given = _caller(json_data.partner), json_data
    outcome = work(
        lambda s: service.undo(s, caller, redemption_id, given.reason, given.nonce, now=now())
    )
    return answer(outcome, _redeemed(outcome))
