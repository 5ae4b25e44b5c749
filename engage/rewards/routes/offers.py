"""A partner's rewards: short steps, a preview, and what happens to them afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from engage.core.errors import (
    DomainError,
    FaceValueReasonNeeded,
    FrozenReward,
    OutOfStock,
    PictureUnusable,
    VoucherCodesNeeded,
)
from engage.partners import queries as partners
from engage.partners.models import Partner
from engage.rewards import catalogue, offers, pictures, publishing, vouchers
from engage.rewards.forms import LIVES, NewForm, PriceForm, StockForm, TermsForm, WordsForm
from engage.rewards.models import Reward
from engage.rewards.money import write_cents
from engage.rewards.pictures import Drawn, Look
from engage.rewards.publishing import Beginning
from engage.rewards.routes.blueprints import offers as bp
from engage.rewards.routes.words import life_words, limit_words
from engage.web import access
from engage.web.context import db, now, settings, work
from engage.web.errors import advice, sentence
from engage.web.filters import weekly


def _own(slug: str) -> Partner:
    """Rewards are the managers' business."""
    return partners.get_own(db(), slug, current_user.id, manager=True)


def _step(name: str, partner: Partner, reward: Reward | None, form: object) -> str:
    """One of the short steps; the reward is there from the first on."""
    return render_template(f"rewards/desk/{name}.html", partner=partner, reward=reward, form=form)


@bp.get("/partner/<slug>/rewards")
@access.second_factor
def show_offers(slug: str) -> ResponseReturnValue:
    partner = partners.get_own(db(), slug, current_user.id)
    manages = any(one.slug == slug and one.role == "manager" for one in current_user.partners)
    rewards = offers.list_of(db(), partner.id)
    return render_template(
        "rewards/desk/offers.html", partner=partner, rewards=rewards, is_manager=manages
    )


@bp.get("/partner/<slug>/rewards/new")
@access.second_factor
def show_new(slug: str) -> ResponseReturnValue:
    return _step("new", _own(slug), None, NewForm(formdata=None))


@bp.post("/partner/<slug>/rewards")
@access.second_factor
def draft(slug: str) -> ResponseReturnValue:
    """One page makes a draft that nobody sees; a ticket also needs its day and place."""
    partner, form = _own(slug), NewForm()
    is_fine = form.validate_on_submit()
    price = form.price(form.kind.data)
    drawn = _drawn(form) if is_fine else None
    if form.errors or price is None:
        return _step("new", partner, None, form), 422
    given = Beginning(form.words(), Look(drawn, form.picture_alt.data or ""), price)
    actor = current_user.id
    try:
        made = work(lambda s: publishing.begin(s, partner.id, given, actor_id=actor, now=now()).id)
    except FaceValueReasonNeeded as refusal:
        form.no_value_reason.errors = [sentence(refusal)]
        return _step("new", partner, None, form), 422
    return _go("show_terms" if given.words.kind == "event" else "show_offer", slug, made)


def _drawn(form: WordsForm) -> Drawn | None:
    """The picture that was chosen, drawn anew before the unit of work begins: that is slow."""
    file = form.picture.data
    content = file.read(pictures.MOST_BYTES + 1) if file else b""
    if not content:
        return None
    try:
        return pictures.draw(content)
    except PictureUnusable as refusal:
        form.picture.errors = [sentence(refusal)]
        return None


def _go(page: str, slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(f"offers.{page}", slug=slug, reward_id=reward_id), 303)


