"""Phones and cards of a person."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.accounts import passes, queries
from engage.accounts.forms import PhoneForm, PinForm
from engage.accounts.routes.blueprint import bp, put_beside, quick
from engage.core.errors import DomainError
from engage.web.access import signed_in
from engage.web.context import db, now, work
from engage.web.phone_cookie import read_phones


@bp.get("/me/account/passes")
@signed_in
def show_passes() -> ResponseReturnValue:
    phones = queries.list_passes(db(), current_user.id, "P")
    cards = queries.list_passes(db(), current_user.id, "K")
    return render_template(
        "accounts/passes.html", phones=phones, cards=cards, here=read_phones(request)
    )


@bp.get("/me/account/passes/<uuid:pass_id>/name")
@signed_in
def show_phone_name(pass_id: uuid.UUID) -> ResponseReturnValue:
    phone = queries.get_pass(db(), current_user.id, pass_id, "P")
    return render_template("accounts/phone.html", form=PhoneForm(obj=phone), pass_id=pass_id)


@bp.post("/me/account/passes/<uuid:pass_id>/name")
@signed_in
def rename_phone(pass_id: uuid.UUID) -> ResponseReturnValue:
    form = PhoneForm()
    if not form.validate_on_submit():
        queries.get_pass(db(), current_user.id, pass_id, "P")
        return render_template("accounts/phone.html", form=form, pass_id=pass_id), 422
    work(lambda s: passes.rename_phone(s, current_user.id, pass_id, form.name.data))
    flash(_("Saved."), "success")
    return redirect(url_for("accounts.show_passes"), 303)


@bp.get("/me/account/passes/<uuid:pass_id>/end")
@signed_in
def show_pass_end(pass_id: uuid.UUID) -> ResponseReturnValue:
    """Asks before a card or phone ends: it cannot be undone."""
    one = queries.get_pass(db(), current_user.id, pass_id, "PK")
    return render_template("accounts/pass_end.html", one=one)


@bp.post("/me/account/passes/<uuid:pass_id>/end")
@signed_in
def revoke_pass(pass_id: uuid.UUID) -> ResponseReturnValue:
    kind = work(lambda s: passes.revoke(s, current_user.id, pass_id, now=now()))
    words = {
        "P": _("This phone no longer shows your pass."),
        "K": _("The card is no longer valid. Nobody can use it any more."),
    }
    flash(words.get(kind, _("Saved.")), "success")
    return redirect(url_for("accounts.show_passes"), 303)


@bp.get("/me/account/cards/<uuid:pass_id>/pin")
@signed_in
def show_pin(pass_id: uuid.UUID) -> ResponseReturnValue:
    card = queries.get_pass(db(), current_user.id, pass_id, "K")
    return render_template("accounts/pin.html", form=PinForm(), card=card)


@bp.post("/me/account/cards/<uuid:pass_id>/pin")
@signed_in
def set_pin(pass_id: uuid.UUID) -> ResponseReturnValue:
    card = queries.get_pass(db(), current_user.id, pass_id, "K")
    form = PinForm()
    if not form.validate_on_submit():
        return render_template("accounts/pin.html", form=form, card=card), 422
    try:
        pin = passes.hash_pin(db(), form.pin.data, quick=quick())
    except DomainError as refusal:
        put_beside(form, refusal, "pin")
        return render_template("accounts/pin.html", form=form, card=card), 422
    work(lambda s: passes.set_pin(s, pass_id, pin, person_id=current_user.id))
    flash(_("The new PIN counts from now on."), "success")
    return redirect(url_for("accounts.show_passes"), 303)
