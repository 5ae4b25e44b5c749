"""What is on offer: the list, one reward, and a citizen's favourites."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.accounts import profile
from engage.core.errors import InvalidInput, Outcome
from engage.core.geography import DORTMUND
from engage.ledger import queries as ledger
from engage.rewards import catalogue, favourites, giving, service, uses
from engage.rewards.catalogue import Filter, Offer, Page
from engage.rewards.reserving import foresee
from engage.rewards.routes.blueprints import rewards as bp
from engage.rewards.routes.words import life_words, limit_words, way_on
from engage.rewards.search import COSTS, Search, read_cursor, write_cursor
from engage.storage.base import new_id
from engage.storage.engine import zone_of
from engage.web import access
from engage.web.context import db, now, settings, work
from engage.web.errors import advice, sentence

#: Rewards on one page of the list, and welcome gifts above it.
PAGE, MOST_GIFTS = 24, 6


def _balance() -> int | None:
    """What the person can spend; None for a stranger."""
    return ledger.balance_of(db(), current_user.id) if current_user.is_authenticated else None


def districts() -> list[tuple[str, str]]:
    """The city's districts as pairs of code and name."""
    given = settings().city.districts or tuple((one.code, one.name) for one in DORTMUND)
    return sorted(given, key=lambda pair: pair[1])


@bp.get("/rewards")
def show_rewards() -> ResponseReturnValue:
    """What can be had for points: what is affordable first."""
    search, balance = Search.read(request.args), _balance()
    wanted = search.wanted(balance, current_user.district_code)
    after = read_cursor(request.args.get("cursor", ""), search.order)
    page = catalogue.list_page(db(), wanted, now(), limit=PAGE, after=after)
    gifts = [] if after or search.args() else _gifts()
    groups = _groups(page, search, balance) | {"gifts": gifts, "is_first": after is None}
    own = _own([*page.offers, *gifts])
    return render_template("rewards/rewards.html", search=search, **groups, **_choices(), **own)


def _groups(page: Page, search: Search, balance: int | None) -> dict[str, Any]:
    """What one can have now, and what comes later; one list where the order is another."""
    reach = balance if balance is not None else 0
    by_reach = balance is not None and not search.order
    now_there = [one for one in page.offers if by_reach and one.cost <= reach and one.is_there]
    return {
        "balance": balance,
        "cursor": write_cursor(page.after),
        "by_reach": by_reach,
        "now_there": now_there,
        "later": [one for one in page.offers if one not in now_there],
    }


def _choices() -> dict[str, Any]:
    return {
        "districts": districts(),
        "categories": [(code, _(name)) for code, name in catalogue.CATEGORIES.items()],
        "costs": COSTS,
    }


def _gifts() -> list[Offer]:
    """Welcome gifts of partners that have not welcomed this person yet."""
    done = uses.list_welcomed(db(), current_user.id) if current_user.is_authenticated else set()
    found = catalogue.list_offers(db(), Filter(kind="welcome", in_stock=True), now(), limit=50)
    return [one for one in found if one.partner_id not in done][:MOST_GIFTS]


def _own(offers: list[Offer]) -> dict[str, Any]:
    """What a list says of the person's own part: hearts, open reservations, limits."""
    own: dict[str, Any] = {"marked": frozenset(), "open_ids": {}, "again": {}}
    own |= {"signed_in": current_user.is_authenticated, "hides": current_user.hides_points}
    if current_user.is_authenticated:
        had = uses.list_had(db(), current_user.id, {one.series_id for one in offers})
        own["marked"] = favourites.list_series(db(), current_user.id)
        own["open_ids"] = {series: one.open_id for series, one in had.items() if one.open_id}
        own["again"] = _again(offers, had)
    return {"own": own, "limit_words": limit_words}


def _again(offers: list[Offer], had: dict[uuid.UUID, uses.Had]) -> dict[uuid.UUID, datetime | None]:
    """When rewards that were had as often as offered are free again; None for never."""
    tz, again = zone_of(db()), {}
    for one in offers:
        times = had[one.series_id].times if one.series_id in had else ()
        if one.limit is not None and one.limit.used(times, now(), tz) >= one.limit.count:
            again[one.id] = one.limit.free_again_at(times, now(), tz)
    return again