@bp.get("/partner/<slug>/rewards/<uuid:reward_id>/words")
@access.second_factor
def show_words(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    partner = _own(slug)
    reward = offers.get_of(db(), reward_id, partner.id)
    return _step("words", partner, reward, WordsForm(formdata=None, obj=reward))


@bp.post("/partner/<slug>/rewards/<uuid:reward_id>/words")
@access.second_factor
def describe(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    partner, form = _own(slug), WordsForm()
    drawn = _drawn(form) if form.validate_on_submit() else None
    if form.errors:
        return _step("words", partner, offers.get_of(db(), reward_id, partner.id), form), 422
    said = form.words()
    look = Look(drawn, form.picture_alt.data or "", without=form.without_picture.data)
    work(
        lambda s: publishing.reword(
            s, offers.get_of(s, reward_id, partner.id), said, look, now=now()
        )
    )
    return _go("show_price", slug, reward_id)


@bp.get("/partner/<slug>/rewards/<uuid:reward_id>/price")
@access.second_factor
def show_price(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    partner = _own(slug)
    reward = offers.get_of(db(), reward_id, partner.id)
    form = PriceForm(
        formdata=None,
        cost=reward.cost or None,
        face_value=write_cents(reward.face_value_cents) if reward.face_value_cents else "",
        no_value_reason=reward.no_value_reason,
        stock=reward.stock,
        daily_stock=reward.daily_stock,
        own_codes=reward.own_codes,
    )
    return _step("price", partner, reward, form)


@bp.post("/partner/<slug>/rewards/<uuid:reward_id>/price")
@access.second_factor
def price(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    """Cost, worth and stock; a frozen cost offers a new version instead."""
    partner, form = _own(slug), PriceForm()
    reward = offers.get_of(db(), reward_id, partner.id)
    given = form.price(reward.kind) if form.validate_on_submit() else None
    if given is None:
        return _step("price", partner, reward, form), 422
    try:
        _change(partner, reward_id, publishing.reprice, given)
    except FaceValueReasonNeeded as refusal:
        form.no_value_reason.errors = [sentence(refusal)]
        return _step("price", partner, reward, form), 422
    except FrozenReward as refusal:
        return _frozen(partner, reward_id, refusal)
    return _go("show_terms", slug, reward_id)


def _change(partner: Partner, reward_id: uuid.UUID, how: Callable[..., bool], to: object) -> None:
    """Change a reward; say so if the office looks at it first."""
    actor = current_user.id
    waits = work(
        lambda s: how(s, offers.get_of(s, reward_id, partner.id), to, actor_id=actor, now=now())
    )
    if waits:
        flash(_("The programme office looks at this change first. Vouchers stay valid."), "info")


def _frozen(partner: Partner, reward_id: uuid.UUID, refusal: DomainError) -> ResponseReturnValue:
    page = render_template(
        "rewards/desk/frozen.html",
        partner=partner,
        reward=offers.get_of(db(), reward_id, partner.id),
        message=sentence(refusal),
        advice=advice(refusal),
        code=refusal.code,
    )
    return page, refusal.status


@bp.get("/partner/<slug>/rewards/<uuid:reward_id>/terms")
@access.second_factor
def show_terms(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    partner = _own(slug)
    reward = offers.get_of(db(), reward_id, partner.id)
    form = TermsForm(
        formdata=None,
        branches=[str(one) for one in offers.branches_of(db(), reward.id)],
        limit_count=reward.limit_count,
        limit_period=reward.limit_period or "",
        life=str(reward.reserve_minutes),
        minimum_age=reward.minimum_age or None,
        redeem_hours=weekly(reward.redeem_hours),
        event_place=reward.event_place,
        **{name: _typed(getattr(reward, name)) for name in INSTANTS},
    )
    return _step("terms", partner, reward, _offered(form, partner, reward))


#: Fields of the third step that are instants.
INSTANTS = (
    "shown_from",
    "shown_until",
    "reservable_from",
    "reservable_until",
    "redeemable_from",
    "redeemable_until",
    "event_starts_at",
    "event_ends_at",
)


def _typed(instant: datetime | None) -> datetime | None:
    """An instant as the city's clock shows it, for a field."""
    return instant.astimezone(settings().zone).replace(tzinfo=None) if instant else None


def _offered(form: TermsForm, partner: Partner, reward: Reward) -> TermsForm:
    branches = partners.list_branches(db(), partner.id)
    form.branches.choices = [SelectChoice(str(one.id), one.name) for one in branches]
    lives = sorted({*LIVES, reward.reserve_minutes})
    form.life.choices = [
        SelectChoice(str(one), life_words(timedelta(minutes=one))) for one in lives
    ]
    return form


def _known_branches(form: TermsForm) -> TermsForm:
    known = {choice.value for choice in form.branches.choices}
    form.branches.data = [one for one in form.branches.data or [] if one in known]
    return form


@bp.post("/partner/<slug>/rewards/<uuid:reward_id>/terms")
@access.second_factor
def set_terms(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    """When, where, how often; a frozen start offers a new version instead."""
    partner = _own(slug)
    reward = offers.get_of(db(), reward_id, partner.id)
    form = _known_branches(_offered(TermsForm(), partner, reward))
    terms = form.terms(settings().zone, reward.kind) if form.validate_on_submit() else None
    if terms is None:
        return _step("terms", partner, reward, form), 422
    try:
        _change(partner, reward_id, publishing.change_terms, terms)
    except FrozenReward as refusal:
        return _frozen(partner, reward_id, refusal)
    return _go("show_offer", slug, reward_id)


@bp.get("/partner/<slug>/rewards/<uuid:reward_id>")
@access.second_factor
def show_offer(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    """The reward as the citizen sees it, and what can be done with it."""
    return _offer_page(_own(slug), reward_id, StockForm(formdata=None))


def _offer_page(partner: Partner, reward_id: uuid.UUID, form: StockForm) -> str:
    reward = offers.get_of(db(), reward_id, partner.id)
    offer = catalogue.preview(db(), reward.id)
    return render_template(
        "rewards/desk/offer.html",
        partner=partner,
        reward=reward,
        offer=offer,
        limit=limit_words(offer.limit),
        life=life_words(offer.life),
        waits=publishing.why_it_waits(db(), reward, now()) if reward.status == "draft" else (),
        changes=offers.list_stock_changes(db(), reward.id),
        codes=vouchers.count(db(), reward.id) if reward.own_codes != "none" else None,
        form=form,
    )


@bp.post("/partner/<slug>/rewards/<uuid:reward_id>/<any(publish, withdraw, pause, end):name>")
@access.second_factor
def step(slug: str, reward_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Publish, withdraw, pause or end; open reservations are honoured."""
    partner, actor = _own(slug), current_user.id
    try:
        status = work(
            lambda s: publishing.step(
                s, offers.get_of(s, reward_id, partner.id), name, now=now(), actor_id=actor
            )
        )
    except VoucherCodesNeeded as refusal:
        flash(sentence(refusal), "warning")
        return _go("show_codes", slug, reward_id)
    flash(_said(name, status), "success")
    return _go("show_offer", slug, reward_id)


def _said(name: str, status: str) -> str:
    if status == "submitted":
        return str(_("Sent. The programme office looks at it first and writes to you."))
    words: dict[str, str] = {
        "publish": _("The reward is on offer."),
        "withdraw": _("Taken back. You can change it and publish it again."),
        "pause": _("The reward is paused. Vouchers that are out stay valid."),
        "end": _("The reward has ended. Vouchers that are out stay valid."),
    }
    return words[name]


@bp.post("/partner/<slug>/rewards/<uuid:reward_id>/version")
@access.second_factor
def make_version(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    """A copy as a draft: a new cost or start for those who come after."""
    partner = _own(slug)
    made = work(
        lambda s: (
            publishing.new_version(
                s,
                offers.get_of(s, reward_id, partner.id),
                actor_id=current_user.id,
                now=now(),
            ).id
        )
    )
    flash(_("Here is the new version as a draft. The old one ends when you publish it."), "info")
    return _go("show_price", slug, made)


@bp.post("/partner/<slug>/rewards/<uuid:reward_id>/stock")
@access.second_factor
def correct_stock(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    """Pieces more or fewer, with a reason."""
    partner, form = _own(slug), StockForm()
    if not form.validate_on_submit():
        return _offer_page(partner, reward_id, form), 422
    by, reason, actor = form.by.data, form.reason.data, current_user.id
    try:
        work(
            lambda s: offers.correct_stock(
                s, offers.get_of(s, reward_id, partner.id), by, reason, actor_id=actor, now=now()
            )
        )
    except OutOfStock:
        form.by.errors = [_("There are fewer pieces than that.")]
        return _offer_page(partner, reward_id, form), 422
    flash(_("The stock is corrected."), "success")
    return _go("show_offer", slug, reward_id)
