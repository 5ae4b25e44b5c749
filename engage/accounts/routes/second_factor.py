"""The second proof: set up, asked for, renewed."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from engage.accounts import login, queries, second_factor
from engage.accounts.forms import CodeForm
from engage.accounts.routes.blueprint import bp, next_or, put_beside
from engage.core.errors import Outcome, SignInPaused
from engage.web import access, qr
from engage.web.context import db, now, settings, work


@bp.get("/second-factor")
@access.signed_in
def show_second_factor() -> ResponseReturnValue:
    if current_user.has_second_factor:
        return redirect(next_or(url_for("accounts.show_account")), 303)
    return _page(CodeForm(data={"next": next_or("")}))


def _page(form: FlaskForm) -> str:
    """Explain, show the QR of a set-up that has begun, or ask for a code."""
    person = queries.get_person(db(), current_user.id)
    if person.totp_confirmed_at is not None:
        return render_template("accounts/second_factor.html", form=form)
    secret = second_factor.read_secret(db(), person)
    if secret is None:
        return render_template("accounts/second_factor_why.html", form=form)
    city = settings().city
    link = second_factor.app_link(
        secret, person.email or person.display_name, f"{city.product} {city.name}"
    )
    picture = qr.draw(link, _("Code for your app"))
    return render_template(
        "accounts/second_factor_set_up.html", form=form, secret=secret, link=link, picture=picture
    )


@bp.post("/second-factor/begin")
@access.signed_in
def begin_second_factor() -> ResponseReturnValue:
    work(lambda s: second_factor.begin_set_up(s, current_user.id))
    return redirect(url_for("accounts.show_second_factor", next=next_or("") or None), 303)


@bp.post("/second-factor/set-up")
@access.signed_in
def set_up_second_factor() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        done = work(
            lambda s: second_factor.finish_set_up(s, current_user.id, form.code.data, now=now())
        )
    except SignInPaused as paused:
        return _refused(form, Outcome.of(paused))
    if isinstance(done, Outcome):
        return _refused(form, done)
    _prove()
    return render_template("accounts/recovery_codes.html", codes=done, next=next_or("/"))


@bp.post("/second-factor")
@access.signed_in
def give_second_factor() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        refusal = work(
            lambda s: second_factor.verify(s, current_user.id, form.code.data, now=now())
        )
    except SignInPaused as paused:
        refusal = Outcome.of(paused)
    if refusal is not None:
        return _refused(form, refusal)
    _prove()
    return redirect(next_or(url_for("accounts.show_account")), 303)


@bp.post("/second-factor/recovery-codes")
@access.second_factor
def renew_recovery_codes() -> ResponseReturnValue:
    codes = work(lambda s: second_factor.renew_recovery_codes(s, current_user.id))
    back = url_for("accounts.show_account")
    return render_template("accounts/recovery_codes.html", codes=codes, next=back)


@bp.post("/second-factor/end")
@access.second_factor
def end_second_factor() -> ResponseReturnValue:
    epoch = work(lambda s: second_factor.forget(s, current_user.id))
    login.enter(current_user.id, epoch)
    flash(_("The second proof is switched off."), "success")
    return redirect(url_for("accounts.show_account"), 303)


def _refused(form: FlaskForm, refusal: Outcome) -> ResponseReturnValue:
    put_beside(form, refusal, "code")
    return _page(form), 429 if refusal.status == 429 else 422


def _prove() -> None:
    session[login.SECOND_FACTOR] = str(current_user.id)