@bp.get("/rewards/<uuid:reward_id>")
def show_reward(reward_id: uuid.UUID) -> ResponseReturnValue:
    return reward_page(reward_id)


def reward_page(reward_id: uuid.UUID, refusal: Outcome | None = None) -> str:
    """The page of a reward; after a refusal with the reason and a way on."""
    offer = catalogue.get_offer(db(), reward_id, now())
    balance = _balance()
    foreseen = None
    if balance is not None and refusal is None:
        foreseen = foresee(db(), current_user.id, reward_id, now=now())
    refused = refusal or foreseen
    return render_template(
        "rewards/reward.html",
        offer=offer,
        balance=balance,
        shows_points=not current_user.hides_points or "show" in request.args,
        missing=max(0, offer.cost - balance) if balance is not None else 0,
        limit=limit_words(offer.limit),
        life=life_words(offer.life),
        redemption_id=new_id(),
        refused=(sentence(refused), advice(refused), refused.code) if refused else None,
        just_now=refusal is not None,
        way=way_on(refused) if refused else None,
        given=giving.sum_so_far(db(), offer.good_cause) if offer.good_cause else 0,
        **_own([offer]),
    )


@bp.post("/rewards/<uuid:reward_id>/redemptions")
@access.signed_in
def reserve(reward_id: uuid.UUID) -> ResponseReturnValue:
    """Set the reward aside; sending the same form twice reserves once."""
    redemption_id = _made_by_form()
    outcome = work(
        lambda s: service.reserve(s, current_user.id, reward_id, redemption_id, now=now())
    )
    if not outcome.is_success:
        return reward_page(reward_id, outcome), outcome.status
    if outcome.facts.get("near_value_cap"):
        flash(_("You have used most of what rewards may be worth in a year."), "warning")
    return redirect(url_for("rewards.show_redemption", redemption_id=redemption_id), 303)


@bp.post("/rewards/<uuid:reward_id>/gifts")
@access.signed_in
def give(reward_id: uuid.UUID) -> ResponseReturnValue:
    """Points for a good cause; sending the same form twice gives once."""
    gift_id = _made_by_form()
    outcome = work(lambda s: service.give(s, current_user.id, reward_id, gift_id, now=now()))
    if not outcome.is_success:
        return reward_page(reward_id, outcome), outcome.status
    return redirect(url_for("rewards.show_redemption", redemption_id=gift_id), 303)


def _made_by_form() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("id", ""))
    except ValueError:
        raise InvalidInput(fields={"id": "invalid"}) from None


@bp.get("/me/favourites")
@access.signed_in
def show_favourites() -> ResponseReturnValue:
    offers = favourites.list_marked(db(), current_user.id, now())
    return render_template(
        "rewards/favourites.html",
        offers=offers,
        balance=_balance(),
        present=now(),
        wants_mail=favourites.wants_mail(db(), current_user.id),
        **_own(offers),
    )


@bp.post("/me/favourites/mail")
@access.signed_in
def choose_favourite_mail() -> ResponseReturnValue:
    on = request.form.get("on") == "1"
    work(lambda s: profile.switch_mail(s, current_user.id, "favourite", on=on))
    flash(_("We write to you when you can have a favourite.") if on else _("Saved."), "success")
    return redirect(url_for("rewards.show_favourites"), 303)


@bp.post("/rewards/<uuid:reward_id>/favourite")
@access.signed_in
def mark_favourite(reward_id: uuid.UUID) -> ResponseReturnValue:
    work(lambda s: favourites.mark(s, reward_id, current_user.id, now=now()))
    return _back(reward_id)


@bp.post("/rewards/<uuid:reward_id>/favourite/remove")
@access.signed_in
def unmark_favourite(reward_id: uuid.UUID) -> ResponseReturnValue:
    work(lambda s: favourites.unmark(s, reward_id, current_user.id))
    return _back(reward_id)


def _back(reward_id: uuid.UUID) -> ResponseReturnValue:
    """To the card in the list where the star was pressed, else to the page of the reward."""
    target = request.form.get("next", "")
    if not access.is_safe_next(target):
        return redirect(url_for("rewards.show_reward", reward_id=reward_id), 303)
    return redirect(f"{target.partition('#')[0]}#r-{reward_id}", 303)
