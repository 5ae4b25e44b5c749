"""The till: scan or type, hand over, undo. For paired devices under ``/till``, for members
under ``/partner/<slug>/till``: the same pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from engage.accounts import passes
from engage.core.codes import CodeType, read_code
from engage.core.errors import DomainError, Guessing, NotFound, Outcome
from engage.rewards import counter, service, vouchers
from engage.rewards.counter import Given
from engage.rewards.forms import CardForm, CodeForm, UndoForm
from engage.rewards.routes.blueprints import till as bp
from engage.rewards.routes.stand import Stand, View, at_the_till, choose_branch, today_began
from engage.rewards.service import CardUse
from engage.storage.base import new_id
from engage.web.context import db, now, work
from engage.web.errors import advice, sentence


def both(path: str, method: str = "GET") -> Callable[[View], View]:
    """One view for the paired device and for the member."""

    def add(view: View) -> View:
        guarded = at_the_till(view)
        for prefix in ("/till", "/partner/<slug>/till"):
            bp.add_url_rule(f"{prefix}{path}", view.__name__, guarded, methods=[method])
        return guarded

    return add


def _nonce() -> str:
    """Made with the form, so that a double click is a repeat."""
    return new_id().hex


@both("")
def show_till(stand: Stand) -> ResponseReturnValue:
    """Camera and typing on one screen, the last redemption beside it."""
    if stand.slug and stand.branch is None and stand.branches:
        return render_template("rewards/till/branch.html", stand=stand)
    return _till_page(stand, CodeForm(formdata=None, data={"nonce": _nonce()}))


def _till_page(stand: Stand, form: CodeForm) -> str:
    given = counter.list_last(db(), stand.till, now())
    last = given[0] if given else None
    return render_template(
        "rewards/till/scan.html",
        stand=stand,
        form=form,
        count=counter.count_since(db(), stand.till, today_began(now())),
        last=last,
        earlier=given[1:],
        can_undo=last is not None and last.can_be_undone(now()),
    )


@both("/branch", "POST")
def choose(stand: Stand) -> ResponseReturnValue:
    """Where the member stands today."""
    wanted = request.form.get("branch", "")
    branch = next((one for one in stand.branches if str(one.id) == wanted), None)
    if branch is None or stand.slug is None:
        raise NotFound()
    choose_branch(stand.slug, branch.id)
    return redirect(stand.url("show_till"), 303)


@both("", "POST")
def redeem(stand: Stand) -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate_on_submit():
        return _till_page(stand, form), 422
    if _is_card(form.code.data):
        return _card_page(stand, CardForm(formdata=None, card=form.code.data, nonce=_nonce()))
    nonce = form.nonce.data or _nonce()
    try:
        outcome = work(lambda s: service.redeem(s, stand.caller, form.code.data, nonce, now=now()))
    except Guessing as paused:
        return _paused(stand, paused)
    return _to_result(stand, nonce, outcome)


def _to_result(stand: Stand, nonce: str, outcome: Outcome) -> ResponseReturnValue:
    """The answer has an address of its own; a repeat says there that it is one."""
    again = {"again": 1} if outcome.replayed else {}
    return redirect(stand.url("show_result", nonce=nonce, **again), 303)


def _is_card(text: str) -> bool:
    """A printed card before the camera: its reward and PIN come next."""
    code = read_code(text)
    return code is not None and code.type is CodeType.CARD


def _paused(stand: Stand, paused: DomainError) -> ResponseReturnValue:
    response = make_response(_result_page(stand, Outcome.of(paused)), paused.status)
    response.headers["Retry-After"] = str(paused.facts["retry_after"])
    return response


@both("/answers/<nonce>")
def show_result(stand: Stand, nonce: str) -> ResponseReturnValue:
    """The answer fills the screen; loading it again books nothing."""
    return _result_page(stand, counter.get_answer(db(), stand.till.id, nonce))


#: How an answer looks: amber for what was already so, red for everything that is not possible.
LOOKS = {"redeemed": "ok", "refunded": "ok", "already_redeemed": "known"}


def _result_page(stand: Stand, outcome: Outcome) -> str:
    given = _given(stand, outcome)
    has_code = given is not None and outcome.facts.get("hands_code")
    return render_template(
        "rewards/till/result.html",
        stand=stand,
        outcome=outcome,
        again="again" in request.args,
        given=given,
        undo_until=given.undo_until if given is not None and given.can_be_undone(now()) else None,
        own_code=vouchers.code_of(db(), given.id) if given is not None and has_code else "",
        state=LOOKS.get(outcome.code, "refused"),
        message=sentence(outcome),
        advice=advice(outcome),
        at=outcome.facts.get("redeemed_at") or outcome.facts.get("refunded_at") or now(),
    )


def _given(stand: Stand, outcome: Outcome) -> Given | None:
    """What this answer has handed over, as it stands now."""
    if outcome.code != "redeemed":
        return None
    redemption_id = uuid.UUID(str(outcome.facts["id"]))
    return counter.get_given(db(), redemption_id, stand.till.partner_id)


@both("/card")
def show_card(stand: Stand) -> ResponseReturnValue:
    """For people without a phone: reward, card, PIN."""
    return _card_page(stand, CardForm(formdata=None, data={"nonce": _nonce()}))


def _card_page(stand: Stand, form: CardForm) -> str:
    rewards = counter.list_for_card(db(), stand.till.partner_id, stand.till.branch_id, now())
    form.reward.choices = [SelectChoice(str(one.id), one.title) for one in rewards]
    return render_template("rewards/till/card.html", stand=stand, form=form, rewards=rewards)


@both("/card", "POST")
def redeem_card(stand: Stand) -> ResponseReturnValue:
    form = CardForm()
    form.reward.validate_choice = False
    wanted = _uuid(form.reward.data)
    if not form.validate_on_submit() or wanted is None:
        return _card_page(stand, form), 422
    right = passes.is_pin_right(db(), form.card.data, form.pin.data)
    use = CardUse(wanted, form.card.data, form.pin.data, right)
    nonce = form.nonce.data or _nonce()
    try:
        outcome = work(lambda s: service.redeem_with_card(s, stand.caller, use, nonce, now=now()))
    except Guessing as paused:
        return _paused(stand, paused)
    if outcome.status == 429:
        return _result_page(stand, outcome), 429
    return _to_result(stand, nonce, outcome)


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


@both("/redemptions/<uuid:redemption_id>/undo")
def show_undo(stand: Stand, redemption_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why before anything is taken back."""
    form = UndoForm(formdata=None, data={"nonce": _nonce()})
    return _undo_page(stand, redemption_id, form)


def _undo_page(stand: Stand, redemption_id: uuid.UUID, form: UndoForm) -> str:
    given = counter.get_given(db(), redemption_id, stand.till.partner_id)
    return render_template(
        "rewards/till/undo.html",
        stand=stand,
        form=form,
        given=given,
        open=given.can_be_undone(now()),
    )


@both("/redemptions/<uuid:redemption_id>/undo", "POST")
def undo(stand: Stand, redemption_id: uuid.UUID) -> ResponseReturnValue:
    form = UndoForm()
    if not form.validate_on_submit():
        return _undo_page(stand, redemption_id, form), 422
    nonce = form.nonce.data or _nonce()
    reason = form.reason.data
    undone = work(lambda s: service.undo(s, stand.caller, redemption_id, reason, nonce, now=now()))
    return _to_result(stand, nonce, undone)
