"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.accounts import login, profile, signing
from engage.accounts.forms import SignInForm
from engage.accounts.passwords import is_password
from engage.accounts.routes.blueprint import bp, network, next_or, put_beside, quick
from engage.core.errors import SignInFailed, SignInPaused
from engage.web.access import signed_in
from engage.web.context import now, work, work_each


@bp.get("/sign-in")
def show_sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(next_or(url_for("accounts.show_account")), 303)
    form = SignInForm(data={"next": next_or("")})
    return render_template("accounts/sign_in.html", form=form)


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 422
    try:
        started = work(lambda s: signing.begin(s, form.name.data, network(), now=now()))
    except SignInPaused as paused:
        put_beside(form, paused)
        return render_template("accounts/sign_in.html", form=form), 429, _retry(paused)
    is_right = is_password(started.password_hash, form.password.data, quick=quick())
    entered = work_each(lambda s: signing.finish(s, started, is_right=is_right, now=now()))
    if entered is None:
        put_beside(form, SignInFailed())
        return render_template("accounts/sign_in.html", form=form), 422
    login.enter(entered.id, entered.session_epoch, remember=form.remember.data)
    return redirect(next_or(url_for("accounts.show_account")), 303)


def _retry(paused: SignInPaused) -> dict[str, str]:
    return {"Retry-After": str(paused.facts.get("retry_after", 60))}


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    return _leave(_("You are signed out."))


@bp.post("/me/account/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    work(lambda s: profile.sign_out_everywhere(s, current_user.id))
    return _leave(_("You are signed out on every device."))


def _leave(words: str) -> ResponseReturnValue:
    login.leave()
    flash(words, "success")
    response = redirect("/", 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
