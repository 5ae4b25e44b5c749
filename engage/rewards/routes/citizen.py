"""What is on offer, what one has reserved, and the code to show at the till."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.core.codes import Code, CodeType
from engage.core.errors import InvalidInput, Outcome
from engage.core.geography import DORTMUND
from engage.ledger import queries as ledger
from engage.rewards import catalogue, queries, service
from engage.rewards.catalogue import Filter, Offer, Use
from engage.rewards.routes.blueprints import rewards as bp
from engage.rewards.routes.words import ended_words, life_words, limit_words
from engage.storage.base import new_id
from engage.web import access, qr
from engage.web.context import db, now, settings, work
from engage.web.errors import advice, sentence


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
    balance = _balance()
    given = request.args
    affordable = given.get("affordable") == "1" and balance is not None
    wanted = Filter(
        words=given.get("q", "").strip()[:100],
        category=given.get("category", ""),
        district=given.get("district", ""),
        partner=given.get("partner", ""),
        most=balance if affordable else None,
        order="newest" if given.get("order") == "newest" else "points",
    )
    offers = catalogue.list_offers(db(), wanted, now())
    return render_template("rewards/rewards.html", **_groups(offers, balance), **_choices(wanted))


def _groups(offers: list[Offer], balance: int | None) -> dict[str, Any]:
    """Welcome gifts, what one can have now, and what comes later."""
    reach = balance if balance is not None else 0
    paid = [one for one in offers if one.kind != "welcome"]
    return {
        "balance": balance,
        "welcome": [one for one in offers if one.kind == "welcome"],
        "now_there": [one for one in paid if one.cost <= reach and not one.is_out_of_stock],
        "later": [one for one in paid if one.cost > reach or one.is_out_of_stock],
    }


def _choices(wanted: Filter) -> dict[str, Any]:
    named = {"q": wanted.words, "category": wanted.category, "district": wanted.district}
    order = "newest" if wanted.order == "newest" else ""
    chosen = {**named, "order": order, "partner": wanted.partner}
    return {
        "wanted": wanted,
        "chosen": {name: value for name, value in chosen.items() if value},
        "districts": districts(),
        "categories": [(code, _(name)) for code, name in catalogue.CATEGORIES.items()],
    }


@bp.get("/rewards/<uuid:reward_id>")
def show_reward(reward_id: uuid.UUID) -> ResponseReturnValue:
    return _reward_page(reward_id)


def _reward_page(reward_id: uuid.UUID, refusal: Outcome | None = None) -> str:
    offer = catalogue.get_offer(db(), reward_id, now())
    balance = _balance()
    return render_template(
        "rewards/reward.html",
        offer=offer,
        balance=balance,
        missing=max(0, offer.cost - balance) if balance is not None else 0,
        limit=limit_words(offer.limit),
        life=life_words(offer.life),
        redemption_id=new_id(),
        refusal=(sentence(refusal), advice(refusal), refusal.code) if refusal else None,
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
        return _reward_page(reward_id, outcome), outcome.status
    if outcome.facts.get("near_value_cap"):
        flash(_("You have used most of what rewards may be worth in a year."), "warning")
    return redirect(url_for("rewards.show_redemption", redemption_id=redemption_id), 303)


def _made_by_form() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("id", ""))
    except ValueError:
        raise InvalidInput(fields={"id": "invalid"}) from None


@bp.get("/redemptions/<uuid:redemption_id>")
@access.signed_in
def show_redemption(redemption_id: uuid.UUID) -> ResponseReturnValue:
    use = catalogue.get_use(db(), redemption_id, current_user.id)
    if use.state != "reserved":
        why = ended_words(use.state, use.ended_because)
        return render_template("rewards/redemption_over.html", use=use, why=why)
    return _code_page(use)


def _code_page(use: Use) -> str:
    text = queries.code_of(db(), queries.get_redemption(db(), use.id))
    life = use.expires_at - (use.extended_at or use.reserved_at)
    return render_template(
        "rewards/redemption.html",
        use=use,
        code=text,
        picture=qr.draw_code(Code(CodeType.REDEMPTION, "", text[1:]), _("Code for the till")),
        now=now(),
        seconds=int(life.total_seconds()),
        is_short=use.life.total_seconds() <= 3600,
    )


@bp.post("/redemptions/<uuid:redemption_id>/extend")
@access.signed_in
def extend(redemption_id: uuid.UUID) -> ResponseReturnValue:
    outcome = work(lambda s: service.extend(s, redemption_id, current_user.id, now=now()))
    flash(sentence(outcome), "success")
    return redirect(url_for("rewards.show_redemption", redemption_id=redemption_id), 303)


@bp.post("/redemptions/<uuid:redemption_id>/cancel")
@access.signed_in
def cancel(redemption_id: uuid.UUID) -> ResponseReturnValue:
    outcome = work(lambda s: service.cancel(s, redemption_id, current_user.id, now=now()))
    flash(sentence(outcome), "success")
    return redirect(url_for("rewards.show_rewards"), 303)


@bp.get("/me/redemptions")
@access.signed_in
def show_redemptions() -> ResponseReturnValue:
    uses = catalogue.list_uses(db(), current_user.id)
    return render_template(
        "rewards/redemptions.html",
        waiting=[one for one in uses if one.state == "reserved"],
        past=[one for one in uses if one.state != "reserved"],
        why=ended_words,
    )


@bp.post("/redemptions/<uuid:redemption_id>/dispute")
@access.signed_in
def dispute(redemption_id: uuid.UUID) -> ResponseReturnValue:
    """A redemption with the card was not mine: the office looks at it."""
    work(lambda s: service.dispute(s, redemption_id, current_user.id, now=now()))
    flash(_("Thank you. The programme office looks at it and answers you."), "success")
    return redirect(url_for("rewards.show_redemptions"), 303)
