"""Taking over an account that was made at the door or at the office."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from engage.accounts import claiming, login
from engage.accounts.claiming import Owner
from engage.accounts.forms import ClaimCardForm, ClaimSlipForm, SlipCodeForm
from engage.accounts.passwords import PasswordHash, hash_password
from engage.accounts.routes.blueprint import bp, network, next_or, put_beside, quick
from engage.accounts.signing import Entered
from engage.core.errors import ClaimCodeWrong, DomainError, Outcome, PasswordWeak
from engage.web.context import db, now, work
from engage.web.language import current_language

#: In the session: the whole code of the slip that was opened here (``C…``), from ``/Q/`` or typed.
SLIP = "claim_slip"


@bp.get("/claim")
def show_claim() -> ResponseReturnValue:
    return _claim_page(ClaimCardForm(), SlipCodeForm(), 200)


def _claim_page(form: ClaimCardForm, slip_form: SlipCodeForm, status: int) -> ResponseReturnValue:
    page = render_template("accounts/claim.html", form=form, slip_form=slip_form)
    return page, status


@bp.post("/claim")
def claim_card() -> ResponseReturnValue:
    form = ClaimCardForm()
    if not form.validate_on_submit():
        return _claim_page(form, SlipCodeForm(formdata=None), 422)

    card, code = form.card.data, form.claim_code.data
    done = _try(
        form,
        lambda s, owner: claiming.claim_card(s, card, code, owner, network=network(), now=now()),
        "claim_code",
    )
    if isinstance(done, int):
        return _claim_page(form, SlipCodeForm(formdata=None), done)
    return _entered(done)


@bp.post("/claim/slip/open")
def open_slip() -> ResponseReturnValue:
    """A typed code goes into the session, never into an address."""
    form = SlipCodeForm()
    if not form.validate_on_submit():
        return _claim_page(ClaimCardForm(formdata=None), form, 422)
    session[SLIP] = form.slip.data.strip()
    return redirect(url_for("accounts.show_slip"), 303)


@bp.get("/claim/slip")
def show_slip() -> ResponseReturnValue:
    owner = claiming.find_slip_owner(db(), session.get(SLIP, ""))
    if owner is None:
        slip_form = SlipCodeForm(formdata=None)
        put_beside(slip_form, ClaimCodeWrong(), "slip")
        return _claim_page(ClaimCardForm(), slip_form, 422)
    if current_user.is_authenticated:
        return render_template("accounts/join_slip.html", name=owner.display_name)
    form = ClaimSlipForm(data={"display_name": owner.display_name})
    return render_template("accounts/claim_slip.html", form=form)


@bp.post("/claim/slip")
def claim_slip() -> ResponseReturnValue:
    form = ClaimSlipForm()
    if not form.validate_on_submit():
        return render_template("accounts/claim_slip.html", form=form), 422

    slip = session.get(SLIP, "")
    done = _try(
        form,
        lambda s, owner: claiming.claim_slip(s, slip, owner, network=network(), now=now()),
    )
    if isinstance(done, int):
        return render_template("accounts/claim_slip.html", form=form), done
    session.pop(SLIP, None)
    return _entered(done)


def _owner(form: FlaskForm, password: PasswordHash) -> Owner:
    name = form.display_name.data if "display_name" in form else ""
    return Owner(password, name, form.email.data or "", current_language())


def _try(
    form: FlaskForm, claim: Callable[..., Entered | Outcome], field: str = ""
) -> Entered | int:
    """Who may enter, or the status of the form that says why not."""
    refusal: Outcome | DomainError
    try:
        owner = _owner(form, hash_password(form.password.data, quick=quick()))
        done = work(lambda s: claim(s, owner))
    except PasswordWeak as weak:
        put_beside(form, weak, "password")
        return weak.status
    except DomainError as error:
        refusal = error
    else:
        if isinstance(done, Entered):
            return done
        refusal = done
    put_beside(form, refusal, field)
    return 429 if refusal.status == 429 else 422


def _entered(entered: Entered) -> ResponseReturnValue:
    login.enter(entered.id, entered.session_epoch)
    flash(_("Welcome. This account is yours now."), "success")
    return redirect(next_or(url_for("accounts.show_account")), 303)
