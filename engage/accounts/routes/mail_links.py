"""Pages that mail links open. A GET only shows, so that mail scanners change nothing (case 53)."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.accounts import joining, login, profile, queries
from engage.accounts.forms import AddressForm, NewPasswordForm
from engage.accounts.links import get_link
from engage.accounts.passwords import hash_password
from engage.accounts.routes.blueprint import bp, network, put_beside, quick
from engage.accounts.signing import enter
from engage.core.errors import DomainError, MailLinkUnknown, PasswordWeak
from engage.core.news import EVENTS
from engage.mail.stop import read_token
from engage.storage.keys import keys_of
from engage.web.access import is_safe_next, signed_in
from engage.web.context import db, now, work


@bp.get("/l/confirm/<token>")
def show_confirm_email(token: str) -> ResponseReturnValue:
    link = get_link(db(), token, joining.CONFIRM, now=now())
    name = queries.get_person(db(), link.person_id).display_name if link.person_id else ""
    return render_template("accounts/confirm_email.html", token=token, email=link.email, name=name)


@bp.post("/l/confirm/<token>")
def confirm_email(token: str) -> ResponseReturnValue:
    confirmed = work(lambda s: joining.confirm_email(s, token, now=now()))
    flash(_("Thank you. Your address is confirmed."), "success")
    target = confirmed.next if is_safe_next(confirmed.next) else url_for("accounts.show_account")
    if current_user.is_authenticated:
        return redirect(target, 303)
    return redirect(url_for("accounts.show_sign_in", next=target), 303)


def _switch(token: str) -> tuple[uuid.UUID, str]:
    """Raises MailLinkUnknown."""
    found = read_token(keys_of(db()), token)
    if found is None or queries.find_person(db(), found[0]) is None:
        raise MailLinkUnknown()
    return found


@bp.get("/l/stop/<token>")
def show_stop(token: str) -> ResponseReturnValue:
    """One kind of mail, with its switch. No sign-in: the link proves whose it is."""
    person_id, event = _switch(token)
    comes = event in profile.list_wanted(db(), person_id)
    return render_template(
        "accounts/stop.html", token=token, words=_(EVENTS[event].words), comes=comes
    )


@bp.post("/l/stop/<token>")
def stop(token: str) -> ResponseReturnValue:
    """Switch one kind of mail off, or on again; mail programs press this by themselves."""
    person_id, event = _switch(token)
    on = request.form.get("on") == "1"
    work(lambda s: profile.switch_mail(s, person_id, event, on=on))
    if "List-Unsubscribe" in request.form:  # RFC 8058 wants no redirect
        return _("Saved."), 200
    return redirect(url_for("accounts.show_stop", token=token), 303)


@bp.post("/me/account/confirmation")
@signed_in
def resend_confirmation() -> ResponseReturnValue:
    work(lambda s: joining.resend_confirmation(s, current_user.id, now=now()))
    flash(_("The mail is on its way."), "info")
    return redirect(url_for("accounts.show_account"), 303)


@bp.get("/reset")
def show_reset_request() -> ResponseReturnValue:
    return render_template("accounts/reset_request.html", form=AddressForm(), is_sent=False)


@bp.post("/reset")
def request_reset() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("accounts/reset_request.html", form=form, is_sent=False), 422
    try:
        work(lambda s: joining.request_reset(s, form.email.data, network(), now=now()))
    except DomainError as refusal:
        put_beside(form, refusal, "email")
        page = render_template("accounts/reset_request.html", form=form, is_sent=False)
        return page, refusal.status
    return redirect(url_for("accounts.show_reset_sent"), 303)


@bp.get("/reset/sent")
def show_reset_sent() -> ResponseReturnValue:
    return render_template("accounts/reset_request.html", form=AddressForm(), is_sent=True)


@bp.get("/l/reset/<token>")
def show_reset(token: str) -> ResponseReturnValue:
    get_link(db(), token, joining.RESET, now=now())
    return render_template("accounts/reset.html", token=token, form=NewPasswordForm())


@bp.post("/l/reset/<token>")
def reset_password(token: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return render_template("accounts/reset.html", token=token, form=form), 422
    try:
        password = hash_password(form.password.data, quick=quick())
    except PasswordWeak as refusal:
        put_beside(form, refusal, "password")
        return render_template("accounts/reset.html", token=token, form=form), 422
    entered = work(
        lambda s: enter(joining.reset_password(s, token, password, now=now()), now=now())
    )
    login.enter(entered.id, entered.session_epoch)
    flash(_("Your new password counts from now on."), "success")
    return redirect(url_for("accounts.show_account"), 303)


@bp.get("/l/guardian/<token>")
def show_guardian_consent(token: str) -> ResponseReturnValue:
    link = get_link(db(), token, joining.GUARDIAN, now=now())
    name = queries.get_person(db(), link.person_id).display_name if link.person_id else ""
    return render_template("accounts/guardian.html", token=token, name=name, is_given=False)


@bp.post("/l/guardian/<token>")
def give_guardian_consent(token: str) -> ResponseReturnValue:
    work(lambda s: joining.consent(s, token, now=now()))
    return redirect(url_for("accounts.show_guardian_thanks"), 303)


@bp.get("/l/guardian-thanks")
def show_guardian_thanks() -> ResponseReturnValue:
    return render_template("accounts/guardian.html", token="", name="", is_given=True)
