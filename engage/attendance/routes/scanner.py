"""The scanner of a paired browser: the app, and a plain page where there is no JavaScript."""

from __future__ import annotations

import uuid

from flask import make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.attendance import queries, results
from engage.attendance.callers import CheckInRequest, DeviceCaller
from engage.attendance.checkin import check_in
from engage.attendance.codes import make_nonce
from engage.attendance.forms import CodeForm
from engage.attendance.models import Scan
from engage.attendance.queries import Place
from engage.attendance.routes import bp
from engage.attendance.routes.door import managed, nonce_of
from engage.attendance.routes.scanner_words import scanner_words
from engage.core import codes
from engage.core.codes import read_code
from engage.core.errors import DomainError, NotFound, Outcome
from engage.devices import queries as devices
from engage.devices import service
from engage.devices.cookie import leave_token, read_token
from engage.devices.queries import KnownDevice
from engage.devices.routes.leaving import OWN_SCANNER
from engage.devices.service import Owner, Paired, Rights
from engage.web.access import signed_in
from engage.web.context import db, now, work
from engage.web.errors import advice, sentence
from engage.web.qr import draw_code
from engage.web.shell import may_open_offline


def _scanner() -> KnownDevice | None:
    """The scanner that this browser is, switched off or not."""
    token = read_token(request)
    device = devices.find_by_token(db(), token) if token else None
    return device if device is not None and device.kind != "till" else None


@bp.get("/scanner")
def show_app() -> ResponseReturnValue:
    """The app of a paired browser, which may be kept for use without a network.

    It holds nothing about a person and no list: those the app fetches and keeps encrypted.
    """
    device = _scanner()
    if device is None:
        return render_template("attendance/scanner_unpaired.html", places=_running())
    page = render_template(
        "attendance/scanner_app.html",
        words=scanner_words(),
        dates=[] if device.revoked_at else devices.list_dates(db(), device, now()),
    )
    return may_open_offline(make_response(page))


def _running() -> list[Place]:
    if not current_user.is_authenticated:
        return []
    return queries.list_running(db(), current_user.id, now=now())


@bp.post("/organise/occurrences/<uuid:occurrence_id>/scanner")
@signed_in
def become_scanner(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """One tap makes this browser a scanner of this date; signing out switches it off again."""
    place = managed(occurrence_id)
    if not current_user.has_second_factor:
        back = url_for("attendance.show_scanner", occurrence_id=place.id)
        return redirect(url_for("accounts.show_second_factor", next=back), 303)
    device = _scanner()
    response = make_response(redirect(url_for("attendance.show_app", at=place.id), 303))
    if device is None or not _may_be_here(device, place):
        paired = _pair_here(place)
        leave_token(request, response, paired.token)
        session[OWN_SCANNER] = str(paired.device.id)
    return response


def _pair_here(place: Place) -> Paired:
    name = _("Phone of %(name)s", name=current_user.display_name)
    rights = Rights(name, may_search=True, occurrence_ids=[place.id])
    given = {"actor_id": current_user.id, "now": now(), "rights": rights}
    owner = Owner(organisation_id=place.organisation_id)
    return work(lambda s: service.pair_here(s, owner, **given))


def _may_be_here(device: KnownDevice, place: Place) -> bool:
    same = device.organisation_id == place.organisation_id and device.revoked_at is None
    return same and devices.may_scan_for(db(), device, place.id)


def _place_of_scanner(occurrence_id: uuid.UUID) -> Place | None:
    """None for a browser that is no scanner. Raises NotFound where it may not scan."""
    device = _scanner()
    if device is None or device.revoked_at is not None:
        return None
    place = queries.get_place(db(), occurrence_id)
    if not _may_be_here(device, place):
        raise NotFound()
    return place


@bp.get("/scanner/<uuid:occurrence_id>")
def show_typing(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Type one code after the other, without JavaScript; the last answer stands above."""
    place = _place_of_scanner(occurrence_id)
    if place is None:
        return redirect(url_for("devices.show_pairing"), 303)
    return _typing_page(place, CodeForm(formdata=None))


def _typing_page(place: Place, form: CodeForm) -> str:
    form.nonce.data = make_nonce()
    kept = _own_scan(request.args.get("done", ""))
    outcome = Outcome.from_json({"code": kept.code, "facts": kept.facts}) if kept else None
    return render_template(
        "attendance/scanner_typing.html",
        place=place,
        form=form,
        look=results.look_of(outcome, kept) if outcome and kept else None,
        outcome=outcome,
        message=sentence(outcome) if outcome else "",
        advice=advice(outcome) if outcome else "",
    )


def _own_scan(nonce: str) -> Scan | None:
    device = _scanner()
    return queries.find_scan(db(), device.id, nonce) if device and nonce else None


@bp.post("/scanner/<uuid:occurrence_id>")
def type_code(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """One code of the plain page, as this device."""
    place, form = _place_of_scanner(occurrence_id), CodeForm()
    if place is None:
        return redirect(url_for("devices.show_pairing"), 303)
    if not form.validate_on_submit():
        return _typing_page(place, form), 422
    asked = CheckInRequest(place.id, nonce_of(form.nonce.data), code=(form.code.data or "").strip())
    if read_code(asked.code or "") is None:
        form.code.errors = [_("That is not one of our codes. Please compare it once more.")]
        return _typing_page(place, form), 422
    return _check_in_as_device(place, form, asked)


def _check_in_as_device(place: Place, form: CodeForm, asked: CheckInRequest) -> ResponseReturnValue:
    caller = DeviceCaller(read_token(request) or "")
    try:
        work(lambda s: check_in(s, caller, asked, now=now()))
    except DomainError as refusal:
        form.code.errors = [sentence(refusal)]
        return _typing_page(place, form), refusal.status
    done = url_for("attendance.show_typing", occurrence_id=place.id, done=asked.nonce)
    return redirect(done, 303)


@bp.get("/scanner/slip/<nonce>")
def show_own_slip(nonce: str) -> ResponseReturnValue:
    """The claim slip of somebody whom this scanner let in as new."""
    if _scanner() is None:
        return redirect(url_for("devices.show_pairing"), 303)
    kept = _own_scan(nonce)
    if kept is None or kept.occurrence_id is None:
        raise NotFound()
    code = results.slip_code(db(), kept)
    return render_template(
        "attendance/slip.html",
        place=queries.get_place(db(), kept.occurrence_id),
        next_url=url_for("attendance.show_app"),
        name=kept.facts.get("display_name", ""),
        svg=draw_code(code, _("Code to take over the account"), sturdy=True),
        text=codes.group_for_reading(code.text),
    )
