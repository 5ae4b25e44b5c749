"""How a person signs in: address and password."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.accounts import joining, login, profile, queries
from engage.accounts.forms import AddressForm, ChangePasswordForm
from engage.accounts.passwords import PasswordHash, hash_password, is_password
from engage.accounts.routes.blueprint import bp, put_beside, quick
from engage.core.errors import DomainError, PasswordWrong
from engage.web.access import signed_in
from engage.web.context import db, now, work


@bp.get("/me/account/email")
@signed_in
def show_email() -> ResponseReturnValue:
    return render_template("accounts/email.html", form=AddressForm())


@bp.post("/me/account/email")
@signed_in
def change_email() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("accounts/email.html", form=form), 422
    try:
        work(lambda s: joining.request_email(s, current_user.id, form.email.data, now=now()))
    except DomainError as refusal:
        put_beside(form, refusal, "email")
        return render_template("accounts/email.html", form=form), 422
    flash(_("We have written to the new address. It counts once you confirm it there."), "info")
    return redirect(url_for("accounts.show_account"), 303)


@bp.get("/me/account/password")
@signed_in
def show_password() -> ResponseReturnValue:
    return render_template("accounts/password.html", form=ChangePasswordForm())


@bp.post("/me/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return render_template("accounts/password.html", form=form), 422
    was = queries.get_person(db(), current_user.id).password_hash
    new = _checked(form, was)
    if new is None:
        return render_template("accounts/password.html", form=form), 422
    entered = work(lambda s: profile.change_password(s, current_user.id, new, was=was, now=now()))
    login.enter_again(entered.id, entered.session_epoch)
    flash(_("Your new password counts from now on."), "success")
    return redirect(url_for("accounts.show_account"), 303)


def _checked(form: ChangePasswordForm, was: str | None) -> PasswordHash | None:
    """The new hash, if the old password is right and the new one good; else the form says why."""
    if not is_password(was, form.current.data, quick=quick()):
        put_beside(form, PasswordWrong(), "current")
        return None
    try:
        return hash_password(form.password.data, quick=quick())
    except DomainError as refusal:
        put_beside(form, refusal, "password")
        return None


@bp.get("/me/account/second-proof")
@signed_in
def show_security() -> ResponseReturnValue:
    person = queries.get_person(db(), current_user.id)
    codes_left = len(person.recovery_hashes or [])
    is_on = person.totp_confirmed_at is not None
    return render_template("accounts/security.html", is_on=is_on, codes_left=codes_left)
