"""What a person may ask of us about their data."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from engage.accounts import login, queries
from engage.accounts.passwords import is_password
from engage.accounts.routes.blueprint import put_beside, quick
from engage.accounts.routes.claim import SLIP
from engage.core.errors import DomainError, Outcome, PasswordWrong
from engage.ledger import queries as ledger
from engage.privacy import joining
from engage.privacy.erasing import erase
from engage.privacy.export import collect, write_zip
from engage.privacy.forms import ErasureForm, JoinByCardForm, JoinByMailForm
from engage.privacy.joining import Joined
from engage.web.access import signed_in
from engage.web.context import db, now, work
from engage.web.errors import show_refusal

bp = Blueprint("privacy", __name__, url_prefix="/me/data")


@bp.get("/export")
@signed_in
def show_export() -> ResponseReturnValue:
    return render_template("privacy/export.html")


@bp.get("/engage.zip")
@signed_in
def download_export() -> ResponseReturnValue:
    """A GET: it changes nothing, and only the signed-in person gets it."""
    content = write_zip(collect(db(), current_user.id, now=now()))
    headers = {"Content-Disposition": 'attachment; filename="engage.zip"'}
    return content, 200, {"Content-Type": "application/zip", **headers}


@bp.get("/reads")
@signed_in
def show_reads() -> ResponseReturnValue:
    reads = queries.list_reads(db(), current_user.id)
    return render_template("privacy/reads.html", reads=reads)


@bp.get("/join")
@signed_in
def show_join() -> ResponseReturnValue:
    return _join_page(JoinByMailForm(), JoinByCardForm(), 200)


def _join_page(mail: JoinByMailForm, card: JoinByCardForm, status: int) -> ResponseReturnValue:
    return render_template("privacy/join.html", mail=mail, card=card), status


@bp.post("/join/mail")
@signed_in
def request_join() -> ResponseReturnValue:
    form = JoinByMailForm()
    empty = JoinByCardForm(formdata=None)
    if not form.validate_on_submit():
        return _join_page(form, empty, 422)
    try:
        work(lambda s: joining.request_join(s, current_user.id, form.email.data, now=now()))
    except DomainError as refusal:
        put_beside(form, refusal, "email")
        return _join_page(form, empty, refusal.status)
    flash(_("If there is such an account, a mail with a link is on its way to it."), "info")
    return redirect(url_for("privacy.show_join"), 303)


@bp.post("/join/card")
@signed_in
def join_card() -> ResponseReturnValue:
    form = JoinByCardForm()
    empty = JoinByMailForm(formdata=None)
    if not form.validate_on_submit():
        return _join_page(empty, form, 422)
    done: Joined | Outcome
    try:
        done = work(lambda s: joining.join_by_card(s, current_user.id, form.card.data, now=now()))
    except DomainError as refusal:
        done = Outcome.of(refusal)
    if isinstance(done, Outcome):
        put_beside(form, done, "card")
        return _join_page(empty, form, done.status)
    return _joined(done)


@bp.post("/join/slip")
@signed_in
def join_slip() -> ResponseReturnValue:
    """The slip whose code was opened in this browser before."""
    slip = session.get(SLIP, "")
    done = work(lambda s: joining.join_by_slip(s, current_user.id, slip, now=now()))
    session.pop(SLIP, None)
    return show_refusal(done) if isinstance(done, Outcome) else _joined(done)


@bp.get("/join/<token>")
@signed_in
def show_join_link(token: str) -> ResponseReturnValue:
    link = joining.get_join_link(db(), token, current_user.id, now=now())
    return render_template("privacy/join_link.html", token=token, email=link.email)


@bp.post("/join/<token>")
@signed_in
def join_mail(token: str) -> ResponseReturnValue:
    return _joined(work(lambda s: joining.join_by_mail(s, current_user.id, token, now=now())))


def _joined(done: Joined) -> ResponseReturnValue:
    flash(_("Both accounts are one now."), "success")
    if done.points:
        words = ngettext("%(num)d point came along.", "%(num)d points came along.", done.points)
        flash(words, "success")
    return redirect(url_for("accounts.show_account"), 303)


@bp.get("/erase")
@signed_in
def show_erasure() -> ResponseReturnValue:
    return _erasure_page(_erasure_form(), 200)


def _erasure_form() -> ErasureForm:
    form = ErasureForm()
    form.points_to.choices = [
        SelectChoice("", _("They lapse")),
        *(SelectChoice(slug, _("To the good cause “%(name)s”", name=slug)) for slug in _causes()),
    ]
    return form


def _causes() -> list[str]:
    return ledger.list_good_causes(db())


def _erasure_page(form: ErasureForm, status: int) -> ResponseReturnValue:
    balance = ledger.balance_of(db(), current_user.id)
    return render_template("privacy/erasure.html", form=form, balance=balance), status


@bp.post("/erase")
@signed_in
def erase_account() -> ResponseReturnValue:
    form = _erasure_form()
    if not form.validate_on_submit():
        return _erasure_page(form, 422)
    kept = queries.get_person(db(), current_user.id).password_hash
    if not is_password(kept, form.password.data, quick=quick()):
        put_beside(form, PasswordWrong(), "password")
        return _erasure_page(form, 422)
    good_cause = form.points_to.data or None
    work(lambda s: erase(s, current_user.id, now=now(), good_cause=good_cause))
    login.leave()
    response = redirect(url_for("privacy.show_erased"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@bp.get("/erased")
def show_erased() -> ResponseReturnValue:
    return render_template("privacy/erased.html")
