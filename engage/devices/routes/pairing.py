"""Make this browser a till or a scanner, with the code that a manager's screen shows."""

from __future__ import annotations

from flask import (
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engage.core.errors import PairingCodeExpired, PairingCodeUnknown
from engage.devices import service
from engage.devices.cookie import drop_token, leave_token, read_token
from engage.devices.forms import PairForm
from engage.devices.queries import KnownDevice, find_by_token
from engage.devices.routes.blueprint import bp
from engage.storage.keys import keys_of
from engage.web.context import db, now, work
from engage.web.errors import sentence
from engage.web.navigation import way_to

#: In the session, encrypted: the pairing code that this browser's camera app has read.
PAIRING_SEEN = "seen_pairing_code"


@bp.get("/devices/pair")
def show_pairing() -> ResponseReturnValue:
    """The code is there already if it came as a QR: then one tap is enough."""
    seen = session.get(PAIRING_SEEN)
    code = keys_of(db()).decrypt(seen).decode() if seen else ""
    return _page(PairForm(formdata=None, code=code))


def _page(form: PairForm) -> str:
    token = read_token(request)
    device = find_by_token(db(), token) if token else None
    return render_template("devices/pair.html", form=form, device=device)


@bp.post("/devices/pair")
def pair() -> ResponseReturnValue:
    """Take the code; from now on this browser is the device."""
    form = PairForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        paired = work(lambda s: service.pair(s, form.code.data, "", now=now()))
    except (PairingCodeUnknown, PairingCodeExpired) as refusal:
        form.code.errors = [sentence(refusal)]
        return _page(form), refusal.status
    session.pop(PAIRING_SEEN, None)
    response = _welcome(paired.device)
    leave_token(request, response, paired.token)
    return response


def _welcome(device: KnownDevice) -> Response:
    if device.kind == "till" and way_to("till.show_till"):
        return make_response(redirect(url_for("till.show_till"), 303))
    if device.kind == "kiosk" and way_to("attendance.show_kiosks"):
        return make_response(redirect(url_for("attendance.show_kiosks"), 303))
    if device.kind != "till" and way_to("attendance.show_app"):
        return make_response(redirect(url_for("attendance.show_app"), 303))
    flash(_("This device is paired: %(name)s.", name=device.name), "success")
    return make_response(redirect(url_for("devices.show_pairing"), 303))


@bp.post("/devices/forget")
def forget() -> ResponseReturnValue:
    """This browser is no device any more. Its manager still sees it until it is revoked."""
    flash(_("This browser is no longer paired."), "success")
    response = make_response(redirect(url_for("devices.show_pairing"), 303))
    drop_token(request, response)
    return response
