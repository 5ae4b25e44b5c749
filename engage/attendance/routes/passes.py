"""The citizen's pass: the rotating code of this phone, and the list of phones and cards."""

from __future__ import annotations

import base64
import uuid

from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.accounts import passes
from engage.accounts import queries as accounts
from engage.attendance.codes import step_ends_at
from engage.attendance.routes import bp
from engage.core import codes
from engage.core.errors import NotFound, PhonesFull
from engage.web.access import signed_in
from engage.web.context import db, now, work
from engage.web.filters import iso
from engage.web.phone_cookie import read_phones, remember_phone
from engage.web.qr import draw_code, link_of
from engage.web.shell import may_open_offline


@bp.get("/pass")
@signed_in
def show_pass() -> ResponseReturnValue:
    """One giant code, made on the phone; without JavaScript the page reloads itself at each step.

    The service worker keeps this page and takes it away when somebody signs out.
    """
    phone = passes.find_phone(db(), current_user.id, read_phones(request))
    if phone is None:
        return redirect(url_for("attendance.show_phones"), 303)
    instant = now()
    step = codes.step_of(instant)
    code, until = codes.pass_code(phone.secret, phone.number, step), step_ends_at(step)
    page = render_template(
        "attendance/pass.html",
        svg=draw_code(code, _("Code of your pass")),
        phone=phone,
        link=link_of(code).removesuffix(code.text),
        now=instant,
        until=until,
    )
    return may_open_offline(make_response(page))


@bp.get("/pass/now")
@signed_in
def tell_time() -> ResponseReturnValue:
    """The server's clock, by which a phone makes its code, and which phone this one is."""
    phone = _phone_here()
    return jsonify({"now": iso(now()), "pass": str(phone.pass_id)})


@bp.post("/pass/secret")
@signed_in
def hand_over_secret() -> ResponseReturnValue:
    """What this phone makes its codes with: given to its signed-in owner, and again if it was lost.

    A POST, because its answer must be in no cache, no history and no preview. Nothing changes here.
    """
    phone = _phone_here()
    secret = base64.b64encode(phone.secret).decode()
    return jsonify({"now": iso(now()), "pass": str(phone.pass_id), "secret": secret})


def _phone_here() -> passes.Phone:
    phone = passes.find_phone(db(), current_user.id, read_phones(request))
    if phone is None:
        raise NotFound()
    return phone


@bp.get("/pass/phones")
@signed_in
def show_phones() -> ResponseReturnValue:
    """The button that makes this browser one of the phones; with three, which one it replaces."""
    known = read_phones(request)
    phones = accounts.list_passes(db(), current_user.id, "P")
    if any(phone.id in known for phone in phones):
        return redirect(url_for("attendance.show_pass"), 303)
    return render_template(
        "attendance/phones.html", phones=phones, is_full=len(phones) >= passes.MOST_PHONES
    )


@bp.post("/pass/phones")
@signed_in
def use_this_phone() -> ResponseReturnValue:
    """Show the pass on this phone from now on, if asked instead of another one."""
    person, known = current_user.id, read_phones(request)
    replace = _read_id(request.form.get("replace", ""))
    name = _name_of_browser()
    try:
        phone = work(
            lambda s: passes.ensure_phone(s, person, known, name=name, now=now(), replace=replace)
        )
    except PhonesFull:
        return redirect(url_for("attendance.show_phones"), 303)
    response = make_response(redirect(url_for("attendance.show_pass"), 303))
    remember_phone(request, response, phone.pass_id)
    return response


def _read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _name_of_browser() -> str:
    """What the person will know this phone by, e.g. “Firefox, Android”."""
    agent = request.headers.get("User-Agent", "")
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), _("Browser"))
    system = next((name for mark, name in systems if mark in agent), "")
    return ", ".join(filter(None, (browser, system)))
