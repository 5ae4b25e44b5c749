"""What hangs at the door: a live board, a kiosk that shows the code, and the help."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engage.activities.queries import get_occurrence
from engage.attendance import queries
from engage.attendance.codes import screen_of
from engage.attendance.queries import Place
from engage.attendance.routes import bp
from engage.attendance.routes.door import managed
from engage.core.errors import DeviceRevoked, NotFound, NotSignedIn, Outcome
from engage.devices import queries as device_queries
from engage.devices import service as devices
from engage.devices.cookie import read_token
from engage.devices.queries import KnownDevice
from engage.web.access import signed_in
from engage.web.context import db, now
from engage.web.errors import sentence
from engage.web.qr import draw_code


@bp.get("/organise/occurrences/<uuid:occurrence_id>/live")
@signed_in
def show_board(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Figures, devices and refusals of a door, without a name: may stand where others see it."""
    place = managed(occurrence_id)
    refusals = queries.count_refusals(db(), place.id)
    return render_template(
        "attendance/board.html",
        place=place,
        count=queries.count_people(db(), place.id),
        devices=queries.list_board_devices(db(), place),
        refusals=[(one, sentence(Outcome(one.code))) for one in refusals],
        now=now(),
    )


@bp.get("/help/check-in")
def show_door_help() -> ResponseReturnValue:
    """What is checked without a network and what only later, and what each way proves."""
    return render_template("attendance/door_help.html")


@bp.get("/kiosk")
def show_kiosks() -> ResponseReturnValue:
    """The dates of a paired screen; the only one whose door is open comes up by itself."""
    device = _screen()
    if device is None:
        return redirect(url_for("devices.show_pairing"), 303)
    dates = device_queries.list_dates(db(), device, now())
    places = [queries.get_place(db(), one.id) for one in dates[:20]]
    running = [one for one in places if one.is_open(now())]
    if len(running) == 1 and "choose" not in request.args:
        return redirect(url_for("attendance.show_kiosk", occurrence_id=running[0].id), 303)
    return render_template("attendance/kiosks.html", device=device, places=places, now=now())


def _screen() -> KnownDevice | None:
    """The device of the organisation that this browser is; None for all others."""
    token = read_token(request)
    try:
        device = devices.authenticate(db(), token, now()) if token else None
    except (NotSignedIn, DeviceRevoked):
        return None
    return device if device is not None and device.organisation_id else None


@bp.get("/kiosk/<uuid:occurrence_id>")
def show_kiosk(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The rotating code on a screen that nobody signs in to; while the door is closed, when."""
    device = _screen()
    if device is None:
        return redirect(url_for("devices.show_pairing"), 303)
    place = queries.get_place(db(), occurrence_id)
    mine = device.organisation_id == place.organisation_id
    if not mine or not device_queries.may_scan_for(db(), device, place.id):
        raise NotFound()
    instant = now()
    if not place.is_open(instant):
        return render_template("attendance/kiosk_closed.html", place=place, now=instant)
    return render_template("attendance/screen.html", kiosk=True, **screen_facts(place, instant))


def screen_facts(place: Place, instant: datetime) -> dict[str, object]:
    """The rotating code, its short code and the people who are there."""
    screen = screen_of(db(), get_occurrence(db(), place.id), instant)
    return {
        "place": place,
        "svg": draw_code(screen.code, _("Code of this date")),
        "short": screen.short,
        "now": instant,
        "until": screen.until,
        "count": queries.count_people(db(), place.id),
    }
