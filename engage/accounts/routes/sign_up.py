"""Signing up."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.accounts import joining, login
from engage.accounts.forms import SignUpForm
from engage.accounts.joining import Newcomer
from engage.accounts.passwords import hash_password
from engage.accounts.routes.blueprint import bp, network, next_or, put_beside, quick
from engage.core.errors import DomainError, GuardianConsentNeeded, PasswordWeak, TooYoung
from engage.web.access import signed_in
from engage.web.context import now, work
from engage.web.language import current_language

#: Beside which field a refusal stands.
FIELD_OF: dict[type[DomainError], str] = {
    PasswordWeak: "password",
    TooYoung: "born_year",
    GuardianConsentNeeded: "guardian_email",
}


@bp.get("/sign-up")
def show_sign_up() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(next_or(url_for("accounts.show_account")), 303)
    return render_template("accounts/sign_up.html", form=SignUpForm(data={"next": next_or("")}))


@bp.post("/sign-up")
def sign_up() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(next_or(url_for("accounts.show_account")), 303)
    form = SignUpForm()
    if not form.is_complete():
        return render_template("accounts/sign_up.html", form=form), 422
    try:
        newcomer = _newcomer(form)
        entered = work(lambda s: joining.sign_up(s, newcomer, network(), now=now()))
    except DomainError as refusal:
        put_beside(form, refusal, FIELD_OF.get(type(refusal), ""))
        return render_template("accounts/sign_up.html", form=form), refusal.status
    login.enter(entered.id, entered.session_epoch)
    return redirect(url_for("accounts.show_signed_up", next=next_or("") or None), 303)


def _newcomer(form: SignUpForm) -> Newcomer:
    return Newcomer(
        display_name=form.display_name.data,
        email=form.email.data,
        password=hash_password(form.password.data, quick=quick()),
        language=current_language(),
        age=form.told_age(),
        guardian_email=(form.guardian_email.data or "") if form.age.data == "younger" else "",
        next=next_or(""),
    )


@bp.get("/sign-up/done")
@signed_in
def show_signed_up() -> ResponseReturnValue:
    """The same for new and for known addresses: what was mailed, only its owner reads (ACC-5)."""
    on = next_or(url_for("home.show_home"))
    return render_template("accounts/signed_up.html", email=current_user.wanted_email, on=on)
