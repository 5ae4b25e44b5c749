"""The citizen's pass: the rotating code of this phone, and the list of phones and cards."""

from __future__ import annotations

import uuid

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.accounts import passes
from engage.accounts import queries as accounts
from engage.attendance.codes import step_ends_at
from engage.attendance.routes import bp
from engage.core import codes
from engage.core.errors import PhonesFull
from engage.web.access import signed_in
from engage.web.context import db, now, work
from engage.web.phone_cookie import read_phones, remember_phone
from engage.web.qr import draw_code


@bp.get("/pass")
@signed_in
def show_pass() -> ResponseReturnValue:
    """One giant code, fetched anew at each step; without JavaScript the page reloads itself."""
    phone = passes.find_phone(db(), current_user.id, read_phones(request))
    if phone is None:
        return redirect(url_for("attendance.show_phones"), 303)
    instant = now()
    step = codes.step_of(instant)
    code, until = codes.pass_code(phone.secret, phone.number, step), step_ends_at(step)
    return render_template(
        "attendance/pass.html",
        svg=draw_code(code, _("Code of your pass")),
        number=phone.number,
        now=instant,
        until=until,
    )


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
