"""The occurrence's own code: rotating on a screen, or printed as a poster."""

from __future__ import annotations

import uuid

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.activities.queries import get_managed_occurrence
from engage.attendance import arrival, service
from engage.attendance.callers import Ticket
from engage.attendance.codes import poster_of
from engage.attendance.queries import Place
from engage.attendance.routes import bp
from engage.attendance.routes.door import managed
from engage.attendance.routes.screens import screen_facts
from engage.core import codes
from engage.core.errors import NotFound
from engage.web.access import signed_in
from engage.web.context import db, now, work
from engage.web.pdf import PdfMissing, can_print, print_pdf
from engage.web.qr import draw_code


@bp.get("/organise/occurrences/<uuid:occurrence_id>/code")
@signed_in
def show_screen(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The rotating code for a tablet or a beamer, with six characters to type beside it."""
    place = managed(occurrence_id)
    return render_template("attendance/screen.html", kiosk=False, **screen_facts(place, now()))


@bp.get("/organise/occurrences/<uuid:occurrence_id>/poster")
@signed_in
def show_poster(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """Switch the poster on or off, replace it, print it."""
    return render_template(
        "attendance/poster.html", place=managed(occurrence_id), can_print=can_print()
    )


@bp.post("/organise/occurrences/<uuid:occurrence_id>/poster/on")
@signed_in
def switch_poster_on(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """From now on the poster counts."""
    place = managed(occurrence_id)
    work(lambda s: service.switch_poster(s, place.id, on=True))
    flash(_("The poster is on. Print it and hang it up at the place."), "success")
    return _back(place)


@bp.post("/organise/occurrences/<uuid:occurrence_id>/poster/off")
@signed_in
def switch_poster_off(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """No sheet opens anything any more."""
    place = managed(occurrence_id)
    work(lambda s: service.switch_poster(s, place.id, on=False))
    flash(_("The poster is off. Sheets that still hang do nothing."), "success")
    return _back(place)


@bp.post("/organise/occurrences/<uuid:occurrence_id>/poster/new")
@signed_in
def renew_poster(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """A new sheet; all older ones end at once."""
    place = managed(occurrence_id)
    work(lambda s: service.renew_poster(s, place.id))
    flash(_("There is a new poster. Sheets printed before do nothing any more."), "success")
    return _back(place)


def _back(place: Place) -> ResponseReturnValue:
    return redirect(url_for("attendance.show_poster", occurrence_id=place.id), 303)


def _sheet(place: Place) -> dict[str, object]:
    """What stands on the poster. Raises NotFound while it is off."""
    if not place.poster_on:
        raise NotFound()
    occurrence = get_managed_occurrence(db(), place.id, current_user.id)
    code = poster_of(db(), occurrence)
    ticket = Ticket("", place.id, now(), poster=True)
    return {
        "place": place,
        "svg": draw_code(code, _("Code of this date"), sturdy=True),
        "text": f"{code.type.value} {codes.group_for_reading(code.number)}",
        "points": arrival.points_of(db(), place, poster=ticket.poster),
    }


@bp.get("/organise/occurrences/<uuid:occurrence_id>/poster/print")
@signed_in
def print_poster(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """One page A4, for the browser's own printing."""
    sheet = _sheet(managed(occurrence_id))
    return render_template("attendance/poster_print.html", **sheet)


@bp.get("/organise/occurrences/<uuid:occurrence_id>/poster.svg")
@signed_in
def draw_poster(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The code alone, for an own layout."""
    sheet = _sheet(managed(occurrence_id))
    return Response(
        str(sheet["svg"]),
        mimetype="image/svg+xml",
        headers={"Content-Disposition": 'attachment; filename="poster-code.svg"'},
    )


@bp.get("/organise/occurrences/<uuid:occurrence_id>/poster.pdf")
@signed_in
def download_poster(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """The same page as a tagged PDF; where the PDF maker is missing, the page says so."""
    place = managed(occurrence_id)
    html = render_template("attendance/poster_print.html", **_sheet(place))
    try:
        pdf = print_pdf(html)
    except PdfMissing:
        return redirect(url_for("attendance.show_poster", occurrence_id=place.id), 303)
    return Response(
        pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="poster.pdf"'},
    )
